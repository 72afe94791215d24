"""Sequences whose length is no doing of the program: lists that Keras hands out, shapes, results with arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeGuard

import libcst as cst

from kerascheck.data.pipeline import Pipeline
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.dims import Shape, SymDim, format_shape
from kerascheck.network.ir import BuiltinLayer, Layer, Site, Tensor, is_symbolic
from kerascheck.symbolic.unknown import KerasError


class KerasList(ListValue):
    """The layers of a model, or the outputs of a call."""

    __slots__ = ("layer", "what")

    def __init__(self, items: Iterable[Value], birth: int, what: str, layer: Layer) -> None:
        super().__init__(items, birth)
        self.what = what  # "layers", "inputs", "outputs"
        self.layer = layer  # whose they are


def refuse_index(run: Run, value: Value, index: int, node: cst.CSTNode) -> None:
    """Note that an index is out of range, where the list is one of Keras's."""
    if isinstance(value, KerasList):
        message = f"{value.layer.title} has {len(value.items)} {value.what}, there is no {index}"
        run.raised(KerasError(message, "no-such-layer"), Site(run.file, node), value.layer)
        return
    of = node.value if isinstance(node, cst.Subscript) else None
    if isinstance(of, cst.Attribute) and of.attr.value == "shape" and _is_shape(value):
        name = cst.Module([]).code_for_node(of.value)
        message = f"{name!r} has the shape {format_shape(value)}, there is no {name}.shape[{index}]"
        run.raised(KerasError(message, "array"), Site(run.file, node))


def _is_shape(value: Value) -> TypeGuard[Shape]:
    """Whether these are sizes, as `x.shape` gives them."""
    return isinstance(value, tuple) and all(dim is None or type(dim) in (int, SymDim) for dim in value)


def refuse_unpacking(run: Run, value: Value, count: int, node: cst.CSTNode) -> None:
    """Note that a list of Keras's is unpacked to another number of names."""
    if isinstance(value, KerasList):
        message = f"{value.layer.title} has {len(value.items)} {value.what}, unpacked into {count}"
        run.raised(KerasError(message, "outputs"), Site(run.file, node), value.layer)
        return
    items = value.items if isinstance(value, ListValue) else value
    if not isinstance(items, (list, tuple)):
        return
    if items and _is_shape(value):
        message = f"the {len(items)} sizes {format_shape(value)} are unpacked into {count} names"
    elif any(map(_holds_arrays, items)):
        message = f"{len(items)} values are unpacked into {count} names{_pairs(items, count)}"
    else:
        return
    run.raised(KerasError(message, "array"), Site(run.file, node))


def refuse_rows(run: Run, value: Value, count: int, node: cst.CSTNode) -> bool:
    """Note that an array of so many rows, too many to be taken one by one, is unpacked to another number of names."""
    from kerascheck.data.array import Array

    shape = value.shape if isinstance(value, Array) and value.kind in ("numpy", "tensor") else None
    if not isinstance(shape, tuple) or not shape or type(shape[0]) is not int or shape[0] == count:
        return False
    rows = shape[0]
    message = f"the {rows} rows of an array of shape {format_shape(shape)} are unpacked into {count} names"
    run.raised(KerasError(message, "array"), Site(run.file, node))
    return True


#: Layers that give their states beside their output if they are asked.
_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Bidirectional"})


def refuse_iterating(run: Run, value: Value, node: cst.CSTNode) -> bool:
    """Note that a tensor of a functional model is gone through, as where one output is taken for several."""
    if not isinstance(value, Tensor) or run.tracing or not is_symbolic(value):
        return False
    made = value.node.layer if value.node is not None else None
    if not isinstance(made, BuiltinLayer) or made.cls == "Lambda" or not made.qualname.startswith("keras.layers."):
        return False  # what operations give is not always told apart from a list
    advice = "; set return_state=True for its states" if made.cls in _RECURRENT else ""
    message = f"{made.title} returns one tensor, which cannot be unpacked while the model is built{advice}"
    run.raised(KerasError(message, "outputs"), Site(run.file, node), made)
    return True


def refuse_batches(run: Run, target: cst.CSTNode, stream: Pipeline) -> None:
    """Note that a batch is unpacked, as where a loop over a stream numbers its batches without `enumerate`."""
    parts = stream.element
    if not isinstance(target, cst.Tuple) or not isinstance(parts, tuple) or len(parts) != len(target.elements):
        return
    if not stream.batched or not isinstance(stream.batch, int):
        return
    for part, element in zip(parts, target.elements, strict=True):
        inner = element.value
        if not isinstance(inner, (cst.Tuple, cst.List)) or isinstance(element, cst.StarredElement):
            continue
        is_starred = any(isinstance(one, cst.StarredElement) for one in inner.elements)
        if _holds_arrays(part) and not isinstance(part, tuple) and not is_starred:
            count = len(inner.elements)
            if count != stream.batch:
                message = f"a batch of {stream.batch} rows is unpacked into {count} names"
                if len(parts) == 2 and isinstance(target.elements[0].value, cst.Name):
                    message += "; number the batches with enumerate(...)"
                run.raised(KerasError(message, "array"), Site(run.file, inner))
                return


def _holds_arrays(value: Value) -> bool:
    from kerascheck.data.array import Array

    return isinstance(value, Array) or (isinstance(value, tuple) and any(isinstance(item, Array) for item in value))


def _pairs(items: Sequence[Value], count: int) -> str:
    """What to write where pairs are unpacked as if they were four values."""
    pairs = [len(item) for item in items if isinstance(item, tuple)]
    return "; write them as pairs, (x_train, y_train), (x_test, y_test)" if pairs == [2, 2] and count == 4 else ""
