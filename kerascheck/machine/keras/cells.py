"""What a call of a recurrent cell gives: its output, and its states in the structure in which they came.

Source: keras/src/layers/rnn (`LSTMCell.call`, `GRUCell.call`, `StackedRNNCells.call`) of Keras 3.15.
"""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.layers.recurrent_cells import Cell, StackedRNNCells, cell_of
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import BuiltinLayer, Layer
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown


def with_states(run: Run, layer: Layer, arguments: Arguments, outputs: Value) -> Value:
    """The outputs of a call as the program gets them: those of a cell are a pair."""
    if not isinstance(layer, BuiltinLayer) or not isinstance(layer.definition, Cell) or isinstance(outputs, Unknown):
        return outputs
    if not isinstance(outputs, ListValue) or outputs.unknown is not None:
        return outputs, run.fresh("the states of a cell")
    first, *rest = outputs.items
    try:
        return first, _structured(run, layer, arguments.value("states", 1), iter(rest))
    except (KerasError, Undetermined):
        return first, run.fresh("the states of a cell")


def _structured(run: Run, cell: BuiltinLayer, given: Value, states: Iterator[Value]) -> Value:
    """The states of a cell, taken one by one, in the structure of those that it was given."""
    items = given.items if isinstance(given, ListValue) and given.unknown is None else given
    definition = cell.definition
    if isinstance(definition, StackedRNNCells):
        parts = definition.weight_holders(cell.config)
        if not isinstance(items, (list, tuple)) or len(items) != len(parts):
            raise Undetermined("the states of stacked cells")
        found = []
        for part, inner in zip(parts, items, strict=True):
            if not isinstance(part, BuiltinLayer):
                raise Undetermined(f"the states of {part.cls}")
            found.append(_structured(run, part, inner, states))
        return run.new_list(found)
    sizes = cell_of(cell.config, cell)[0].state_sizes(cell.config)
    taken = [next(states) for _ in sizes]
    if len(taken) > 1 or isinstance(items, (list, tuple)):
        return run.new_list(taken)
    if isinstance(items, (Unknown, ListValue)):
        raise Undetermined("the structure of the states")
    return taken[0]
