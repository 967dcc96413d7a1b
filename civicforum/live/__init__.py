"""Plumbing of what is live: changes, the registry of channels, the publisher and its pulse."""
