"""The cells of recurrent layers: one step, its states and weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol, runtime_checkable

from kerascheck.layers.base import Config, LayerDef
from kerascheck.layers.core import KERNEL_PARAMETERS
from kerascheck.layers.geometry import (
    known_size,
    positive,
)
from kerascheck.network.dims import Dim, Int, Shape, format_shape, volume
from kerascheck.network.ir import BuiltinLayer, Layer, Weight
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

OLD_PARAMETERS = {
    **KERNEL_PARAMETERS,
    "output_dim": "units",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "U_regularizer": "recurrent_regularizer",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
}


REMOVED = frozenset({"consume_less", "forget_bias_init", "implementation", "time_major", "input_length"})


CELL_HEAD = {
    "SimpleRNN": "units, activation='tanh', use_bias=True, ",
    "gated": "units, activation='tanh', recurrent_activation='sigmoid', use_bias=True, ",
}


INITIALIZERS = "kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros', "


REGULARIZERS = "kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, "


CONSTRAINTS = "kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, "


DROPOUT = "dropout=0.0, recurrent_dropout=0.0, "


def check_units(c: Config) -> None:
    """Raise KerasError for arguments that the constructors of cells refuse."""
    positive(c, "units")
    for name in ("dropout", "recurrent_dropout"):
        c.number(name)


def _gate_weights(c: Config, inputs: Int, gates: int, bias_rows: int = 1) -> list[Weight]:
    """Kernel, recurrent kernel and bias of a cell with this many gates."""
    units = c.dim("units")
    weights = [
        Weight("kernel", (inputs, units * gates)),
        Weight("recurrent_kernel", (units, units * gates)),
    ]
    if c.flag("use_bias"):
        weights.append(Weight("bias", (units * gates,) if bias_rows == 1 else (bias_rows, units * gates)))
    return weights


def _gru_bias_rows(c: Config) -> int:
    """A GRU with `reset_after` has two biases. Keras 1 did not know it."""
    return 2 if c.flag("reset_after") and ("reset_after" in c.given or c.dialect >= 2) else 1


class Gates:
    """How many gates a kind of cell has."""

    gates: ClassVar[int] = 1

    def gate_weights(self, c: Config, inputs: Int) -> list[Weight]:
        """The weights for this many input features."""
        return _gate_weights(c, inputs, self.gates)

    def step_products(self, c: Config, inputs: Int) -> Int:
        """The multiply-adds of one step of one sample."""
        kernel, recurrent, *_ = self.gate_weights(c, inputs)
        return kernel.count + recurrent.count


class LstmGates(Gates):
    gates = 4


class GruGates(Gates):
    gates = 3

    def gate_weights(self, c: Config, inputs: Int) -> list[Weight]:
        return _gate_weights(c, inputs, self.gates, _gru_bias_rows(c))


# -- cells ---------------------------------------------------------------------------------------------
class Cell(LayerDef):
    """One step of a recurrent layer, called on an input and its states."""

    call_tensors = 2
    further_inputs = ("states",)

    def state_sizes(self, c: Config) -> list[Int]:
        """The sizes of its states, all nesting removed."""
        raise NotImplementedError

    def nested_states(self, c: Config) -> bool:
        """Whether the states come as lists in a list."""
        return False

    def width(self, c: Config) -> Int:
        """The size of its output."""
        return self.state_sizes(c)[0]

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        states = self.state_sizes(c)
        if len(shapes) != 1 + len(states) or any(len(shape) != 2 for shape in shapes):
            raise Undetermined(f"{self.name} called on " + ", ".join(format_shape(s) for s in shapes))
        batches = {shape[0] for shape in shapes} - {None}
        if len(batches) > 1:
            raise Undetermined(f"{self.name} called on inputs of different batch sizes")
        batch: Dim = batches.pop() if batches else None
        return [(batch, self.width(c)), *((batch, size) for size in states)]


class _PlainCell(Gates, Cell):
    """A cell with one size."""

    old_parameters = OLD_PARAMETERS
    removed_parameters = REMOVED

    def validate(self, c: Config) -> None:
        check_units(c)

    def state_sizes(self, c: Config) -> list[Int]:
        return [c.dim("units")]

    def weights_for(self, c: Config, shapes: Sequence[Shape]) -> list[Weight]:
        return self.gate_weights(c, known_size(c, shapes[0], -1, "its features"))

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return volume(shapes[0][:-1]) * self.step_products(c, known_size(c, shapes[0], -1, "its features"))

    def kept_values(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return volume(shapes[0][:-1]) * c.dim("units") * (self.gates if self.gates > 1 else 0)


class SimpleRNNCell(_PlainCell):
    """One step of SimpleRNN. https://keras.io/api/layers/recurrent_layers/simple_rnn_cell/"""

    name = "SimpleRNNCell"
    signature = CELL_HEAD["SimpleRNN"] + INITIALIZERS + REGULARIZERS + CONSTRAINTS + DROPOUT + "seed=None"


class LSTMCell(LstmGates, _PlainCell):
    """One step of LSTM. https://keras.io/api/layers/recurrent_layers/lstm_cell/"""

    name = "LSTMCell"
    signature = (
        CELL_HEAD["gated"]
        + INITIALIZERS
        + "unit_forget_bias=True, "
        + REGULARIZERS
        + CONSTRAINTS
        + DROPOUT
        + "seed=None"
    )
    base_parameters = LayerDef.base_parameters | {"implementation"}
    removed_parameters = REMOVED - {"implementation"}

    def state_sizes(self, c: Config) -> list[Int]:
        return [c.dim("units")] * 2


