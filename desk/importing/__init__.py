"""Import of stories and pages from files."""
