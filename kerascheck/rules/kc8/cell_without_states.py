"""KC868: the `call` of a recurrent cell gives its output and no states."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.values import FunctionValue
from kerascheck.network.program import Program
from kerascheck.rules._cells import own_cells
from kerascheck.rules._code import Code, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Operations that give several tensors.
_SEVERAL = frozenset({"split", "unstack", "moments", "meshgrid", "slogdet", "top_k", "qr", "svd", "eigh", "lu"})
_OPERATIONS = ("keras.ops.", "tensorflow.", "keras.activations.")


class CellWithoutStates(Rule):
    """A cell of `RNN` returns one tensor instead of its output and its states.

    ## What it does

    Reports `RNN(cell)` where the `call` of the cell, a layer of the program, surely returns one tensor.

    ## Why it is bad

    `RNN` takes what the cell gives apart into the output and the states of the next step: "Iterating over a symbolic
    tf.Tensor is not allowed".

    ## Example

    ```python
    import keras
    from keras import layers, ops

    class Cell(layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.state_size = units
            self.dense = layers.Dense(units)

        def call(self, inputs, states):
            return ops.tanh(self.dense(inputs) + states[0])

    outputs = layers.RNN(Cell(4))(keras.Input((10, 3)))
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers, ops

    class Cell(layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.state_size = units
            self.dense = layers.Dense(units)

        def call(self, inputs, states):
            new = ops.tanh(self.dense(inputs) + states[0])
            return new, [new]

    outputs = layers.RNN(Cell(4))(keras.Input((10, 3)))
    ```

    ## References

    - [Keras: RNN](https://keras.io/api/layers/recurrent_layers/rnn/)
    """

    code = "KC868"
    name = "cell-without-states"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for cls, site in own_cells(program):
            call = find_member(cls, "call")
            if not isinstance(call, FunctionValue) or call.decorated:
                continue
            if site.key not in told and _gives_one_tensor(Code(call, program.objects)):
                told.add(site.key)
                yield Finding(
                    site,
                    f"call of {cls.name} returns one tensor, and RNN expects the output and the states; return output, "
                    "[new_state]",
                )

    VALID = [
        # output and states
        """
import keras
from keras import layers, ops
class Cell(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.state_size = units
        self.dense = layers.Dense(units)
    def call(self, inputs, states):
        new = ops.tanh(self.dense(inputs) + states[0])
        return new, [new]
outputs = layers.RNN(Cell(4))(keras.Input((10, 3)))
""",
        # what another function gives is not known
        """
import keras
from keras import layers, ops
class Cell(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.state_size = units
        self.inner = layers.SimpleRNNCell(units)
    def call(self, inputs, states):
        result = self.inner(inputs, states)
        return result
outputs = layers.RNN(Cell(4))(keras.Input((10, 3)))
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import layers, ops
class Cell(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.state_size = units
        self.dense = layers.Dense(units)
    def call(self, inputs, states):
        new = ops.tanh(self.dense(inputs) + states[0])
        return new
outputs = layers.RNN(Cell(4))(keras.Input((10, 3)))
""",
            [
                (
                    12,
                    "call of Cell returns one tensor, and RNN expects the output and the states; return output, "
                    "[new_state]",
                )
            ],
        ),
    ]


def _gives_one_tensor(code: Code) -> bool:
    """Whether each `return` of the function gives what surely is one tensor."""
    made: dict[str, list[bool]] = {}
    for node in own_nodes(code.file, code.node.body, cst.Assign):
        for target in node.targets:
            if isinstance(target.target, cst.Name):
                made.setdefault(target.target.value, []).append(_is_tensor(code, node.value))

    def is_one(value: cst.BaseExpression | None) -> bool:
        if isinstance(value, cst.Name):
            return all(made.get(value.value, [False]))
        return value is not None and _is_tensor(code, value)

    returned = [node.value for node in own_nodes(code.file, code.node.body, cst.Return)]
    return bool(returned) and all(is_one(value) for value in returned)


def _is_tensor(code: Code, node: cst.BaseExpression) -> bool:
    """Whether it is an operation that gives one tensor."""
    if not isinstance(node, cst.Call):
        return False
    name = code.symbol(node.func)
    return name.startswith(_OPERATIONS) and name.rpartition(".")[2] not in _SEVERAL
