"""The credit notes of a shop: one number for each refund that has one, without gaps."""
