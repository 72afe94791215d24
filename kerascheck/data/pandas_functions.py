"""Functions and classes of pandas. Source: https://pandas.pydata.org/docs/reference/"""

from __future__ import annotations

from kerascheck.data.registry import Function

FUNCTIONS: dict[str, Function] = {}
