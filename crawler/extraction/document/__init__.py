"""The page as a document: its tree, its JSON-LD, its embedded state."""
