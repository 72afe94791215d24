"""KC303: A crossentropy loss receives the output of an activation that does not produce probabilities."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.rules._outputs import Output
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc3._output_loss import _OutputRule
from kerascheck.training.compiled_losses import BINARY, CATEGORICAL, Loss

#: Activations whose values leave [0, 1]: no probabilities.
_UNBOUNDED = frozenset(
    {
        "relu", "relu6", "leaky_relu", "prelu", "elu", "selu", "celu", "gelu", "silu", "swish", "mish", "tanh",
        "softsign", "hard_silu", "hard_swish", "hard_tanh",
    }
)  # fmt: skip


class UnboundedBeforeCrossentropy(_OutputRule):
    """A crossentropy loss receives the output of relu, tanh or the like, which are not probabilities.

    ## What it does

    Reports the crossentropy losses on an output with an activation whose values leave [0, 1] (relu and its kin, tanh).

    ## Why it is bad

    The loss takes the values for probabilities. relu gives 0 for half of all inputs, whose logarithm has no gradient;
    values above 1 are clipped. Such networks stop learning at once or give NaN.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="relu")])
    model.compile(loss="binary_crossentropy")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy")
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC303"
    name = "unbounded-before-crossentropy"
    severity = Severity.ERROR

    def judge(self, output: Output, loss: Loss) -> str | None:
        if loss.name not in BINARY | CATEGORICAL or output.activation not in _UNBOUNDED:
            return None
        right = "sigmoid" if loss.name in BINARY else "softmax"
        if loss.from_logits is not False:
            return None
        return f"{loss.name} needs probabilities, but the last activation is {output.activation}; use {right}"

    VALID = [
        # relu inside, sigmoid at the end
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(9, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # relu for a count
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="relu")])
model.compile(loss="poisson")
""",
        # only asked for its features
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(9, activation="relu")])
model.compile(loss="categorical_crossentropy")
features = model.predict(np.zeros((5, 20)))
""",
        # tanh with hinge
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="tanh")])
model.compile(loss="hinge")
""",
        # hard_sigmoid stays in [0, 1]
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="hard_sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # exponential, normalized by the loss, is softmax
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3, activation="exponential")])
model.compile(loss="categorical_crossentropy")
""",
        # as logits, odd but sound
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3, activation="tanh")])
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
""",
        # an average of rectified maps is scaled elsewhere
        """
from keras import Sequential, layers
model = Sequential([
    layers.Input((8, 8, 3)), layers.Conv2D(3, 1, activation="relu"), layers.GlobalAveragePooling2D(),
])
model.compile(loss="categorical_crossentropy")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="relu")])
model.compile(loss="binary_crossentropy")
""",
            [(4, "binary_crossentropy needs probabilities, but the last activation is relu; use sigmoid")],
        ),
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(4), layers.LeakyReLU(), layers.Dropout(0.0)])
model.compile("adam", "sparse_categorical_crossentropy")
""",
            [
                (
                    4,
                    "sparse_categorical_crossentropy needs probabilities, but the last activation is leaky_relu; "
                    "use softmax",
                )
            ],
        ),
    ]
