"""Pallets composed into one state transition."""
