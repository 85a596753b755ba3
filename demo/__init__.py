"""What does a desk crawl when there is no internet?

A small wire service on loopback: five sources on five hosts, each with its own page layout and its own way of
announcing stories, that publish, correct and withdraw over time. It stands alone: standard library and Jinja2 only.
"""
