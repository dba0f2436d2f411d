"""Files: found, read, named, told apart, and kept in a cache."""
