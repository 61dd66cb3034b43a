"""What documents for customers share: their language, their words, templates and how those are filled."""
