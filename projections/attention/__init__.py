"""Requires attention: which orders ask for a look at a given time, and why."""
