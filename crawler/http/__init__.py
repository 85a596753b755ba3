"""Polite HTTP: robots.txt, pacing of hosts, redirects, blocks and limits."""
