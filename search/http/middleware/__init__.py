"""Middleware: auth, rate limit, concurrency limiter, HEAD requests, request guards, errors and request metrics."""
