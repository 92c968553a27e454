"""A process that keeps a chain."""
