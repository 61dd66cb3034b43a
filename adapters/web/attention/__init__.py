"""Requires attention: causes, the repair of many at once, and who is on a case."""
