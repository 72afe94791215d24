"""`isinstance`, `issubclass` and `type`: what kind of thing a value is in Python."""

from __future__ import annotations

import collections
import importlib
from collections.abc import Iterable
from typing import Any

from kerascheck.data.array import Array
from kerascheck.machine.enum_values import EnumInt, EnumStr
from kerascheck.machine.members import find_member
from kerascheck.machine.values import (
    BoundMethod,
    ClassValue,
    DictObject,
    DictValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    NamedTupleValue,
    NativeObject,
    Value,
)
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Layer, Tensor
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Symbol, Unknown

#: Modules whose classes are asked themselves.
_MODULES = frozenset({"builtins", "collections", "collections.abc", "numbers", "typing", "types"})

#: The method that makes an object one of these, whatever its class.
_STRUCTURAL = {
    "Iterable": "__iter__",
    "Iterator": "__next__",
    "Callable": "__call__",
    "Sized": "__len__",
    "Container": "__contains__",
}

_NO_EXAMPLE = object()

#: What no array is an instance of; single numbers of numpy may be (`np.float64` is a `float`).
_NO_ARRAYS = (dict, list, tuple, set, frozenset, str, bytes, bool, int, float, type(None))


#: The class of what the data of a kind surely are, and the classes of which there is none among them.
_CLASSES_OF_DATA: dict[str, tuple[str | None, frozenset[str]]] = {
    "numpy": (
        "numpy.ndarray",
        frozenset({"pandas.DataFrame", "pandas.Series", "tensorflow.Tensor", "tensorflow.Variable"}),
    ),
    "frame": ("pandas.DataFrame", frozenset({"numpy.ndarray", "pandas.Series", "tensorflow.Tensor"})),
    "series": (None, frozenset({"numpy.ndarray", "pandas.DataFrame", "tensorflow.Tensor"})),
    "tensor": (None, frozenset({"numpy.ndarray", "pandas.DataFrame", "pandas.Series"})),
}

#: The classes of single numbers of numpy, of which no array is one.
_NUMBERS = frozenset(
    f"numpy.{name}"
    for name in (
        *("generic", "number", "integer", "signedinteger", "unsignedinteger", "inexact", "floating", "bool_"),
        *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64"),
    )
)


def _is_data(value: Array, cls: str) -> bool | None:
    """Whether data with axes are of a class of numpy, pandas or tensorflow."""
    itself, others = _CLASSES_OF_DATA.get(value.kind, (None, frozenset()))
    if cls == itself:
        return True
    return False if cls in others or cls in _NUMBERS else None


def _has_axes(value: Array | Tensor) -> bool:
    return isinstance(value.shape, tuple) and value.shape != ()


#: What built-in functions give of something unknown: the function, and a value of the class that it is of.
_MADE_BY: dict[Any, Any] = {"int": 1, "len": 1, "float": 1.0, "str": "", "bool": True}


def is_of_known_type(value: Unknown) -> bool:
    """Whether a value that is not known is what a built-in function surely gives."""
    return _example(value) is not _NO_EXAMPLE


def is_number(value: Value) -> bool:
    """Whether the value is a number of Python, be it one that is not known."""
    return isinstance(_example(value), (int, float))


def _example(value: Value) -> Any:
    """A thing of Python's that is of the same type as the value; `_NO_EXAMPLE` where there is none."""
    if type(value) is Unknown:
        key = value.key
        if not isinstance(key, tuple) or len(key) != 3 or key[0] != "call":
            return _NO_EXAMPLE
        return _MADE_BY.get(key[1], _NO_EXAMPLE)
    if isinstance(value, (NamedTupleValue, EnumInt, EnumStr)):
        return _NO_EXAMPLE
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, tuple, range, slice)):
        return value
    if isinstance(value, SymDim):
        return 1
    if isinstance(value, IteratorValue):
        return iter(())
    if isinstance(value, ListValue):
        kinds: dict[str, Any] = {
            "list": [],
            "set": set(),
            "keys": {}.keys(),
            "values": {}.values(),
            "items": {}.items(),
        }
        kinds["deque"] = collections.deque()
        return kinds.get(value.kind, _NO_EXAMPLE)
    if isinstance(value, DictValue):
        return {}
    if isinstance(value, FunctionValue):
        return lambda: None
    if isinstance(value, ClassValue):
        return type("Example", (), {})
    if isinstance(value, Array) and value.kind == "list":
        return []
    return _NO_EXAMPLE


