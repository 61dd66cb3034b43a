-- Who is shut out, or let in afresh, may come back as another person of the provider.

GRANT DELETE ON access.identities TO order_ledger_app;
