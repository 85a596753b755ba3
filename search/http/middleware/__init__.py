"""Middleware: auth, rate limit, concurrency limiter, request guards, exception handlers and request metrics."""