#: The dictionaries that stand for one another here: what one of them alone has is not known of any.
_DICTIONARIES = (dict, collections.OrderedDict, collections.defaultdict, collections.Counter)

#: What every array of numpy has, also where numpy is not installed here.
_OF_ARRAYS = frozenset(
    {
        "T", "__array__", "__getitem__", "__iter__", "__len__", "all", "any", "argmax", "argmin", "argsort", "astype",
        "clip", "copy", "cumsum", "dot", "dtype", "fill", "flat", "flatten", "item", "itemsize", "max", "mean", "min",
        "nbytes", "ndim", "nonzero", "prod", "ravel", "repeat", "reshape", "resize", "round", "shape", "size", "sort",
        "squeeze", "std", "strides", "sum", "swapaxes", "take", "tobytes", "tolist", "transpose", "var", "view",
    }
)  # fmt: skip


def has_attribute(value: Value, name: str) -> bool | None:
    """Whether a value of Python or of numpy has an attribute of this name; None where that is not known."""
    if isinstance(value, Array) and value.kind == "numpy":
        return True if name in _OF_ARRAYS and isinstance(value.shape, tuple) and value.shape != () else None
    if isinstance(value, (DictObject, ClassValue)):
        return None  # classes of the program, with members of their own
    if isinstance(value, FunctionValue):
        return True if hasattr(_example(value), name) else None  # the program may have set others
    if isinstance(value, DictValue):
        return _agreed(hasattr(kind, name) for kind in _DICTIONARIES)
    if isinstance(value, ListValue) and value.kind == "set":
        return _agreed(hasattr(kind, name) for kind in (set, frozenset))
    if isinstance(value, IteratorValue):
        return True if name in ("__iter__", "__next__") else None
    example = _example(value)
    return None if example is _NO_EXAMPLE else hasattr(example, name)


def _agreed(answers: Iterable[bool]) -> bool | None:
    """The answer that all give."""
    given = set(answers)
    return given.pop() if len(given) == 1 else None


def _real_class(name: str) -> Any:
    """The class of the standard library that the name stands for; None where it is none that we ask."""
    module, _, short = name.rpartition(".")
    if name == "builtins.NoneType":
        return type(None)
    if module not in _MODULES:
        return None
    return getattr(importlib.import_module(module), short, None)


def is_a(value: Value, cls: Value) -> bool | None:
    """Whether the value is of the class; None where that is not known."""
    if isinstance(cls, ClassValue):
        return _is_of_program(value, cls)
    if not isinstance(cls, Symbol):
        return None
    if isinstance(value, NativeObject):
        return _native_is_a(value, cls)
    if isinstance(value, Instance) and value.layer is None:
        return _object_is_a(value, cls)
    if isinstance(value, (NamedTupleValue, EnumInt, EnumStr)):
        plain: Any = tuple(value) if isinstance(value, tuple) else int(value) if isinstance(value, int) else ""
        return is_a(plain, cls)
    real = _real_class(cls.name)
    if real is not None:
        return _is_of_python(value, cls, real)
    layer = value.layer if isinstance(value, Instance) else value
    if isinstance(layer, Layer) and cls.name.startswith("keras."):
        return _is_layer(layer, cls.name.rpartition(".")[2], isinstance(value, Instance))
    if isinstance(value, Array) and value.kind != "list" and _has_axes(value):
        return _is_data(value, cls.name)
    return None if _example(value) is _NO_EXAMPLE else False


