"""The read model of money that is still open: owed, under way, unknown, or not accounted for."""
