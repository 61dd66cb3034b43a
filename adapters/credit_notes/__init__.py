"""Credit notes: the document that tells a customer of a refund and corrects the receipt."""
