"""KC304: A loss with `from_logits=True` receives probabilities."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.rules._outputs import Output
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc3._output_loss import _OutputRule
from kerascheck.training.compiled_losses import Loss


class FromLogitsAfterActivation(_OutputRule):
    """A loss with `from_logits=True` receives probabilities.

    ## What it does

    Reports `from_logits=True` where the output has gone through softmax or sigmoid already.

    ## Why it is bad

    The loss applies the activation a second time. The probabilities it computes are nearly equal for all classes, and
    training is slow and ends far from the optimum. (The TensorFlow backend notices some of these cases and undoes the
    activation with a warning; JAX and PyTorch do not.)

    ## Example

    ```python
    import keras
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(3, activation="softmax")])
    model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
    ```

    ## Use instead

    ```python
    import keras
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(3)])
    model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC304"
    name = "from-logits-after-activation"
    severity = Severity.WARNING

    def judge(self, output: Output, loss: Loss) -> str | None:
        if loss.from_logits is not True or output.activation not in ("softmax", "sigmoid"):
            return None
        return f"from_logits=True, but the output has gone through {output.activation}; remove one of the two"

    VALID = [
        # logits
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3)])
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
""",
        # probabilities
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3, activation="softmax")])
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=False))
""",
        # softmax inside an attention block is not at the end
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(9, activation="softmax"), layers.Dense(3)])
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3, activation="softmax")])
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
""",
            [(5, "from_logits=True, but the output has gone through softmax; remove one of the two")],
        ),
    ]
