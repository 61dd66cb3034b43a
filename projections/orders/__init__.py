"""The orders table: which orders a shop has, and how each stands now."""
