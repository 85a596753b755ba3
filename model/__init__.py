"""Model of the wire: stories, pages, queries, fields, outcomes and errors; frozen values without input or output."""
