"""Rules between orders and the outside world, as pure functions."""
