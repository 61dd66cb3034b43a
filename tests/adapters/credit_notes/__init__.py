"""Credit notes: their numbers, and what stands on them."""
