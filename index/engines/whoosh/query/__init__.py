"""Query execution: which stories match a query tree."""