def _native_is_a(value: NativeObject, cls: Symbol) -> bool | None:
    """Whether an object that the interpreter plays itself is of a class of its library."""
    from kerascheck.machine.modules.environments import SpaceValue, is_space
    from kerascheck.machine.modules.paths import PathValue

    if isinstance(value, SpaceValue):
        return is_space(value, cls.name)
    if isinstance(value, PathValue):
        return cls.name.startswith("pathlib.") or cls.name in ("os.PathLike", "builtins.object")
    return None


def _is_of_program(value: Value, cls: ClassValue) -> bool:
    if isinstance(value, Layer):
        value = value.instance  # such as the items of `model.layers`
    owner = value.cls if isinstance(value, (Instance, NamedTupleValue, DictObject)) else None
    if isinstance(value, (EnumInt, EnumStr)):
        owner = value.member.cls
    return owner is not None and any(base is cls for base in owner.mro())


def _is_of_python(value: Value, cls: Symbol, real: Any) -> bool | None:
    if isinstance(value, (Layer, Instance)):
        return cls.name in ("builtins.object", "collections.abc.Callable", "typing.Callable") or None
    if isinstance(value, (BoundMethod, Symbol)):
        return None
    if isinstance(value, (Array, Tensor)) and real in _NO_ARRAYS and _has_axes(value):
        return isinstance(value, Array) and value.kind == "list" and real is list
    example = _example(value)
    try:
        return None if example is _NO_EXAMPLE else isinstance(example, real)
    except TypeError:
        return None


def _object_is_a(value: Instance, cls: Symbol) -> bool | None:
    """Whether an object of the program is of a class outside of it."""
    if cls.name == "builtins.object" or any(base == cls for base in value.cls.mro()):
        return True
    real = _real_class(cls.name)
    method = _STRUCTURAL.get(cls.name.rpartition(".")[2])
    if method is not None and find_member(value.cls, method) is not None:
        return True
    for base in value.cls.mro():
        if isinstance(base, ClassValue) or base == Symbol("abc.ABC"):
            continue
        known = _real_class(base.name) if isinstance(base, Symbol) else None
        if not isinstance(known, type) or not isinstance(real, type):
            return None
        if issubclass(known, real):
            return True
    return False


def _is_layer(layer: Layer, short: str, of_program: bool) -> bool | None:
    if layer.cls == short or short == "Layer":
        return True
    if short == "Model":
        return isinstance(layer, Network)
    return None if of_program or short.startswith("Base") else False


def is_subclass(cls: Value, other: Value) -> bool | None:
    """`issubclass(cls, other)`; None where that is not known."""
    if isinstance(cls, ClassValue):
        if any(base is other or (isinstance(base, Symbol) and base == other) for base in cls.mro()):
            return True
        outside = [base for base in cls.mro() if not isinstance(base, ClassValue)]
        return None if outside and not isinstance(other, ClassValue) else False
    if isinstance(cls, Symbol) and isinstance(other, Symbol):
        real, wanted = _real_class(cls.name), _real_class(other.name)
        if isinstance(real, type) and isinstance(wanted, type):
            return issubclass(real, wanted)
    return None


def type_of(value: Value) -> Value | None:
    """`type(value)`; None where that is not known."""
    if isinstance(value, (Instance, NamedTupleValue, DictObject)):
        return value.cls
    if isinstance(value, (EnumInt, EnumStr)):
        return value.member.cls
    if isinstance(value, Layer):
        from kerascheck.machine.keras.configurations import class_of

        return class_of(value)
    if isinstance(value, Array) and value.kind != "list" and _has_axes(value):
        known, _ = _CLASSES_OF_DATA.get(value.kind, (None, None))
        return Symbol(known) if known is not None else None
    example = _example(value)
    if example is _NO_EXAMPLE or isinstance(value, (FunctionValue, IteratorValue)):
        return None
    return Symbol(f"builtins.{type(example).__name__}")
