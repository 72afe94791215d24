"""Arrays as the interpreter knows them: shape, dtype, what is in them and where it comes from."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from kerascheck.data.content import Content, Rows
from kerascheck.network.dims import Shape, SymDim, format_shape
from kerascheck.symbolic import Unknown


class Array:
    """A numpy array, a pandas Series or frame, an eager tensor: numbers whose shape is at least partly known.

    Sizes are integers or symbolic, the axis of samples included; in the elements of a `tf.data` pipeline an axis may be
    None (a batch of any size). `trailing` are the last sizes where `shape` as a whole is not known.
    """

    __slots__ = ("birth", "columns", "content", "dtype", "items", "key", "kind", "rows", "shape", "trailing")

    def __init__(
        self,
        shape: Shape | Unknown,
        dtype: str | Unknown = "float64",
        content: Content | None = None,
        *,
        kind: str = "numpy",
        rows: Rows | None = None,
        items: list[Any] | None = None,
        trailing: Shape = (),
        columns: tuple[Hashable, ...] | None = None,
        key: Hashable = None,
        birth: int = 0,
    ) -> None:
        self.shape = shape
        self.dtype = dtype  # as numpy writes it: "float64", "uint8", "object", "str"
        self.content = content if content is not None else Content()
        self.kind = kind  # "numpy", "frame", "series", "tensor", "sparse"
        self.rows = rows
        self.items = items  # the very elements, for short arrays of one axis that the source spells out
        self.trailing = trailing
        self.columns = columns  # the labels of a frame where they are known
        self.key = key  # identity across paths, where something is named after it
        self.birth = birth

    @property
    def ndim(self) -> int | None:
        """The number of axes; None where it is not known."""
        return None if isinstance(self.shape, Unknown) else len(self.shape)

    def known_last(self) -> int | SymDim | None:
        """The size of the last axis, None where it is not known."""
        shape = self.trailing if isinstance(self.shape, Unknown) else self.shape
        return shape[-1] if shape else None

    def title(self, name: str) -> None:
        """Sizes that have no name yet are called after the first variable that the array is bound to."""
        for dim in self.shape if isinstance(self.shape, tuple) else ():
            for term in dim.terms if isinstance(dim, SymDim) else ():
                for atom in term:
                    if atom.text.startswith("?."):
                        atom.text = f"{name}{atom.text[1:]}"

    def with_shape(self, shape: Shape | Unknown, trailing: Shape = ()) -> Array:
        """A view on the same numbers."""
        return Array(shape, self.dtype, self.content, kind=self.kind, rows=self.rows, trailing=trailing)

    def snapshot(self) -> Array:
        """A copy that later changes do not reach."""
        return Array(
            self.shape,
            self.dtype,
            self.content.copy(),
            kind=self.kind,
            rows=self.rows,
            items=list(self.items) if self.items is not None else None,
            trailing=self.trailing,
            columns=self.columns,
            key=self.key,
            birth=self.birth,
        )

    def __repr__(self) -> str:
        shape = self.shape if isinstance(self.shape, Unknown) else format_shape(self.shape)
        return f"Array({shape}, {self.dtype})"


def axis_key(key: Hashable, axis: int) -> Hashable:
    """The identity of `x.shape[axis]`, and of `len(x)` for the first axis, for the identity of something unknown."""
    return ("item", ("attribute", key, "shape"), ("constant", "int", axis))


def axis_size(key: Hashable, text: str, axis: int) -> SymDim:
    """The size of an axis of something unknown: the same one that `text.shape[axis]` gives."""
    return SymDim.named(f"{text}.shape[{axis}]", axis_key(key, axis))


# -- dtypes ---------------------------------------------------------------------------------------------------

_KINDS = {"bool": 0, "uint": 1, "int": 1, "float": 2, "complex": 3}


def split_dtype(dtype: str) -> tuple[str, int]:
    """The kind of number and its bits: ("float", 32); bits are 0 for what is no number."""
    name = dtype.rstrip("0123456789")
    bits = dtype[len(name) :]
    return (name, int(bits)) if bits else (name, 8 if name == "bool" else 0)


def promote(left: str | Unknown, right: str | Unknown) -> str | Unknown:
    """The dtype of an operation on two arrays, as `numpy.promote_types` gives it."""
    if isinstance(left, Unknown):
        return left
    if isinstance(right, Unknown) or left == right:
        return right
    (a, a_bits), (b, b_bits) = split_dtype(left), split_dtype(right)
    if a not in _KINDS or b not in _KINDS:
        return "object" if "object" in (left, right) else Unknown(f"the dtype of {left} with {right}")
    if a == b:
        return f"{a}{max(a_bits, b_bits)}"
    if a == "bool" or b == "bool":
        return right if a == "bool" else left
    if {a, b} == {"int", "uint"}:
        signed, unsigned = (a_bits, b_bits) if a == "int" else (b_bits, a_bits)
        if unsigned < signed:
            return f"int{signed}"
        return f"int{unsigned * 2}" if unsigned < 64 else "float64"
    if a in ("int", "uint") or b in ("int", "uint"):
        number, whole = ((a, a_bits), b_bits) if a not in ("int", "uint") else ((b, b_bits), a_bits)
        kind, bits = number
        if kind == "float":
            return f"float{max(bits, 16 if whole == 8 else 32 if whole == 16 else 64)}"
        return f"complex{max(bits, 64 if whole <= 16 else 128)}"
    bits = max(a_bits * (2 if a == "float" else 1), b_bits * (2 if b == "float" else 1))
    return f"complex{max(bits, 64)}"


def with_scalar(dtype: str | Unknown, scalar: object) -> str | Unknown:
    """The dtype of an operation of an array with a Python number, which is weak (NEP 50)."""
    if isinstance(dtype, Unknown):
        return dtype
    kind, _ = split_dtype(dtype)
    if isinstance(scalar, bool) or kind not in _KINDS:
        return dtype
    if isinstance(scalar, float):
        return dtype if _KINDS[kind] >= _KINDS["float"] else "float64"
    return "int64" if kind == "bool" else dtype


def true_division(dtype: str | Unknown) -> str | Unknown:
    """The dtype of `/` for operands of the common dtype."""
    if isinstance(dtype, Unknown) or split_dtype(dtype)[0] not in ("bool", "int", "uint"):
        return dtype
    return "float64"


def is_number(dtype: str | Unknown) -> bool:
    """Whether the elements are surely numbers."""
    return isinstance(dtype, str) and split_dtype(dtype)[0] in _KINDS


def is_float(dtype: str | Unknown) -> bool:
    """Whether the elements are surely floating-point numbers."""
    return isinstance(dtype, str) and split_dtype(dtype)[0] == "float"


def is_integer(dtype: str | Unknown) -> bool:
    """Whether the elements are surely whole numbers."""
    return isinstance(dtype, str) and split_dtype(dtype)[0] in ("int", "uint")
