"""Whether what the interpreter claims of a value is true of the real one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kerascheck.data.array import Array
from kerascheck.data.scalars import NumpyFloat, NumpyInt, is_weak
from kerascheck.machine.values import DictValue, ListValue
from kerascheck.network.dims import Atom, SymDim
from kerascheck.symbolic.unknown import Unknown


class Sizes:
    """What named sizes really are: equal names must be equal sizes throughout a program."""

    def __init__(self, **known: int) -> None:
        self.known = known
        self.atoms: dict[Atom, int] = {}

    def contradiction(self, dim: Any, real: int) -> str | None:
        """Why a claimed size is not the real one; None where it may be."""
        if isinstance(dim, int):
            return None if dim == real else f"size {dim} is {real}"
        if not isinstance(dim, SymDim):
            return None
        new = {atom for term in dim.terms for atom in term if atom not in self.atoms and atom.text not in self.known}
        if len(new) == 1 and dim.terms.get((next(iter(new)),)) in (1, -1):
            atom = next(iter(new))
            self.atoms[atom] = 0
            rest, factor = self._value(dim), dim.terms[(atom,)]
            if any(atom in term and term != (atom,) for term in dim.terms):
                del self.atoms[atom]
                return None
            self.atoms[atom] = (real - rest) // factor
        elif new:
            return None
        value = self._value(dim)
        return None if value == real else f"size {dim} = {value} is {real}"

    def _value(self, dim: SymDim) -> int:
        return sum(factor * math.prod(self._atom(atom) for atom in term) for term, factor in dim.terms.items())

    def _atom(self, atom: Atom) -> int:
        return self.atoms[atom] if atom in self.atoms else self.known[atom.text]


def disagreement(value: Any, real: Any, sizes: Sizes) -> str | None:
    """What is claimed of the value and not true of the real one; None where all is true."""
    if isinstance(value, (Unknown, DictValue)):
        return None
    if isinstance(value, ListValue):
        if value.unknown is not None:
            return None
        value = value.items
    if isinstance(value, (list, tuple)):
        if isinstance(real, np.ndarray) or len(value) != len(real):
            return f"{value} against {real!r}"
        pairs = enumerate(zip(value, real, strict=True))
        return next((f"[{i}] {why}" for i, (a, b) in pairs if (why := disagreement(a, b, sizes))), None)
    if isinstance(value, SymDim):
        return sizes.contradiction(value, int(real))
    if isinstance(value, Array):
        return _array(value, real, sizes)
    if isinstance(value, (bool, int, float)):
        return _number(value, real)
    return None if value is None or (isinstance(value, str) and value == real) else f"{value!r} against {real!r}"


def _number(value: Any, real: Any) -> str | None:
    if not np.isscalar(real) and not (isinstance(real, np.ndarray) and real.shape == ()):
        return f"number {value} against {real!r}"
    if not _close(float(value), float(real)):
        return f"number {value} is {real}"
    if isinstance(value, bool) != (np.asarray(real).dtype == bool):
        return f"{value!r} against {real!r}"
    if isinstance(value, (NumpyFloat, NumpyInt)) and value.dtype != str(np.asarray(real).dtype):
        return f"{value!r} of {value.dtype} is {real!r}"
    if is_weak(value) and isinstance(real, np.generic) and not isinstance(real, (np.bool_, np.float64, np.int64)):
        return f"weak {value!r} is {real!r}"
    return None


def _close(left: float, right: float, scale: float = 0.0) -> bool:
    if math.isnan(left) or math.isnan(right):
        return True
    if math.isinf(left) or math.isinf(right):
        return left == right
    return abs(left - right) <= 1e-7 + 2e-3 * max(abs(left), abs(right), scale)


def real_dtype(real: Any) -> str:
    """The dtype of a real array or series as kerascheck writes it."""
    dtype = real.dtype
    name = str(dtype)
    return "str" if getattr(dtype, "kind", "") == "U" or name == "str" else name


def _array(value: Array, real: Any, sizes: Sizes) -> str | None:
    if not hasattr(real, "shape") and isinstance(real, (int, float, str)):
        real = np.asarray(real)
    if value.kind == "list":
        if len(real) == 0:
            return None
        real = np.asarray(real)
    if not hasattr(real, "shape"):
        return f"{value} against {real!r}"
    if isinstance(value.shape, tuple):
        if len(value.shape) != len(real.shape):
            return f"{value} of shape {real.shape}"
        for claimed, size in zip(value.shape, real.shape, strict=True):
            if why := sizes.contradiction(claimed, size):
                return f"{value} of shape {real.shape}: {why}"
    elif value.trailing and tuple(real.shape[-len(value.trailing) :]) != value.trailing:
        return f"{value} ends in {value.trailing}, is of shape {real.shape}"
    if value.kind == "frame":
        return _frame(value, real)
    if value.kind == "unknown":
        return None
    if (value.kind == "series") != (type(real).__name__ == "Series") and value.kind != "list":
        return f"{value} of kind {value.kind} against {type(real)}"
    if isinstance(value.dtype, str) and value.dtype != real_dtype(real):
        return f"{value} of dtype {real_dtype(real)}"
    if value.items is not None and (len(value.items) != len(real) or not _all_close(value.items, real)):
        return f"items {value.items} are {real!r}"
    return _content(value, np.asarray(real))


def _frame(value: Array, real: Any) -> str | None:
    if type(real).__name__ != "DataFrame":
        return f"{value} against {type(real)}"
    if value.columns is not None and list(value.columns) != list(real.columns):
        return f"columns {value.columns} are {list(real.columns)}"
    labels = value.labels
    if labels is not None:
        known = {label for label in labels.present if not isinstance(label, tuple)}
        if not known <= set(real.columns):
            return f"columns {known} of {list(real.columns)}"
        for label, (dtype, content) in labels.series.items():
            part = Array(real[label].shape, dtype, content, kind="series")
            if why := _array(part, real[label], Sizes()):
                return f"column {label}: {why}"
    if isinstance(value.dtype, str) and any(str(dtype) != value.dtype for dtype in real.dtypes):
        return f"{value} of dtypes {list(real.dtypes)}"
    return _content(value, np.asarray(real))


def _all_close(items: list[Any], real: Any) -> bool:
    return all(a == b if isinstance(a, str) else _close(float(a), float(b)) for a, b in zip(items, real, strict=True))


def _content(value: Array, real: np.ndarray) -> str | None:
    content = value.content
    if real.dtype.kind not in "biuf" or real.size == 0:
        return None
    numbers = real.astype(float).ravel()
    if np.isnan(numbers).any():
        return None
    low, high = float(numbers.min()), float(numbers.max())
    scale = max(abs(low), abs(high)) if np.isfinite(low) and np.isfinite(high) else 0.0
    if real.dtype == np.float16 and scale < 1e-4:
        return None  # hardly any digits
    shown = f"{value} {content!r} is {low}..{high}"
    if content.low is not None and not (content.low <= low or _close(content.low, low, scale)):
        return f"{shown}: lower than claimed"
    if content.high is not None and not (content.high >= high or _close(content.high, high, scale)):
        return f"{shown}: higher than claimed"
    if content.attained and not _near(content, low, high):
        return f"{shown}: bounds not attained"
    if content.values is not None:
        occurring = sorted(set(numbers))
        for a in content.values:
            if not any(_close(float(a), b, scale) for b in occurring):
                return f"{shown}: {a} does not occur in {occurring}"
        for b in occurring:
            if not any(_close(float(a), b, scale) for a in content.values):
                return f"{shown}: {b} occurs"
    if content.one_hot and not _is_one_hot(real):
        return f"{shown}: not one-hot {real!r}"
    return None


def _near(content: Any, low: float, high: float) -> bool:
    """Whether numbers near both claimed bounds occur."""
    if content.low is None or content.high is None:
        return False
    slack = 0.05 * (content.high - content.low) + 2e-3 * max(abs(low), abs(high)) + 1e-7
    return bool(abs(content.low - low) <= slack and abs(content.high - high) <= slack)


def _is_one_hot(real: np.ndarray) -> bool:
    if real.ndim == 0:
        return False
    flat = real.astype(float)
    return bool(((flat == 0) | (flat == 1)).all() and (flat.sum(axis=-1) == 1).all())
