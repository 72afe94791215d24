"""KC705: weights of other shapes than those of the layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kerascheck.data.array import Array
from kerascheck.diagnostics import Severity
from kerascheck.network.dims import definitely_different, format_shape
from kerascheck.network.events import WeightsCall
from kerascheck.network.ir import Layer
from kerascheck.network.program import Program
from kerascheck.rules._code import is_keras_3
from kerascheck.rules._related import made_layer
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class WeightsOfOtherShape(Rule):
    """`set_weights` or `weights=[table]` receives arrays of other shapes than the layer has.

    ## What it does

    Compares the arrays that a layer or model is given with the shapes of its weights: how many there are, and each
    shape.

    ## Why it is bad

    Keras raises: "Layer weight shape (100, 16) is not compatible with provided weight shape (100, 8)".

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(3)])
    model.layers[0].set_weights([np.zeros((4, 2)), np.zeros(2)])
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(3)])
    model.layers[0].set_weights([np.zeros((4, 3)), np.zeros(3)])
    ```

    ## References

    - [Weights of a narrower model](https://github.com/keras-team/keras/issues/12502)
    """

    code = "KC705"
    name = "weights-of-other-shape"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for event in program.events:
            if not isinstance(event, WeightsCall) or event.guarded or event.layer.unknown is not None:
                continue
            if event.shapes is None:
                continue
            message = _fault(event.layer, event.values, event.shapes)
            if message is not None:
                yield Finding(event.site, message, related=tuple(made_layer(event.layer)))
        for layer in program.layers:
            if layer.cls != "Embedding" or layer.site is None or layer.unknown is not None or layer.arguments is None:
                continue
            values = layer.arguments.value("weights")
            sizes = (layer.config.get("input_dim"), layer.config.get("output_dim"))
            if values is None or not is_keras_3(layer.site) or not all(type(size) is int for size in sizes):
                continue
            message = _fault(layer, values, [sizes])
            if message is not None:
                yield Finding(layer.site, message)

    VALID = [
        # they fit
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3)])
model.layers[0].set_weights([np.zeros((4, 3)), np.zeros(3)])
other = Sequential([layers.Input((4,)), layers.Dense(3)])
other.set_weights(model.get_weights())
""",
        # a table for an embedding
        """
import numpy as np
from keras import layers
table = np.zeros((101, 16))
embedding = layers.Embedding(101, 16, weights=[table])
""",
        # what fits is found by trying
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, "relu", use_bias=False), layers.Dense(2)])
table = np.load("weights.npy", allow_pickle=True).item()
for layer in model.layers:
    kernel = table[layer.name]["kernel"]
    try:
        layer.set_weights([kernel])
    except ValueError:
        layer.set_weights([kernel, table[layer.name]["bias"]])
""",
        # sizes that are not known
        """
import numpy as np
from keras import layers
from data import table, words
embedding = layers.Embedding(len(words) + 1, 16, weights=[table])
def fill(layer, values):
    layer.set_weights(values)
""",
        # sizes of the same data
        """
import numpy as np
from keras import layers
from data import words
table = np.zeros((len(words) + 1, 16))
embedding = layers.Embedding(len(words) + 1, 16, weights=[table])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3)])
model.layers[0].set_weights([np.zeros((4, 3))])
wide = Sequential([layers.Input((4,)), layers.Dense(6)])
wide.layers[0].set_weights(model.layers[0].get_weights())
embedding = layers.Embedding(100, 16, weights=[np.zeros((101, 16))])
""",
            [
                (5, "'dense' has 2 weights, but set_weights is called with 1 array"),
                (7, "weight 1 of 'dense_1' has the shape (4, 6), the array for it (4, 3)"),
                (8, "weight 1 of 'embedding' has the shape (100, 16), the array for it (101, 16)"),
            ],
        ),
    ]


def _fault(layer: Layer, values: Any, shapes: Sequence[Any]) -> str | None:
    """Why the arrays do not fit the weights."""
    if not isinstance(values, (list, tuple)):
        return None
    if len(values) != len(shapes):
        return (
            f"{layer.name!r} has {len(shapes)} weight{'' if len(shapes) == 1 else 's'}, but set_weights is called with "
            f"{len(values)} "
            f"array{'' if len(values) == 1 else 's'}"
        )
    for number, (value, shape) in enumerate(zip(values, shapes, strict=True), 1):
        if not isinstance(value, Array) or not isinstance(value.shape, tuple):
            continue
        same_rank = len(value.shape) == len(shape)
        if not same_rank or any(definitely_different(a, b) for a, b in zip(value.shape, shape, strict=True)):
            return (
                f"weight {number} of {layer.name!r} has the shape {format_shape(shape)}, the array for it "
                f"{format_shape(value.shape)}"
            )
    return None
