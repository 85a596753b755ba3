"""Pages as benchmarks and training read them: the sets, what is expected of them, and the metrics of reading."""
