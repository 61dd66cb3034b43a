"""Questions before something is done: each says what will happen, and then does it."""
