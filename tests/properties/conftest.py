"""Every call that these tests make is watched."""

from tests.refusal_watch import refusals

__all__ = ("refusals",)
