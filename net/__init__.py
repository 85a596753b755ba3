"""What fetching and storing both need of the network: canonical addresses."""
