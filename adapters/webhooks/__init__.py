"""Webhooks, whatever they tell: signed by Standard Webhooks and posted."""
