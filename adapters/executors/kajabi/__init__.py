"""Grants Kajabi offers, and takes them back."""
