"""Payment providers: each behind the port of `processors/refund_provider.py`."""
