"""Pages as fetched, compressed and checked."""
