"""Feed syntax: from the bytes of a feed, however damaged, to a tree of elements that is well-formed."""
