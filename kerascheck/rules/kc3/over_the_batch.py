"""KC318: a softmax or a normalization over the samples of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Layer
from kerascheck.network.program import Program
from kerascheck.rules._graph import shape_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Layers that bring numbers to scale along `axis`.
_SCALING = frozenset({"Softmax", "LayerNormalization", "UnitNormalization", "RMSNormalization"})


class OverTheBatch(Rule):
    """A softmax or a normalization goes over the samples of a batch.

    ## What it does

    Reports `Softmax`, `LayerNormalization`, `UnitNormalization` and `softmax` operations of a network whose axis is 0,
    or as many steps before the last as the input has axes.

    ## Why it is bad

    Axis 0 is that of the samples. What the network says of one sample then depends on those that happen to be in the
    same batch, and a single sample gets the weight 1 everywhere. An attention over the steps of a sequence has axis 1.

    ## Example

    ```python
    from keras import Input, Model, layers

    inputs = Input((10, 6))
    weights = layers.Softmax(axis=0)(layers.Dense(1)(inputs))
    model = Model(inputs, layers.Dot(axes=1)([weights, inputs]))
    ```

    ## Use instead

    ```python
    from keras import Input, Model, layers

    inputs = Input((10, 6))
    weights = layers.Softmax(axis=1)(layers.Dense(1)(inputs))
    model = Model(inputs, layers.Dot(axes=1)([weights, inputs]))
    ```

    ## References

    - [Keras: Softmax layer](https://keras.io/api/layers/activation_layers/softmax/)
    - [Softmax over the batch](https://github.com/tensorflow/tensorflow/issues/48647)
    """

    code = "KC318"
    name = "over-the-batch"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for layer in program.layers:
            axis = _axis(layer)
            if axis is None or layer.unknown is not None or layer.site is None:
                continue
            for call in layer.calls:
                shape = shape_of(call.inputs[0]) if call.inputs else None
                if shape is not None and len(shape) > 1 and shape[0] is None and axis in (0, -len(shape)):
                    yield Finding(
                        layer.site,
                        f"{layer.title} has axis={axis}, which is that of the samples: the result for one "
                        "depends on the others in its batch; use axis=1 for steps, -1 for features",
                    )
                    break

    VALID = [
        # over the steps, over the features
        """
from keras import Input, Model, layers
inputs = Input((10, 6))
weights = layers.Softmax(axis=1)(layers.Dense(1)(inputs))
model = Model(inputs, layers.Softmax()(layers.LayerNormalization(axis=-1)(layers.Multiply()([weights, inputs]))))
""",
        # several axes of each sample
        """
from keras import Input, Model, layers
inputs = Input((10, 6))
model = Model(inputs, layers.Softmax(axis=(1, 2))(inputs))
""",
        # how many axes there are is not known
        """
from elsewhere import features
from keras import layers
scores = layers.Softmax(axis=-3)(features)
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Input, Model, layers
def pooled(sequence):
    scores = layers.Dense(1, activation="tanh")(sequence)
    weights = layers.Softmax(axis=0, name="weights")(scores)
    return layers.GlobalAveragePooling1D()(layers.Multiply()([sequence, weights]))
inputs = Input((10, 6))
model = Model(inputs, layers.Softmax(axis=-2)(layers.Dense(3)(pooled(inputs))))
""",
            [
                (
                    5,
                    "'weights' (Softmax) has axis=0, which is that of the samples: the result for one depends on the "
                    "others in its batch; use axis=1 for steps, -1 for features",
                ),
                (
                    8,
                    "'softmax' (Softmax) has axis=-2, which is that of the samples: the result for one depends on the "
                    "others in its batch; use axis=1 for steps, -1 for features",
                ),
            ],
        ),
    ]


def _axis(layer: Layer) -> int | None:
    """The axis that a layer goes along, where it is a single one."""
    axis: Any = layer.config.get("axis") if layer.cls in _SCALING else None
    return axis if isinstance(axis, int) and not isinstance(axis, bool) else None
