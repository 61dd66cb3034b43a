"""Alerts: trouble that leaves the page, by email or signed webhook, once per cause."""
