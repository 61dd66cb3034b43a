"""Pictures of every page and state, to look at: a ledger of its own, a browser, an album."""
