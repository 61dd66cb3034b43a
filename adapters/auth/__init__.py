"""Who may reach what: shops, keys, roles. Nothing else decides about access."""
