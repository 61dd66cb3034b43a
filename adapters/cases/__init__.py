"""Who is on an order that needs attention, and what waits until later: notes of people at work."""
