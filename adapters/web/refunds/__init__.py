"""Money that is open: what is owed, under way, or not accounted for."""
