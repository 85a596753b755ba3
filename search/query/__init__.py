"""Query language: what a person typed becomes a query tree."""
