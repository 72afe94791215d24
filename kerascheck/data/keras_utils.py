"""`keras.utils` and `keras.preprocessing`: what they do to arrays. Source: keras/src/utils (Keras 3.15)."""

from __future__ import annotations

from collections.abc import Mapping

from kerascheck.data.objects import Method
from kerascheck.data.registry import Function

FUNCTIONS: dict[str, Function] = {}

#: For each class its methods by name.
OBJECTS: dict[str, Mapping[str, Method]] = {}
