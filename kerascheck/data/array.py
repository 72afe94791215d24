"""Arrays as the interpreter knows them: shape, dtype, what is in them and where it comes from."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

from kerascheck.data.content import Content, Rows
from kerascheck.network.dims import MAX_AXES, MAX_SIZE, Dim, Shape, SymDim, format_shape
from kerascheck.symbolic.journal import Versioned, set_unnoted
from kerascheck.symbolic.unknown import NOTHING, Unknown


class Labels(Versioned):
    """What is known of the labels of a frame or a series.

    `index` and `layout` identify the labels of the rows and of the columns: equal ones align. `series` holds dtype and
    content of columns that are known, `present` the labels of columns that surely exist where not all are known.
    """

    __slots__ = ("index", "layout", "name", "present", "series")

    def __init__(self, index: Hashable = None, layout: Hashable = None) -> None:
        self.index = index
        self.layout = layout
        self.series: dict[Hashable, tuple[str | Unknown, Content]] = {}
        self.present: frozenset[Hashable] = frozenset()
        self.name: Hashable = None  # of a series

    def copy(self) -> Labels:
        """The same, not shared."""
        made = Labels(self.index, self.layout)
        made.series = {label: (dtype, content.copy()) for label, (dtype, content) in self.series.items()}
        made.present, made.name = self.present, self.name
        return made


def some_shape(shape: Shape) -> Shape | Unknown:
    """The shape, unless no array has it: computing with such sizes would lead anywhere."""
    for dim in shape:
        if isinstance(dim, int) and not 0 <= dim < MAX_SIZE:
            return Unknown("a shape that no array has")
    return shape if len(shape) <= MAX_AXES else Unknown("a shape that no array has")


class Array(Versioned):
    """A numpy array, a pandas Series or frame, an eager tensor: numbers whose shape is at least partly known.

    Sizes are integers or symbolic, the axis of samples included; in the elements of a `tf.data` pipeline an axis may be
    None (a batch of any size). `trailing` are the last sizes where `shape` as a whole is not known.
    """

    __slots__ = (
        "_items", "_items_state", "_table", "birth", "columns", "content", "dtype", "key", "kind", "labels", "max_ndim",
        "name", "needs", "rows", "shape", "trailing",
    )  # fmt: skip

    shape: Shape | Unknown
    dtype: str | Unknown
    content: Content
    kind: str
    rows: Rows | None
    trailing: Shape
    columns: tuple[Hashable, ...] | None
    key: Hashable
    birth: int
    labels: Labels | None
    max_ndim: int | None
    name: str | None
    needs: frozenset[Hashable]

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
        put = set_unnoted  # there are many of these
        put(self, "shape", shape if isinstance(shape, Unknown) else some_shape(shape))
        put(self, "dtype", dtype)  # as numpy writes it: "float64", "object", "str"; of a frame: that of all columns
        put(self, "content", content if content is not None else Content(*limits_of(dtype)))
        put(self, "kind", kind)  # "numpy", "frame", "series", "tensor", "sparse", "matrix" (one of these), "list"
        put(self, "rows", rows)
        put(self, "trailing", trailing)
        put(self, "columns", columns)  # the labels of a frame where they are known
        put(self, "key", key)  # identity across runs, where something is named after it
        put(self, "birth", birth)
        put(self, "labels", None)  # what is known of the labels of a frame or series
        put(self, "max_ndim", None)  # the largest number of axes it can have, where `shape` is not known
        put(self, "name", None)  # what a single number is called
        put(self, "needs", NOTHING)  # the conditions that it hangs on, where they are not decided
        put(self, "_table", None)
        self.items = items

    @property
    def items(self) -> list[Any] | None:
        """The very elements, for short arrays of one axis that the source spells out; None where not known."""
        return self._items if self._items_state is self.content.state else None

    @items.setter
    def items(self, value: list[Any] | None) -> None:
        self._items = value
        self._items_state = self.content.state

    @property
    def table(self) -> tuple[tuple[Any, ...], ...] | None:
        """The rows of a small table that the source spells out; None where not known."""
        state, rows = self._table or (None, None)
        return rows if state is self.content.state else None

    @table.setter
    def table(self, rows: tuple[tuple[Any, ...], ...] | None) -> None:
        self._table = None if rows is None else (self.content.state, rows)

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
        if isinstance(self.shape, Unknown):
            if self.shape.text is None:
                self.shape = Unknown(self.shape.reason, self.shape.key, f"{name}.shape")
        elif self.shape:
            title_sizes(self.shape, name)
        else:
            self.name = self.name or name

    def number(self) -> Any:
        """The number that an array without axes is; Unknown where it is not known."""
        single = self.content.single()
        if single is not None and isinstance(self.dtype, str):
            from kerascheck.data.scalars import number

            return number(single, self.dtype)
        key = ("call", "int", ("number", self.birth)) if is_integer(self.dtype) else ("number", self.birth)
        return Unknown("a number that is computed from data", key, self.name)

    def with_shape(self, shape: Shape | Unknown, trailing: Shape = ()) -> Array:
        """A view on the same numbers."""
        return Array(shape, self.dtype, self.content, kind=self.kind, rows=self.rows, trailing=trailing)

    def blur(self, reason: str) -> None:
        """Forget what may change: the numbers, and of a frame the columns and rows."""
        self.content.forget()
        if self.kind in ("frame", "series", "list"):
            self.dtype, self.columns, self.labels, self.rows = Unknown(reason), None, None, None
            if isinstance(self.shape, tuple):
                self.shape = tuple(SymDim.named("?", ("changed", self.birth, dim)) for dim in self.shape)

    def is_unchanged(self, other: Array) -> bool:
        """Whether the other one is this very array, or a copy that nothing has been done to since."""
        return self.content.state is other.content.state and self.birth == other.birth and self.shape == other.shape

    def snapshot(self) -> Array:
        """A copy that later changes do not reach."""
        made = Array(
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
        made.labels = self.labels.copy() if self.labels is not None else None
        made.max_ndim, made.name = self.max_ndim, self.name
        made.table = self.table if self.kind == "tensor" else None  # numpy's can be sorted in place
        return made

    def __repr__(self) -> str:
        shape = self.shape if isinstance(self.shape, Unknown) else format_shape(self.shape)
        return f"Array({shape}, {self.dtype})"


def axis_key(key: Hashable, axis: int) -> Hashable:
    """The identity of `x.shape[axis]`, and of `len(x)` for the first axis, for the identity of something unknown."""
    return ("item", ("attribute", key, "shape"), ("constant", "int", axis))


class PartKey(NamedTuple):
    """The identity of some of the samples of something unknown: `size` of them, all its other axes are the same."""

    whole: Hashable
    size: Dim
    part: str  # as in `Rows`
    order: str | None


def axis_size(key: Hashable, text: str, axis: int, spelled: str | None = None) -> Dim:
    """The size of an axis of something unknown: the same one that `text.shape[axis]` gives."""
    while isinstance(key, PartKey) and axis >= 0:
        if axis == 0:
            return key.size
        key = key.whole
    return SymDim.named(spelled or f"{text}.shape[{axis}]", axis_key(key, axis))


def title_sizes(sizes: Shape, name: str) -> None:
    """Give sizes without a name one: theirs begin with `?.`."""
    for dim in sizes:
        for term in dim.terms if isinstance(dim, SymDim) else ():
            for atom in term:
                if "?." in atom.text:
                    atom.text = atom.text.replace("?.", f"{name}.")


def title_size(size: SymDim, name: str) -> None:
    """A size without a name is called by the first variable that it is bound to."""
    terms = list(size.terms.items())
    if len(terms) == 1 and terms[0][1] == 1 and len(terms[0][0]) == 1 and terms[0][0][0].text.startswith("?"):
        terms[0][0][0].text = name


# -- dtypes ---------------------------------------------------------------------------------------------------

_KINDS = {"bool": 0, "uint": 1, "int": 1, "float": 2, "complex": 3}


#: The dtype of what a function gives for each element, where these may be texts, lists or arrays as well as numbers.
ANYTHING = Unknown("what a function makes of each element", ("anything",))


#: The dtype of texts that were in a frame or series: "str" or "object", as the version of pandas has it.
TEXTS = Unknown("the values of text", ("texts",))


def is_text(dtype: str | Unknown) -> bool:
    """Whether the elements are surely no numbers to Keras: texts, or objects of Python."""
    return dtype in ("str", "object") if isinstance(dtype, str) else dtype.key == TEXTS.key


def may_nest(array: Array) -> bool:
    """Whether the single items may be arrays or lists themselves, which only a list of them or a stack shows."""
    return array.ndim == 1 and holds_anything(array.dtype)


def holds_anything(dtype: str | Unknown) -> bool:
    """Whether what stands where a number might may be a text, a list or an array as well."""
    return dtype == "object" or (isinstance(dtype, Unknown) and dtype.key == ANYTHING.key)


def limits_of(dtype: str | Unknown) -> tuple[int, int] | tuple[None, None]:
    """The least and the greatest number of a short dtype: all that is known of numbers that come from outside."""
    kind, bits = split_dtype(dtype) if isinstance(dtype, str) else ("", 0)
    if kind == "bool":
        return 0, 1
    if kind == "uint" and bits < 32:
        return 0, 2**bits - 1
    if kind == "int" and bits < 32:
        return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return None, None


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
        if "str" in (left, right) and (a in _KINDS or b in _KINDS):
            return "str"
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
