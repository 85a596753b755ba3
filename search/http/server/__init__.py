"""HTTP server: uvicorn with deadlines for clients, a bound on connections, and an order of eviction."""
