"""Epassi: cancels whole payments of the Finnish employee benefit, once a merchant configures it.

The rule to know: Epassi publishes no interface for refunds, so all of this is *assumed*, after the
payment form that shops are known to post (fields in capitals, amounts as decimals, a plain SHA-512
over values and secret). It stays off until a shop has an address, a site and a secret from Epassi,
and whatever is not plainly answered waits for a person.
"""

EPASSI = "epassi"
"""As the checkout names it on a payment."""
