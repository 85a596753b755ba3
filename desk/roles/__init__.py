"""Roles of the desk's processes: crawl, index, web and maintenance, under one supervisor."""
