"""What documents for customers share."""
