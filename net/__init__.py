"""What several rooms need of the network: HTTP client, transport, SSRF guard, content decoding, canonical URLs."""
