"""Training of what extraction has learned; benchmarks/train_extraction.py is the command."""
