"""Pages as benchmarks read them: the metric of reading, and the training of what judges a page."""
