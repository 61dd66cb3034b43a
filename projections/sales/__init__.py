"""Sales: what was sold, refunded and lost, by the date at which each happened."""
