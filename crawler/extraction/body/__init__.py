"""Body of the story: its container, its paragraphs, and what does not belong to it."""
