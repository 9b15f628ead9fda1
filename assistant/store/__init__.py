"""What the index is made of: the database, what it holds in memory, word search, and the neighbour graph."""
