"""Course access: who has which, by which order."""
