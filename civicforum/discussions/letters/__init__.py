"""Mails that come in: what they say, and what becomes of them."""
