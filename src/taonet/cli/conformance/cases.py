"""What a line of a vector file is, and what turns its input into an output."""

from collections.abc import Callable, Mapping
from typing import Any

Case = Mapping[str, Any]
"""The fields of a line's input, or of its output: JSON with integers of any size."""

Kind = Callable[[Case], Mapping[str, Any]]
"""Computes the output of one line from its input, by production code."""
