"""KC313: The last activation cannot reach the values that the targets have."""

from __future__ import annotations

from kerascheck.data.content import Content
from kerascheck.diagnostics import Severity
from kerascheck.rules._targets import Targets, shown, surely_above, surely_below
from kerascheck.rules.base import Invalid
from kerascheck.rules.kc3._labels import _UNBOUNDED, _spread, _TargetRule
from kerascheck.training.compiled_losses import REGRESSION

#: What the activations give: the bounds of their values (None: there is none).
#: Losses whose targets the outputs are to meet.
_DISTANCES = REGRESSION | {"poisson"}


_RANGES: dict[str, tuple[float | None, float | None]] = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu": (0.0, None),
    "relu6": (0.0, 6.0),
    "softplus": (0.0, None),
    "exponential": (0.0, None),
}


class TargetsOutOfReach(_TargetRule):
    """The last activation cannot reach the values that the targets have.

    ## What it does

    Under the losses that measure distances (mean squared error and its kin, Huber, log-cosh) and `poisson` it compares
    the targets with the range of the last activation: 0 to 1 for sigmoid and softmax, -1 to 1 for tanh, 0 and more for
    relu.

    It is an error where the targets lie beyond the range by as much as it is wide, and a warning for less.

    ## Why it is bad

    However long it trains, the output stays in its range: prices above 1 all become 1 after a sigmoid, negative
    numbers 0 after relu, where the gradient is gone too.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    prices = np.array([210.0, 340.0, 185.0, 420.0])
    model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "mse")
    model.fit(np.zeros((4, 2)), prices)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    prices = np.array([210.0, 340.0, 185.0, 420.0])
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((4, 2)), prices)
    ```

    ## References

    - [Keras: layer activation functions](https://keras.io/api/layers/activations/)
    """

    code = "KC313"
    name = "targets-out-of-reach"
    severity = Severity.ERROR

    def judge(self, targets: Targets) -> tuple[str, Severity] | None:
        loss, content, activation = targets.loss, targets.content, targets.output.activation
        if loss is None or loss.name not in _DISTANCES or not isinstance(activation, str) or activation not in _RANGES:
            return None
        low, high = _RANGES[activation]
        far = _beyond(content, low, high)
        if far is None:
            return None
        ends = "0 and more" if high is None else f"{low:g} to {high:g}"
        what = shown(content) if _spread(content) is None else _spread(content)
        severity = Severity.ERROR if far >= (1.0 if high is None else high - (low or 0.0)) else Severity.WARNING
        return f"the targets are {what}, but {activation} outputs {ends}; {self._advice(targets)}", severity

    def _advice(self, targets: Targets) -> str:
        values = targets.content.values
        if values == frozenset((-1, 1)):
            return "use tanh, or labels 0 and 1"
        return "remove the last activation, or scale the targets"

    VALID = [
        # scaled targets
        """
from keras import Sequential, layers
from sklearn.datasets import make_regression
from sklearn.preprocessing import MinMaxScaler
X, y = make_regression(1000, n_features=10, n_targets=3)
model = Sequential([layers.Input((10,)), layers.Dense(3, activation="sigmoid")])
model.compile("adam", "mse")
model.fit(X, MinMaxScaler().fit_transform(y))
""",
        # made to classes
        """
from keras import Sequential, layers
from sklearn.datasets import make_regression
X, y = make_regression(1000, n_features=10)
model = Sequential([layers.Input((10,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "mse")
model.fit(X, (y > y.mean()).astype("float32"))
""",
        # no activation
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((4, 2)), np.array([210.0, 340.0, 185.0, 420.0]))
""",
        # targets in the range
        """
import numpy as np
from keras import Sequential, layers
prices = np.array([210.0, 340.0, 185.0, 420.0]) / 500
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "mse")
model.fit(np.zeros((4, 2)), prices)
""",
        # counts
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="relu")])
model.compile("adam", "mae")
model.fit(np.zeros((4, 2)), np.array([0, 12, 7, 3]))
""",
        # the output is scaled behind the activation
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid"), layers.Rescaling(500.0)])
model.compile("adam", "mse")
model.fit(np.zeros((4, 2)), np.array([210.0, 340.0, 185.0, 420.0]))
""",
        # images between -1 and 1
        """
from keras import Sequential, layers, datasets
(x, _), _ = datasets.mnist.load_data()
x = (x.reshape(60000, 784).astype("float32") - 127.5) / 127.5
model = Sequential([layers.Input((784,)), layers.Dense(32, activation="relu"), layers.Dense(784, activation="tanh")])
model.compile("adam", "mse")
model.fit(x, x)
""",
        # what the values are is not known
        """
from elsewhere import x, y
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "mse")
model.fit(x, y)
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
from sklearn.datasets import make_regression
X, y = make_regression(1000, n_features=10, n_targets=3)
model = Sequential([layers.Input((10,)), layers.Dense(80, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile("adam", "poisson")
model.fit(X, y)
""",
            [
                (
                    7,
                    "the targets are both far below and far above 0, but softmax outputs 0 to 1; remove the last "
                    "activation, or scale the targets",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x = np.zeros((4, 2))
for activation in ("sigmoid",):
    model = Sequential([layers.Input((2,)), layers.Dense(1, activation=activation)])
    model.compile("adam", "mse")
    model.fit(x, np.array([210.0, 340.0, 185.0, 420.0]))
    model.fit(x, np.array([-1, 1, 1, -1]))
    model.fit(x, np.array([0.0, 1.25, 0.5, 0.75]))
""",
            [
                (
                    8,
                    "the targets are 185 to 420, but sigmoid outputs 0 to 1; "
                    "remove the last activation, or scale the targets",
                ),
                (9, "the targets are -1 and 1, but sigmoid outputs 0 to 1; use tanh, or labels 0 and 1"),
                (
                    10,
                    "the targets are 0 to 1.25, but sigmoid outputs 0 to 1; "
                    "remove the last activation, or scale the targets",
                ),
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x = np.zeros((4, 2))
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="relu")])
model.compile("adam", "mae")
model.fit(x, np.array([-20.0, -35.5, -1.5, 3.0]))
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="tanh")])
model.compile("adam", "huber")
model.fit(x, np.array([5.0, 7.0, 8.0, 9.0]))
""",
            [
                (
                    7,
                    "the targets are -35.5 to 3, but relu outputs 0 and more; "
                    "remove the last activation, or scale the targets",
                ),
                (
                    10,
                    "the targets are 5 to 9, but tanh outputs -1 to 1; "
                    "remove the last activation, or scale the targets",
                ),
            ],
        ),
    ]


def _beyond(content: Content, low: float | None, high: float | None) -> float | None:
    """How far the targets leave the range; 0 for standardized ones, which surely do; None where it is not known."""
    far = []
    if high is not None:
        above = surely_above(content, high + 0.01)
        far += [above - high] if above is not None else []
    if low is not None:
        below = surely_below(content, low - 0.01)
        far += [low - below] if below is not None else []
    if far:
        return max(far)
    return {"standardized": 0.0, _UNBOUNDED: _FAR}.get(_spread(content) or "")


_FAR = 100.0
