"""Paytrail: refunds of payments by Finnish banks, cards and mobile wallets, in euros only.

Source: docs.paytrail.com (github.com/paytrail/api-documentation, docs/README.md and
docs/paytrail-api.yaml). The rule to know: Paytrail promises nothing about a refund that is asked for
twice, so one whose answer was lost is never asked for again; its callback, or a person, ends it.
"""

PAYTRAIL = "paytrail"
"""As the checkout names it on a payment."""
