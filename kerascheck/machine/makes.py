"""What comes of a name of another package that code mentions: the one table of what makes something known.

It is read off the registries of what the interpreter understands. A function that they do not have gives what is not
known; one that is new in them makes things, unless its table says of it that it follows what it is given
(`operation_forms.follows`).
"""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache
from typing import Any

from kerascheck.machine import modules


class Makes(Enum):
    """What code may make that mentions a name, out of what is not known and of plain numbers."""

    NOTHING = auto()  # that anything could be said about
    TENSORS = auto()  # of what it is given: where that is not known, nothing is known of them
    ARRAYS = auto()  # the same, but for their dtype
    NUMBERS = auto()  # known ones, perhaps many: what makes tensors of what it is given has something to begin with
    THINGS = auto()  # a model, a layer, an array of a known shape, steps that rules look at


@lru_cache(maxsize=8192)
def makes(name: str) -> Makes:
    """What code may make that mentions this canonical name. Modules count as all that is in them."""
    from kerascheck.data import registry
    from kerascheck.layers.registry import find
    from kerascheck.machine.external import _table
    from kerascheck.machine.keras import construction
    from kerascheck.machine.keras.operations import following
    from kerascheck.machine.libraries import LIBRARIES

    head, _, rest = name.partition(".")
    last = name.rpartition(".")[2]
    if head == "builtins":
        return Makes.THINGS if name in _REACHING else Makes.NUMBERS if rest in SEQUENCES else Makes.NOTHING
    if name in LIBRARIES:
        return Makes.NOTHING
    if name in construction.CONSTRUCTORS:
        return Makes.THINGS
    if registry.find(name) is not None:
        return Makes.ARRAYS if name in _computing() else Makes.THINGS
    if name in _table():
        return Makes.TENSORS if name in following() else Makes.THINGS
    if modules.find(name) is not None:
        if head in _READING:
            return Makes.NUMBERS
        return Makes.NOTHING if head in _PLAIN_PACKAGES or last in SERIALIZING else Makes.THINGS
    if name in namespaces():
        return Makes.THINGS
    if head != "keras":
        return Makes.NOTHING
    parts = name.split(".")
    if len(parts) > 2 and parts[1] == "initializers":
        return Makes.THINGS  # called, it gives numbers of any shape
    handler: Any = construction.find_keras(name)
    if handler is construction._layer and find(last) is None and last != "InputLayer":
        return Makes.NOTHING  # a layer that is not known
    return Makes.NOTHING if handler in (construction._other, construction._object) else Makes.THINGS


#: Functions of Python itself by which code reaches what its syntax does not mention.
_REACHING = frozenset({"builtins.globals", "builtins.vars", "builtins.__import__"})
#: Those that give many numbers.
SEQUENCES = frozenset({"range", "xrange"})
#: Packages of which all that is understood deals with plain values, and those that read such values.
_PLAIN_PACKAGES = frozenset(
    {
        "absl", "argparse", "attr", "attrs", "bisect", "click", "collections", "configparser", "contextlib", "copy",
        "dataclasses", "enum", "functools", "heapq", "inspect", "itertools", "operator", "os", "pathlib", "random",
        "shutil", "typer", "typing",
    }
)  # fmt: skip
_READING = frozenset({"ast", "glob", "json", "yaml"})
#: By which what is in a configuration is made of an object: nothing else is done with the object.
SERIALIZING = frozenset({"serialize", "serialize_keras_object"})


@lru_cache(maxsize=1)
def _computing() -> frozenset[str]:
    """The functions of numpy that give arrays of the shapes that they are given, and see nothing in their numbers."""
    from kerascheck.data import numpy_elementwise, numpy_functions, numpy_joining
    from kerascheck.data.observations import _PARTIAL

    named = (*numpy_functions._METHODS, *numpy_functions._ALL_REDUCTIONS, "prod", "sum", "max", "min", "dot", "sort")
    shaped = ("shape", "ndim", "size", "array", "asarray", "asanyarray", "copy", "expand_dims", "moveaxis", "flip")
    found = {*numpy_elementwise.FUNCTIONS, *numpy_joining.FUNCTIONS, *(f"numpy.{name}" for name in (*named, *shaped))}
    return frozenset(found - _PARTIAL.keys() - _GIVING_BOOLEANS)


#: Numpy refuses to subtract what these give.
_GIVING_BOOLEANS = frozenset(
    f"numpy.{name}"
    for name in (
        "isnan", "isinf", "isfinite", "isclose", "signbit", "equal", "not_equal", "less", "less_equal", "greater",
        "greater_equal", "logical_not", "logical_and", "logical_or", "logical_xor", "any", "all",
    )
)  # fmt: skip


@lru_cache(maxsize=1)
def namespaces() -> frozenset[str]:
    """What the names of things begin with: `keras.layers`, `numpy.random`."""
    from kerascheck.data import registry
    from kerascheck.machine.external import _table

    every = [*_table()]
    for module in set(registry._MODULES.values()):
        every += registry._functions(module)
    found = {"keras", "keras.layers", "keras.applications", "keras.models", "keras.initializers"}
    for name in every:
        parts = name.split(".")
        found |= {".".join(parts[:count]) for count in range(1, len(parts))}
    found.discard("builtins")
    return frozenset(found)
