"""Methods of something unknown that arrays alone have: what the program asks for is known of what it gets."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from kerascheck.data.array import Array
from kerascheck.data.numpy_shapes import reshape, sizes_of
from kerascheck.data.values import array_of_unknown, dtype_of
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

_ARRAYS = re.compile(r"^[ \t]*(?:import|from)[ \t]+(?:numpy|pandas|sklearn|scipy|cv2)\b", re.MULTILINE)
_OTHERS = re.compile(r"^[ \t]*(?:import|from)[ \t]+(?:torch|jax|cupy|mxnet)\b", re.MULTILINE)


@lru_cache(maxsize=16)
def works_with_arrays(text: str) -> bool:
    """Whether a file imports a library of arrays, and none whose tensors have the same methods."""
    return bool(_ARRAYS.search(text)) and not _OTHERS.search(text)


def call_unknown_method(run: Run, function: Unknown, arguments: Arguments, site: Site) -> Value | None:
    """`x.reshape(...)` and `x.astype(...)` of something unknown; None where nothing is known of the result."""
    key: Any = function.key
    method = _METHODS.get(key[2]) if isinstance(key, tuple) and len(key) == 3 and key[0] == "attribute" else None
    if method is None or not works_with_arrays(site.file.text):
        return None
    text = function.text.rpartition(".")[0] if function.text else None
    receiver = Unknown(function.reason, key[1], text or None)
    return method(run, receiver, arguments, site)


def _reshape(run: Run, receiver: Unknown, arguments: Arguments, site: Site) -> Value | None:
    """`x.reshape(-1, 28, 28, 1)`; not `library.reshape(x, shape)`."""
    values = [given.value for given in arguments.positional]
    is_one = len(values) == 1 and isinstance(values[0], (tuple, ListValue))
    several = all(isinstance(value, (int, SymDim, Unknown)) for value in values)
    if arguments.keywords or not (is_one or (several and isinstance(values[-1:] and values[-1], (int, SymDim)))):
        return None
    target = sizes_of(run, arguments, site)
    if isinstance(target, Unknown):
        return None
    array = array_of_unknown(run, receiver, Unknown("the dtype of something unknown"))
    return reshape(run, array, target, site)


def _astype(run: Run, receiver: Unknown, arguments: Arguments, site: Site) -> Value | None:
    """`x.astype("float32")`: the same sizes, and the dtype that is asked for."""
    dtype: Any = dtype_of(arguments.value("dtype", 0))
    if len(arguments.positional) > 1 or not isinstance(dtype, str):
        return None
    made: Array = array_of_unknown(run, receiver, dtype)
    made.kind = "unknown"  # it may be a frame
    return made


_METHODS: dict[str, Callable[[Run, Unknown, Arguments, Site], Value | None]] = {
    "reshape": _reshape,
    "astype": _astype,
}
