"""A real browser for tests and pictures: found on this machine, or installed where that may be."""
