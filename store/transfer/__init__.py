"""Moving of a desk from one database to another."""
