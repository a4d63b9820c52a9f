"""A user's own operations."""
