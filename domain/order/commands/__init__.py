"""Wishes about an order. Each carries all that its decision cannot know."""
