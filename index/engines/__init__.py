"""Search engines behind one contract (index/base.py), a folder each."""
