"""What came from the checkout and is stuck."""
