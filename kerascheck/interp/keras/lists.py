"""Lists that Keras hands out: their length is Keras's doing, so a wrong index is a matter of the model."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from kerascheck.interp.run import Run
from kerascheck.interp.values import ListValue, Value
from kerascheck.network.ir import Layer, Site
from kerascheck.symbolic import KerasError


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
        message = f"{value.layer.name} ({value.layer.cls}) has {len(value.items)} {value.what}, there is no {index}"
        run.raised(KerasError(message, "no-such-layer"), Site(run.file, node), value.layer)


def refuse_unpacking(run: Run, value: Value, count: int, node: cst.CSTNode) -> None:
    """Note that a list of Keras's is unpacked to another number of names."""
    if isinstance(value, KerasList):
        message = f"{value.layer.name} ({value.layer.cls}) has {len(value.items)} {value.what}, unpacked to {count}"
        run.raised(KerasError(message, "outputs"), Site(run.file, node), value.layer)
