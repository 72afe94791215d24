"""What Keras would raise: which rule speaks about which kind of error."""

from __future__ import annotations

import re

from kerascheck.rules._graph import RATED
from kerascheck.symbolic.unknown import KerasError

#: The kind of what numpy, pandas or scikit-learn refuse to do with arrays.
ARRAYS = "array"
_RATE = re.compile(r"(\w+) expects rate to lie between 0 and 1, got (-?[\d.]+(?:e-?\d+)?)$")


def refused_rate(error: KerasError) -> tuple[str, float] | None:
    """The class and the rate, where the error is about the rate of a dropout layer."""
    match = _RATE.match(error.message)
    if match is None or match.group(1) not in RATED:
        return None
    return match.group(1), float(match.group(2))
