"""The order: read `events`, then `state`, then the decisions `lifecycle`, `payments`, `actions`, `refunds`."""
