"""KC835: a recurrent cell of the program does not say how large its state is."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.static import names_used
from kerascheck.machine.values import ClassValue
from kerascheck.network.program import Program
from kerascheck.rules._cells import own_cells
from kerascheck.rules._code import base_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class CellWithoutStateSize(Rule):
    """`RNN` receives a cell whose class has no `state_size`.

    ## What it does

    Reports `RNN(cell)` where the cell is a layer of the program whose class never sets `state_size`.

    ## Why it is bad

    Keras raises ValueError: "The RNN cell should have a `state_size` attribute".

    ## Example

    ```python
    import keras
    from keras import layers, ops

    class Cell(layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.dense = layers.Dense(units)

        def call(self, inputs, states):
            new = ops.tanh(self.dense(inputs) + states[0])
            return new, [new]

    outputs = layers.RNN(Cell(4))(keras.Input((10, 3)))
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers, ops

    class Cell(layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units
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

    code = "KC835"
    name = "cell-without-state-size"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for cls, site in own_cells(program):
            if not _has_size(cls) and site.key not in told:
                told.add(site.key)
                yield Finding(site, f"{cls.name} has no state_size, which RNN reads from its cell; set it in __init__")

    VALID = [
        # set
        """
import keras
from keras import layers
class Cell(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.state_size = units
    def call(self, inputs, states):
        return inputs, states
outputs = layers.RNN(Cell(3))(keras.Input((10, 3)))
""",
        # a property, or an attribute of the class
        """
import keras
from keras import layers
class Cell(layers.Layer):
    @property
    def state_size(self):
        return 3
    def call(self, inputs, states):
        return inputs, states
class Other(layers.Layer):
    state_size = 3
    def call(self, inputs, states):
        return inputs, states
outputs = layers.RNN([Cell(), Other()])(keras.Input((10, 3)))
""",
        # a cell of Keras is the base
        """
import keras
from keras import layers
class Cell(layers.LSTMCell):
    pass
outputs = layers.RNN(Cell(3))(keras.Input((10, 3)))
""",
        # a base that is not known
        """
import keras
from keras import layers
from mine import Base
class Cell(Base):
    def call(self, inputs, states):
        return inputs, states
outputs = layers.RNN(Cell(3))(keras.Input((10, 3)))
""",
        # the object gets it from outside
        """
import keras
from keras import layers
class Cell(layers.Layer):
    def call(self, inputs, states):
        return inputs, states
cell = Cell()
cell.state_size = 3
outputs = layers.RNN(cell)(keras.Input((10, 3)))
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
        self.units = units
        self.dense = layers.Dense(units)
    def call(self, inputs, states):
        new = ops.tanh(self.dense(inputs) + states[0])
        return new, [new]
outputs = layers.RNN(Cell(4))(keras.Input((10, 3)))
""",
            [(12, "Cell has no state_size, which RNN reads from its cell; set it in __init__")],
        ),
    ]


def _has_size(cls: ClassValue) -> bool:
    """Whether the objects may have a `state_size`, wherever it comes from."""
    if base_of(cls) != "keras.Layer" or find_member(cls, "state_size") is not None:
        return True
    tree = cls.site.file.tree
    assert isinstance(tree, cst.Module)
    dynamic = any(find_member(cls, name) is not None for name in ("__getattr__", "__getattribute__"))
    return dynamic or not {"state_size", "setattr"}.isdisjoint(names_used(cls.site.file, tree))
