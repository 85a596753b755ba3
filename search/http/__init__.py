"""HTTP interface: routes, schemas and parameters."""
