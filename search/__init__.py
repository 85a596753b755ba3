"""Search: answers from the index and the store, in JSON and as pages."""
