"""Recurrent cells of the program, as `RNN` gets them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.machine.values import ClassValue
from kerascheck.network.ir import Layer, Site
from kerascheck.network.program import Program
from kerascheck.rules._code import is_keras_3
from kerascheck.rules._serial import own_class


def own_cells(program: Program) -> Iterator[tuple[ClassValue, Site]]:
    """The classes of the cells of each `RNN` that are classes of the program, and where it is made."""
    for layer in program.layers:
        if layer.cls != "RNN" or layer.arguments is None or layer.site is None or not is_keras_3(layer.site):
            continue
        given = layer.arguments.value("cell", 0)
        for cell in given if isinstance(given, (list, tuple)) else [given]:
            cls = _class_of(cell)
            if cls is not None:
                yield cls, layer.site


def _class_of(cell: Any) -> ClassValue | None:
    """The class of the program that the cell is of."""
    layer = cell if isinstance(cell, Layer) else getattr(cell, "layer", None)
    return own_class(layer) if isinstance(layer, Layer) else None