class GRUCell(GruGates, _PlainCell):
    """One step of GRU. https://keras.io/api/layers/recurrent_layers/gru_cell/"""

    name = "GRUCell"
    signature = CELL_HEAD["gated"] + INITIALIZERS + REGULARIZERS + CONSTRAINTS + DROPOUT + "reset_after=True, seed=None"
    base_parameters = LayerDef.base_parameters | {"implementation"}
    removed_parameters = REMOVED - {"implementation"}


class StackedRNNCells(Cell):
    """Several cells as one. https://keras.io/api/layers/recurrent_layers/stacked_rnn_cell/"""

    name = "StackedRNNCells"
    signature = "cells"

    def validate(self, c: Config) -> None:
        for cell in self.weight_holders(c):
            cell_of(c, cell)

    def state_sizes(self, c: Config) -> list[Int]:
        sizes: list[Int] = []
        for cell in self.weight_holders(c):
            definition, config = cell_of(c, cell)
            sizes += definition.state_sizes(config)
        return sizes

    def nested_states(self, c: Config) -> bool:
        for cell in self.weight_holders(c):
            definition, config = cell_of(c, cell)
            if definition.nested_states(config) or len(definition.state_sizes(config)) > 1:
                return True
        return False

    def width(self, c: Config) -> Int:
        definition, config = cell_of(c, self.weight_holders(c)[-1])
        return definition.width(config)

    def weights_for(self, c: Config, shapes: Sequence[Shape]) -> list[Weight]:
        incoming = shapes[0]
        for cell in self.weight_holders(c):
            incoming = (incoming[0], build_cell(c, cell, incoming))
        return []

    def weight_holders(self, c: Config) -> Sequence[Layer]:
        return layers_in(c, "cells")

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return stacked(c, layers_in(c, "cells"), shapes[0], step_products)

    def kept_values(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return stacked(c, layers_in(c, "cells"), shapes[0], step_values)


def stacked(c: Config, cells: Sequence[Layer], shape: Shape, ask: Callable[[Cell, Config, list[Shape]], Int]) -> Int:
    """What cells that feed one another answer together, for the input of the first."""
    total: Int = 0
    for cell in cells:
        definition, config = cell_of(c, cell)
        total = total + ask(definition, config, [shape])
        shape = (*shape[:-1], definition.width(config))
    return total


def step_products(cell: Cell, c: Config, shapes: Sequence[Shape]) -> Int:
    """The multiply-adds of a cell that is one of several."""
    return cell.multiply_adds(c, shapes)


def step_values(cell: Cell, c: Config, shapes: Sequence[Shape]) -> Int:
    """What a cell that is one of several keeps."""
    return cell.kept_values(c, shapes)


def layers_in(c: Config, name: str) -> list[Layer]:
    """The layers in a list argument."""
    value = c.known(name)
    if not isinstance(value, (list, tuple)):
        raise Undetermined(f"{name} of {c.layer_name}")
    found: list[Layer] = []
    for item in value:
        if isinstance(item, Unknown):
            raise Undetermined(item.reason)
        if not isinstance(item, Layer):
            raise Undetermined(f"{name} of {c.layer_name}")
        found.append(item)
    if not found:
        raise KerasError(f"{c.layer_name} needs at least one cell", "argument")
    return found


class OwnCell(Cell):
    """A cell of a class of the program, by what its `state_size` and `output_size` say."""

    def __init__(self, sizes: list[Int], width: Int) -> None:
        self._sizes = sizes
        self._width = width

    def state_sizes(self, c: Config) -> list[Int]:
        return self._sizes

    def width(self, c: Config) -> Int:
        return self._width


@runtime_checkable
class CellOfProgram(Protocol):
    """A layer of the program that may be a cell."""

    def as_cell(self) -> OwnCell:
        """Its sizes. Raises Undetermined where they are not known, or it is no cell."""

    def build_as_cell(self, shape: Shape) -> None:
        """Run its `build` on the shape of one step, if that has not been done. May raise Undetermined."""


def cell_of(c: Config, cell: Layer) -> tuple[Cell, Config]:
    """The definition of a cell. Raises KerasError for a built-in layer that is none."""
    if isinstance(cell, CellOfProgram):
        return cell.as_cell(), c
    if not isinstance(cell, BuiltinLayer):
        raise Undetermined(f"cell {cell.cls} is not built in")
    if not isinstance(cell.definition, Cell):
        raise KerasError(f"{c.layer_name} expects a cell such as LSTMCell, got a {cell.cls} layer", "argument")
    return cell.definition, cell.config


def build_cell(c: Config, cell: Layer, incoming: Shape) -> Int:
    """Give a cell its weights for this input; its width."""
    definition, config = cell_of(c, cell)
    if isinstance(cell, CellOfProgram):
        # Keras calls `build` alone: how large the output is, it reads off the sizes.
        cell.build_as_cell((incoming[0], *incoming[1:]))
        return definition.width(config)
    cell.infer([incoming[:1] + incoming[-1:], *((incoming[0], size) for size in definition.state_sizes(config))])
    return definition.width(config)
