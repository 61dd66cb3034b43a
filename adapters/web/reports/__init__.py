"""What was sold, by day and by more."""
