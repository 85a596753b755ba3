"""Web pages of the desk: view models, templates and static files."""
