"""KC314: All labels of a classification are the same."""

from __future__ import annotations

from kerascheck.diagnostics import Severity
from kerascheck.rules._targets import Targets
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc3._labels import _TargetRule
from kerascheck.training.compiled_losses import BINARY


class SingleClass(_TargetRule):
    """All labels of a classification are the same.

    ## What it does

    Reports targets under a crossentropy that the source shows to be one class only: lists that are spelled out, and
    labels of a data set that were cut to one value on their way (scaled and made whole again, compared with a bound).

    ## Why it is bad

    A network without inputs solves that. The accuracy is 100% after the first epoch and means nothing.

    ## Example

    ```python
    from keras import Sequential, layers, datasets

    (x, y), _ = datasets.mnist.load_data()
    x, y = x / 255, (y / 255).astype("int32")
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers, datasets

    (x, y), _ = datasets.mnist.load_data()
    x, y = x / 255, y.astype("int32")
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC314"
    name = "single-class"
    severity = Severity.WARNING

    def judge(self, targets: Targets) -> str | None:
        loss, content = targets.loss, targets.content
        if loss is None or targets.call.method != "fit":
            return None
        if loss.name not in BINARY and loss.name != "sparse_categorical_crossentropy":
            return None
        items = targets.array.items
        is_real = "dataset" in content.tags or (items is not None and len(items) > 2)
        if not is_real or content.low is None or content.low != content.high:
            return None
        return f"all labels are {content.low:g}: there is nothing to learn"

    VALID = [
        # two classes
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((4, 2)), np.array([0, 1, 1, 0]))
""",
        # zeros to try the model out
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((4, 2)), np.zeros(4))
""",
        # the generator of an adversarial pair is trained on one label
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.train_on_batch(np.zeros((4, 2)), np.array([1, 1, 1, 1]))
""",
        # a regression
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((4, 2)), np.array([2, 2, 2, 2]))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((4, 2)), np.array([1, 1, 1, 1]))
""",
            [(6, "all labels are 1: there is nothing to learn")],
        ),
    ]
