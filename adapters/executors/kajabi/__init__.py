"""Grants Kajabi offers."""
