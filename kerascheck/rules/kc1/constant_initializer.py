"""KC112: weights that all begin with the same value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Layer
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules._chains import outer_chains, weighted
from kerascheck.rules._graph import DROPOUTS, config_size
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol

_SAME = {
    "zeros": "zeros", "zero": "zeros", "Zeros": "zeros", "ones": "ones", "one": "ones", "Ones": "ones",
    "constant": "a constant", "Constant": "a constant",
}  # fmt: skip


class ConstantInitializer(Rule):
    """All weights of a hidden layer begin with the same value, so that all its units stay the same.

    ## What it does

    Reports hidden `Dense` and `Conv` layers of several units in a plain chain whose `kernel_initializer` is zeros, ones
    or a constant. The last layer may begin so; random dropout in the chain keeps the rule quiet.

    ## Why it is bad

    Units with equal weights give equal values and get equal gradients: they never come to differ. However many units
    the layer has, it works as one. With zeros and `relu` it gives zero and does not learn at all.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,))])
    model.add(layers.Dense(64, activation="tanh", kernel_initializer="ones"))
    model.add(layers.Dense(1))
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,))])
    model.add(layers.Dense(64, activation="tanh"))
    model.add(layers.Dense(1))
    ```

    ## References

    - [Deep Learning, chapter 8.4: the initial parameters need to break symmetry](https://www.deeplearningbook.org/contents/optimization.html)
    - [Keras: layer weight initializers](https://keras.io/api/layers/initializers/)
    """

    code = "KC112"
    name = "constant-initializer"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for nodes in outer_chains(program):
            if any(node.layer.cls in DROPOUTS for node in nodes):
                continue
            for node, _, _ in list(weighted(nodes))[:-1]:
                layer = node.layer
                value = _constant(layer)
                units = config_size(layer, "units" if layer.cls == "Dense" else "filters")
                if value is None or layer.site is None or units == 1 or not layer.trainable:
                    continue
                yield Finding(
                    layer.site,
                    f"the weights of {layer.cls} all begin with {value}, so that its {units} units stay "
                    "identical and work as one; drop kernel_initializer",
                )

    VALID = [
        # random
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64, kernel_initializer="he_normal"), layers.Dense(1)])
""",
        # the last layer begins with zeros
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64, "relu"), layers.Dense(3, kernel_initializer="zeros")])
""",
        # biases may be zero
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(64, "relu", bias_initializer="zeros"), layers.Dense(3)])
""",
        # each weight has its own value
        """
import numpy as np
from keras import Sequential, initializers, layers
weights = np.random.rand(20, 64)
model = Sequential([layers.Input((20,)), layers.Dense(64, kernel_initializer=initializers.Constant(weights))])
model.add(layers.Dense(3))
""",
        # a fixed filter
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,))])
model.add(layers.Dense(4, kernel_initializer="ones", trainable=False))
model.add(layers.Dense(3))
""",
    ]

    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,))])
model.add(layers.Dense(64, activation="tanh", kernel_initializer="ones"))
model.add(layers.Dense(1))
""",
            [
                (
                    4,
                    "the weights of Dense all begin with ones, so that its 64 units stay identical and work as one; "
                    "drop kernel_initializer",
                )
            ],
        ),
        Invalid(
            """
from keras import Sequential, initializers, layers
model = Sequential([
    layers.Input((28, 28, 1)),
    layers.Conv2D(8, 3, activation="relu", kernel_initializer=initializers.Constant(0.1)),
    layers.Flatten(),
    layers.Dense(10, activation="softmax", kernel_initializer="zeros"),
])
""",
            [
                (
                    5,
                    "the weights of Conv2D all begin with a constant, so that its 8 units stay identical and work "
                    "as one; drop kernel_initializer",
                )
            ],
        ),
    ]


def _constant(layer: Layer) -> str | None:
    """What all weights of the kernel begin with; None where they differ, or that is not known."""
    value: Any = layer.config.get("kernel_initializer") if layer.unknown is None else None
    if isinstance(value, str):
        return _SAME.get(value)
    if isinstance(value, (KerasObject, Symbol)):
        name = value.qualname if isinstance(value, KerasObject) else value.name
        module, _, last = name.rpartition(".")
        return _SAME.get(last) if module == "keras.initializers" and _is_one_number(value) else None
    return None


def _is_one_number(initializer: KerasObject | Symbol) -> bool:
    """Whether what it is given is a number, not an array with a value for each weight."""
    arguments = initializer.arguments if isinstance(initializer, KerasObject) else None
    value = arguments.value("value", 0) if arguments is not None else None
    return value is None or isinstance(value, (int, float))
