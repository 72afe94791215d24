"""How Keras names layers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


@lru_cache(maxsize=1024)
def snake_case(name: str) -> str:
    """`BatchNormalization` to `batch_normalization`, as `keras.src.utils.naming.to_snake_case` does."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
