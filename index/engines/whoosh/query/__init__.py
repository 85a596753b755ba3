"""Query execution: clauses and term scorers over one snapshot."""
