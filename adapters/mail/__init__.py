"""Emails, whoever writes them: written as mail servers take them, sent over one line to one server."""
