"""Terminal side of the commands: arguments as people type them, and results, errors and help as they see them."""
