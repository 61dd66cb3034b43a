"""What a merchant sets for a whole shop: how it signs its emails, and when it is told of trouble."""
