"""Signing in and out, people and keys."""
