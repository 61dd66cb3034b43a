"""Stripe: refunds asked for, looked up and listed, and its webhooks read.

The rule to know: Stripe's own library makes requests and reads answers, each call leaves by our
guarded way out, and only `reading` knows what Stripe's words mean. `docs/decisions` says why.
"""

STRIPE = "stripe"
"""The provider's name, as the checkout states it on a payment."""
