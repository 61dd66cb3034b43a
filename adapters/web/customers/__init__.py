"""Everything of one customer."""
