"""The headline: what a page says it is, and the election among its statements."""
