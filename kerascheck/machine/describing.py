"""What is known of a value at a moment, in words: what it is, its shape, dtype and range, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.machine.values import DictValue, FunctionValue, Instance, ListValue, Value
from kerascheck.network.dims import SymDim, format_shape
from kerascheck.network.ir import Layer, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import Guarded, Symbol, Unknown

if TYPE_CHECKING:
    from kerascheck.network.dims import Shape
    from kerascheck.network.ir import Site

_MAX_TEXT = 60
_MAX_PARTS = 6
_MAX_DEPTH = 3

#: What the history of the numbers of an array says, in words.
_HISTORY = {
    "dataset": "a data set",
    "pixels": "pixels",
    "raw": "as the file has them",
    "standardized": "standardized",
}


@dataclass(frozen=True)
class Description:
    """What is known of a value; None where there is nothing to say."""

    kind: str  # "tensor", "array", "size", ...
    shape: str | None = None
    dtype: str | None = None
    range: str | None = None
    origin: str | None = None  # what made it, and in which row
    note: str | None = None
    is_known: bool = True
    is_data: bool = False  # whether it is a tensor, an array, a stream of them or a size

    @property
    def text(self) -> str:
        """All of it on one line."""
        head = " ".join(part for part in (self.kind, self.shape, self.dtype) if part)
        return ", ".join(part for part in (head, self.range, self.origin, self.note) if part)


def described(value: Value, depth: int = 0) -> Description:
    """What is known of a value now."""
    if isinstance(value, Tensor):
        return Description(
            "tensor",
            _shape(value.shape),
            _dtype(value.dtype),
            None,
            _origin_of_tensor(value),
            _why(value.shape),
            is_data=True,
        )
    if isinstance(value, Array):
        return _array(value)
    if isinstance(value, Guarded):
        return _one_of(value, depth)
    if isinstance(value, Unknown):
        return Description("not known", note=value.reason, is_known=False)
    if isinstance(value, SymDim):
        return Description("size", str(value), is_data=True)
    if isinstance(value, Instance) and value.layer is not None:
        return described(value.layer, depth)
    if isinstance(value, Network):
        shapes = [tensor.shape for tensor in value.inputs], [tensor.shape for tensor in value.outputs]
        ways = " -> ".join(", ".join(map(_shape_or_mark, some[:_MAX_PARTS])) or "?" for some in shapes)
        return Description(f"model {value.name!r} ({value.cls}, {value.status()})", ways)
    if isinstance(value, Layer):
        made = value.output_shapes()
        shape = None if isinstance(made, Unknown) else ", ".join(map(format_shape, made[:_MAX_PARTS]))
        return Description(f"layer {value.title}", f"giving {shape}" if shape else None)
    if isinstance(value, Pipeline):
        return _stream(value, depth)
    if isinstance(value, (tuple, ListValue, DictValue)):
        return _container(value, depth)
    return Description(_plain(value), is_data=isinstance(value, (int, float)) and not isinstance(value, bool))


def _array(value: Array) -> Description:
    kinds = {"frame": "data frame", "series": "series", "tensor": "eager tensor", "list": "list of numbers"}
    shape = _shape(value.shape)
    if shape is None and value.trailing:
        shape = f"(..., {', '.join(map(str, value.trailing))})"
    history = [words for tag, words in _HISTORY.items() if tag in value.content.tags]
    history += [f"preprocessed for {tag.partition(':')[2]}" for tag in value.content.tags if tag.startswith("preproc")]
    return Description(
        kinds.get(value.kind, "array"),
        shape,
        _dtype(value.dtype),
        _range(value),
        None,
        ", ".join(history) or _why(value.shape),
        is_data=True,
    )


def _range(value: Array) -> str | None:
    content = value.content
    if content.values is not None and 1 < len(content.values) <= _MAX_PARTS:
        return "values " + ", ".join(map(_number, sorted(content.values)))
    if content.low is None and content.high is None:
        return None
    if content.low == content.high:
        return f"all {_number(content.low)}"
    if content.low is None:
        return f"up to {_number(content.high)}"
    if content.high is None:
        return f"from {_number(content.low)}"
    return f"{_number(content.low)} to {_number(content.high)}"


def _number(value: float | None) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _one_of(value: Guarded, depth: int) -> Description:
    if depth >= _MAX_DEPTH:
        return Description("not known", note=value.reason, is_known=False)
    some = [described(one, depth + 1) for _, one in value.alternatives]
    found = list(dict.fromkeys(one.text for one in some))
    return Description(
        " or ".join(found[:_MAX_PARTS]),
        note="by a condition that is not known",
        is_data=any(one.is_data for one in some),
    )


def _stream(value: Pipeline, depth: int) -> Description:
    kinds = {"tf.data": "dataset", "sequence": "sequence", "generator": "generator"}
    element = None if depth >= _MAX_DEPTH else f"of {described(value.element, depth + 1).text}"
    batch = f"batches of {value.batch}" if value.batched and value.batch is not None else None
    count = f"{value.count} elements" if value.count is not None else "endless" if value.infinite else None
    return Description(kinds.get(value.kind, "stream"), element, None, batch, None, count, is_data=True)


def _container(value: tuple[Any, ...] | ListValue | DictValue, depth: int) -> Description:
    if not isinstance(value, tuple) and value.unknown is not None:
        return Description(
            "dictionary" if isinstance(value, DictValue) else value.kind, note="its content is not known"
        )
    if isinstance(value, DictValue):
        pairs = list(value.items.items())[:_MAX_PARTS]
        inner = [f"{_plain(key)}: {_inner(item, depth)}" for key, item in pairs]
        return Description(f"{{{', '.join(inner)}{', ...' if len(value.items) > _MAX_PARTS else ''}}}")
    items = value.items if isinstance(value, ListValue) else value
    shown = ", ".join(_inner(item, depth) for item in items[:_MAX_PARTS])
    more = ", ..." if len(items) > _MAX_PARTS else ""
    if isinstance(value, tuple):
        return Description(f"({shown}{more}{',' if len(items) == 1 else ''})")
    return Description(f"[{shown}{more}]")


def _inner(value: Value, depth: int) -> str:
    return "..." if depth >= _MAX_DEPTH else described(value, depth + 1).text


def _plain(value: Value) -> str:
    if isinstance(value, (bool, int, float, str, bytes, type(None))):
        text = repr(value)
        return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 4]}...{text[-1]}"
    if isinstance(value, Symbol):
        return value.name
    if isinstance(value, KerasObject):
        return value.qualname
    if isinstance(value, FunctionValue):
        return f"function {value.name}"
    if isinstance(value, Instance):
        return f"object of {value.cls.name}"
    return type(value).__name__.removesuffix("Value").lower()


def _shape(shape: Shape | Unknown) -> str | None:
    return "of unknown shape" if isinstance(shape, Unknown) else format_shape(shape)


def _shape_or_mark(shape: Shape | Unknown) -> str:
    return "?" if isinstance(shape, Unknown) else format_shape(shape)


def _why(shape: Shape | Unknown) -> str | None:
    return shape.reason if isinstance(shape, Unknown) else None


def _dtype(dtype: str | Unknown) -> str | None:
    return None if isinstance(dtype, Unknown) else dtype


def _origin_of_tensor(tensor: Tensor) -> str | None:
    node = tensor.node
    if node is None:
        return None
    return f"from {node.layer.title}{in_row(node.site or node.layer.site)}"


def in_row(site: Site | None) -> str:
    """` in row 12`, or ` in row 12 of other.py`; empty where that is not known."""
    if site is None:
        return ""
    try:
        cell, row = site.file.in_cell(site.file.locate(site.node).start.row)
    except LookupError:
        return ""
    return f" in row {row}" if cell is None else f" in row {row} of cell {cell}"
