"""Writing to the cluster: which of its indexes a story goes to, in bulk requests, and by one process at a time."""
