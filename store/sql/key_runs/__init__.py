"""Keys of texts in an SQLite file: new ones in a small table, the others in sorted runs."""
