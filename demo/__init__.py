"""Demo wire: a small wire service on loopback, for a desk without internet and for the tests.

Five sources on five hosts, each with its own page layout and its own way of
announcing stories, that publish, correct and withdraw over time. It stands alone: standard library and Jinja2 only.
"""
