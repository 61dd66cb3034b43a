"""Emails to the customer: the receipt, and emails in the merchant's own words."""
