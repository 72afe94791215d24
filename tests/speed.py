"""How fast the machine is just now: others work on it, too, and they come and go."""

from __future__ import annotations

import gc
import time

import libcst as cst

_TEXT = "def f(x):\n    y = g(x, 1)\n    return Dense(3)(h(y))\n" * 800
#: What parsing this takes on a usual core.
_SECONDS = 0.2


def slowness() -> float:
    """How many times longer than on a usual core work takes now, in processor time; at least 1.

    The work is of the kind that checking a file is: it makes many small objects.
    """
    was_collecting = gc.isenabled()
    gc.disable()  # it would look through all that the process has
    begun = time.process_time()
    cst.parse_module(_TEXT)
    taken = time.process_time() - begun
    if was_collecting:
        gc.enable()
    return max(1.0, taken / _SECONDS)
