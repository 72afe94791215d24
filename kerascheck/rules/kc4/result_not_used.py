"""KC474: a layer whose result nothing takes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_a_file, outline_of
from kerascheck.network.ir import BuiltinLayer, Node, is_symbolic
from kerascheck.network.program import Program
from kerascheck.rules._code import names_read
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class ResultNotUsed(Rule):
    """A layer is made and called, and its result is thrown away.

    ## What it does

    Reports `layers.Dropout(0.5)(x)` that stands as a statement of its own, where `x` goes on into other layers after
    it; and `x = layers.Dropout(0.5)(x)` where the next layer is not called on `x`, but on what was there before, and is
    called `x` as well.

    ## Why it is bad

    A layer does not change the tensor that it is called on: it gives another one. Without `x = ...` before it, the
    layer is no part of the model.

    ## Example

    ```python
    from keras import Input, Model, layers

    inputs = Input((20,))
    x = layers.Dense(64, activation="relu")(inputs)
    layers.Dropout(0.5)(x)
    model = Model(inputs, layers.Dense(3, activation="softmax")(x))
    ```

    ## Use instead

    ```python
    from keras import Input, Model, layers

    inputs = Input((20,))
    x = layers.Dense(64, activation="relu")(inputs)
    x = layers.Dropout(0.5)(x)
    model = Model(inputs, layers.Dense(3, activation="softmax")(x))
    ```

    ## References

    - [Keras: the functional API](https://keras.io/guides/functional_api/)
    """

    code = "KC474"
    name = "result-not-used"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        own_layers = [layer for layer in program.layers if isinstance(layer, BuiltinLayer)]
        dropped = [node for layer in own_layers for node in layer.calls if _is_dropped(node)]
        if not dropped:
            return
        own = {id(node) for node in dropped}
        outputs = {id(tensor) for network in program.networks for tensor in network.outputs}
        taken_last: dict[int, int] = {}  # by tensors: the last layer that is called on them
        places = {id(layer): place for place, layer in enumerate(program.layers)}
        for place, layer in enumerate(program.layers):
            for node in layer.calls:
                if id(node) not in own:
                    taken_last.update((id(tensor), place) for tensor in node.inputs)
        for node in dropped:
            made = places[id(node.layer)]
            is_used = any(id(tensor) in taken_last or id(tensor) in outputs for tensor in node.outputs)
            if is_used or node.site is None:
                continue
            is_bound = id(node.site.node) in _overwritten(node.site.file)
            if is_bound or all(taken_last.get(id(tensor), -1) > made for tensor in node.inputs):
                advice = "call the next layer on it" if is_bound else "assign it to a name"
                yield Finding(
                    node.site,
                    f"the output of this {node.layer.cls} is not used, so that the model lacks this layer; {advice}",
                )

    VALID = [
        # bound
        """
from keras import Input, Model, layers
inputs = Input((20,))
x = layers.Dense(64, activation="relu")(inputs)
x = layers.Dropout(0.5)(x)
model = Model(inputs, layers.Dense(3, activation="softmax")(x))
""",
        # called to be built, and called again
        """
from keras import Input, Model, layers
inputs = Input((20,))
hidden = layers.Dense(64, activation="relu")
hidden(inputs)
print(hidden.count_params())
model = Model(inputs, layers.Dense(3, activation="softmax")(hidden(inputs)))
""",
        # tried out on numbers
        """
import numpy as np
from keras import Input, Model, layers
layers.Dense(3)(np.zeros((2, 4)))
inputs = Input((4,))
model = Model(inputs, layers.Dense(3)(inputs))
""",
        # each a branch of its own
        """
from keras import Input, Model, layers
inputs = Input((20,))
x = layers.Dense(64, activation="relu")(inputs)
y = layers.Dropout(0.5)(x)
x = layers.Dense(32)(inputs)
model = Model(inputs, layers.Add()([layers.Dense(3)(x), layers.Dense(3)(y)]))
""",
        # shown, and no more
        """
from keras import Input, layers
inputs = Input((20,))
layers.Dense(3)(inputs)
""",
        # tried out when all else is there
        """
from keras import Input, Model, layers
inputs = Input((4,))
model = Model(inputs, layers.Dense(3)(inputs))
layers.Dense(2)(inputs)
model.summary()
""",
        # each has a place of its own
        """
from keras import Input, Model, layers
inputs = Input((20,))
heads = []
for size in (3, 5):
    heads.append(layers.Dense(size)(inputs))
model = Model(inputs, heads)
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Input, Model, layers
def block(x, filters):
    x = layers.Conv2D(filters, 3)(x)
    layers.BatchNormalization()(x)
    return layers.ReLU()(x)
inputs = Input((32, 32, 3))
x = block(inputs, 16)
layers.MaxPooling2D()(x)
x = layers.GlobalAveragePooling2D()(x)
model = Model(inputs, layers.Dense(3, activation="softmax")(x))
""",
            [
                (
                    5,
                    "the output of this BatchNormalization is not used, so that the model lacks this layer; assign it "
                    "to a name",
                ),
                (
                    9,
                    "the output of this MaxPooling2D is not used, so that the model lacks this layer; assign it to a "
                    "name",
                ),
            ],
        ),
        Invalid(
            """
from keras import Input, Model, layers
inputs = Input((20,))
x = layers.Dense(64, activation="relu")(inputs)
x = layers.Dropout(0.3)(x)
x = layers.Dense(32, activation="relu")(inputs)
model = Model(inputs, layers.Dense(3)(x))
""",
            [
                (
                    5,
                    "the output of this Dropout is not used, so that the model lacks this layer; call the next layer "
                    "on "
                    "it",
                )
            ],
        ),
    ]


def _is_dropped(node: Node) -> bool:
    """Whether a layer that has no name is called on a placeholder in a statement of its own."""
    site = node.site
    if site is None or not isinstance(site.node, cst.Call) or not isinstance(site.node.func, cst.Call):
        return False
    is_lost = id(site.node) in _statements(site.file) or id(site.node) in _overwritten(site.file)
    return is_lost and all(map(is_symbolic, node.inputs)) and bool(node.inputs)


@once_a_file
def _overwritten(source: Any) -> frozenset[int]:
    """The ids of the calls whose result is bound to a name that the next statement binds anew without reading it."""
    found = set()
    for block in (source.tree, *outline_of(source).below(source.tree, cst.IndentedBlock)):
        lines = [line.body[0] if isinstance(line, cst.SimpleStatementLine) else line for line in block.body]
        for first, second in itertools.pairwise(lines):
            name, behind = _bound(first), _bound(second)
            if name is None or name != behind or not isinstance(second, cst.Assign):
                continue
            if isinstance(second.value, cst.Call) and all(read.value != name for read in names_read(second.value)):
                found.add(id(first.value) if isinstance(first, cst.Assign) else 0)
    return frozenset(found)


def _bound(node: cst.CSTNode) -> str | None:
    """The only name that the statement binds."""
    if not isinstance(node, cst.Assign) or len(node.targets) != 1:
        return None
    target = node.targets[0].target
    return target.value if isinstance(target, cst.Name) else None


@once_a_file
def _statements(source: Any) -> frozenset[int]:
    """The ids of the calls that are statements."""
    return frozenset(id(node.value) for node in outline_of(source).below(source.tree, cst.Expr))
