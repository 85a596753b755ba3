"""The truth: stories with all versions, crawl state and pages as fetched."""
