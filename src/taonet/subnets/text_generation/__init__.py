"""Miners continue a chat; validators check every token's log-probability."""
