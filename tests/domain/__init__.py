"""The rules of the order, stated as examples and as properties."""
