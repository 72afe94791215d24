"""KC310 to KC315: the values of labels and targets against the output and the loss."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.content import Content
from kerascheck.diagnostics import Severity
from kerascheck.network.dims import definitely_different, definitely_equal
from kerascheck.network.ir import Program
from kerascheck.rules._outputs import describe
from kerascheck.rules._targets import Targets, has_fractions, shown, surely_above, surely_below, targets_of
from kerascheck.rules._training import judged_compiles
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import BINARY, REGRESSION, losses_by_output


class _TargetRule(Rule):
    """A rule about the targets of one output: the subclasses judge, this reports each place once."""

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for targets in targets_of(program):
            found = self.judge(targets)
            if found is None or targets.site.key in told:
                continue
            told.add(targets.site.key)
            message, severity = found if isinstance(found, tuple) else (found, None)
            yield Finding(targets.site, message, anchor=targets.call.site, severity=severity)

    def judge(self, targets: Targets) -> str | tuple[str, Severity] | None:
        """What is wrong with these targets; None where nothing is, or it is not known."""
        raise NotImplementedError


class LabelsNotBinary(_TargetRule):
    """Labels outside 0 and 1 are given to `binary_crossentropy`.

    ## What it does

    Reports targets with values below 0 or above 1 under `binary_crossentropy`: classes counted from 1, classes -1 and
    1, unscaled images, classes 0 to 9 on one unit, prices.

    ## Why it is bad

    The loss takes targets for probabilities. For any other number it has no lower bound: training makes it ever more
    negative while the output runs to 0 or 1. Keras raises nothing.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    y = np.array([-1, 1, 1, -1])
    model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(np.zeros((4, 2)), y)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    y = np.array([-1, 1, 1, -1])
    model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(np.zeros((4, 2)), (y + 1) / 2)
    ```

    ## References

    - [Keras: BinaryCrossentropy](https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class)
    """

    code = "KC310"
    name = "labels-not-binary"
    severity = Severity.ERROR

    def judge(self, targets: Targets) -> str | None:
        loss, content = targets.loss, targets.content
        if loss is None or loss.name not in BINARY or _is_refused(targets):
            return None
        above, below = surely_above(content, 1.0), surely_below(content, 0.0)
        spread = _spread(content)
        if above is None and below is None and spread is None:
            return None
        what = spread if above is None and below is None else shown(content)
        return f"the targets are {what}, and {loss.name} wants 0 to 1; {self._advice(targets)}"

    def _advice(self, targets: Targets) -> str:
        content, values = targets.content, targets.content.values
        if values == frozenset((-1, 1)):
            return "give it (y + 1) / 2"
        if values == frozenset((1, 2)):
            return "give it y - 1"
        if "pixels" in content.tags or (content.low, content.high) == (0, 255):
            return "divide by 255"
        if has_fractions(content):
            return "numbers to predict want mse and a last layer without activation"
        if content.low == 0 and targets.units == 1 and content.high is not None and content.high < 1000:
            count = int(content.high) + 1
            return f"{count} classes want {count} softmax units and sparse_categorical_crossentropy"
        return "classes want 0 and 1, numbers to predict want mse and a last layer without activation"

    VALID = [
        # 0 and 1
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((4, 2)), np.array([0, 1, 1, 0]))
""",
        # probabilities
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((4, 2)), np.array([0.1, 0.9, 0.9, 0.1]))
""",
        # -1 and 1 are right for hinge
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="tanh")])
model.compile("adam", "hinge")
model.fit(np.zeros((4, 2)), np.array([-1, 1, 1, -1]))
""",
        # images scaled to 0 to 1: an autoencoder
        """
from keras import Sequential, layers, datasets
(x, _), _ = datasets.mnist.load_data()
x = x.reshape(60000, 784).astype("float32") / 255
model = Sequential([layers.Input((784,)), layers.Dense(32, activation="relu"), layers.Dense(784, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, x)
""",
        # what the values are is not known
        """
from elsewhere import x, y
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x = np.zeros((4, 2))
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, np.array([-1, 1, 1, -1]))
model.fit(x, np.array([1, 2, 2, 1]))
model.fit(x, np.array([0, 1, 2, 1]), validation_data=(x, np.array([0, 1, 2, 2])))
model.fit(x, np.array([10.5, 20.25, 3.0, 1.0]))
""",
            [
                (7, "the targets are -1 and 1, and binary_crossentropy wants 0 to 1; give it (y + 1) / 2"),
                (8, "the targets are 1 and 2, and binary_crossentropy wants 0 to 1; give it y - 1"),
                (
                    9,
                    "the targets are 0, 1 and 2, and binary_crossentropy wants 0 to 1; "
                    "3 classes want 3 softmax units and sparse_categorical_crossentropy",
                ),
                (
                    9,
                    "the targets are 0, 1 and 2, and binary_crossentropy wants 0 to 1; "
                    "3 classes want 3 softmax units and sparse_categorical_crossentropy",
                ),
                (
                    10,
                    "the targets are 1 to 20.25, and binary_crossentropy wants 0 to 1; "
                    "numbers to predict want mse and a last layer without activation",
                ),
            ],
        ),
        # an autoencoder of images as they are loaded
        Invalid(
            """
from keras import Sequential, layers, datasets
(x, _), _ = datasets.mnist.load_data()
x = x.reshape(60000, 784)
model = Sequential([layers.Input((784,)), layers.Dense(32, activation="relu"), layers.Dense(784, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, x)
""",
            [(7, "the targets are 0 to 255, and binary_crossentropy wants 0 to 1; divide by 255")],
        ),
    ]


def _is_refused(targets: Targets) -> bool:
    """Whether Keras raises on the shapes, so that the values do not matter."""
    shape, output = targets.array.shape, targets.tensor.shape
    if not isinstance(shape, tuple) or not isinstance(output, tuple):
        return False
    units = targets.units
    if units == 1 and len(shape) == len(output) - 1:
        return False
    return len(shape) != len(output) or (units is not None and definitely_different(shape[-1], units))


class UnitsWithoutClass(_TargetRule):
    """The output has many more units than there are classes.

    ## What it does

    Compares the number of classes of a large data set with the units under `sparse_categorical_crossentropy`, and
    reports at least twice as many units, and three more.

    ## Why it is bad

    The units that no label names only learn to stay at 0. Often the number is left over from another data set, and the
    metrics look better than they are.

    ## Example

    ```python
    from keras import Sequential, layers, datasets

    (x, y), _ = datasets.mnist.load_data()
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(100, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x / 255, y)
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers, datasets

    (x, y), _ = datasets.mnist.load_data()
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x / 255, y)
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC311"
    name = "units-without-class"
    severity = Severity.INFO

    def judge(self, targets: Targets) -> str | None:
        loss, units, content = targets.loss, targets.units, targets.content
        if loss is None or loss.name != "sparse_categorical_crossentropy" or units is None or not content.is_mass:
            return None
        if not content.attained or content.high is None or has_fractions(content):
            return None
        classes = int(content.high) + 1
        if classes < 2 or units < 2 * classes or units - classes < 3:
            return None
        return f"the labels are {shown(content)}, and {units - classes} of the {units} units stand for no class"

    VALID = [
        # as many units as classes
        """
from keras import Sequential, layers, datasets
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y)
""",
        # one in reserve
        """
from keras import Sequential, layers, datasets
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(11, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y)
""",
        # a small sample for a trial
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1000, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((3, 2)), np.array([0, 1, 2]))
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers, datasets
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(100, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y)
""",
            [(6, "the labels are 0 to 9, and 90 of the 100 units stand for no class")],
        ),
    ]


class FractionsAsClasses(_TargetRule):
    """Numbers that are not whole are given as class numbers.

    ## What it does

    Reports targets with fractions under `sparse_categorical_crossentropy`: numbers to predict, and class numbers that
    were scaled together with the features.

    ## Why it is bad

    The loss cuts everything behind the point off. Scaled class numbers all become class 0 (and perhaps 1): the loss
    falls to nothing, and nothing is learned. A number to predict has no classes at all.

    ## Example

    ```python
    from keras import Sequential, layers, datasets

    (x, y), _ = datasets.mnist.load_data()
    x, y = x / 255, y / 255
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers, datasets

    (x, y), _ = datasets.mnist.load_data()
    x = x / 255
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## References

    - [Keras: SparseCategoricalCrossentropy](https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class)
    """

    code = "KC312"
    name = "fractions-as-classes"
    severity = Severity.ERROR

    def judge(self, targets: Targets) -> str | None:
        loss, content = targets.loss, targets.content
        if loss is None or loss.name != "sparse_categorical_crossentropy" or not has_fractions(content):
            return None
        high = max(content.values) if content.values is not None else content.high
        if high is not None and 0 < high <= 1:
            return f"the labels are {shown(content)}: {loss.name} makes class 0 of what is below 1; do not scale labels"
        return (
            f"the targets are {shown(content)}, which are no class numbers; "
            "for numbers to predict use mse and a last layer without activation"
        )

    VALID = [
        # class numbers as floats
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((3, 2)), np.array([0.0, 1.0, 2.0]))
""",
        # numbers to predict
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((3, 2)), np.array([0.5, 1.5, 2.5]))
""",
        # only the features are scaled
        """
from keras import Sequential, layers, datasets
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y.astype("float32"))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.zeros((3, 2)), np.array([0, 1, 2])
model = Sequential([layers.Input((2,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y / 2)
model.fit(x, np.array([1.25, 0.5, 2.75]))
""",
            [
                (
                    7,
                    "the labels are 0, 0.5 and 1: sparse_categorical_crossentropy makes class 0 of what is below 1; "
                    "do not scale labels",
                ),
                (
                    8,
                    "the targets are 0.5, 1.25 and 2.75, which are no class numbers; "
                    "for numbers to predict use mse and a last layer without activation",
                ),
            ],
        ),
    ]


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
    """The last activation cannot give the values that the targets have.

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
        return f"the targets are {what}, and {activation} gives {ends}; {self._advice(targets)}", severity

    def _advice(self, targets: Targets) -> str:
        values = targets.content.values
        if values == frozenset((-1, 1)):
            return "use tanh, or labels 0 and 1"
        return "leave the last activation out, or scale the targets"

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
                    "the targets are both far below and far above 0, and softmax gives 0 to 1; leave the last "
                    "activation out, or scale the targets",
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
                    "the targets are 185 to 420, and sigmoid gives 0 to 1; "
                    "leave the last activation out, or scale the targets",
                ),
                (9, "the targets are -1 and 1, and sigmoid gives 0 to 1; use tanh, or labels 0 and 1"),
                (
                    10,
                    "the targets are 0 to 1.25, and sigmoid gives 0 to 1; "
                    "leave the last activation out, or scale the targets",
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
                    "the targets are -35.5 to 3, and relu gives 0 and more; "
                    "leave the last activation out, or scale the targets",
                ),
                (
                    10,
                    "the targets are 5 to 9, and tanh gives -1 to 1; "
                    "leave the last activation out, or scale the targets",
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


_UNBOUNDED = "both far below and far above 0"
_FAR = 100.0


def _spread(content: Content) -> str | None:
    """How the numbers are known to be spread where their bounds are not."""
    return _UNBOUNDED if "unbounded" in content.tags else "standardized" if "standardized" in content.tags else None


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


class SquaredErrorOnSoftmax(Rule):
    """A distance is the loss of a softmax output.

    ## What it does

    Reports mean squared error, mean absolute error and their kin on two or more softmax units.

    ## Why it is bad

    Softmax saturates: where the network is surely wrong, the gradient of the squared error is next to nothing, and it
    stays wrong. The gradient of `categorical_crossentropy` is largest there.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "mse", metrics=["accuracy"])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    ```

    ## References

    - [Glorot and Bengio: Understanding the difficulty of training deep feedforward neural networks](https://proceedings.mlr.press/v9/glorot10a.html)
    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC315"
    name = "squared-error-on-softmax"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in judged_compiles(program):
            if call.network.open is not None or call.network.unknown is not None:
                continue
            for target in losses_by_output(call):
                output = describe(target.tensor)
                if target.loss is None or target.loss.name not in REGRESSION or output.activation != "softmax":
                    continue
                if not definitely_equal(output.units, 1) and output.units is not None:
                    yield Finding(
                        target.site,
                        f"{target.loss.name} on {output.units} softmax units learns slowly where it is wrong; "
                        "use categorical_crossentropy",
                        anchor=call.site,
                    )

    VALID = [
        # crossentropy
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["mse"])
""",
        # a regression
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3)])
model.compile("adam", "mse")
""",
        # one sigmoid unit by least squares
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "mse")
""",
        # softmax weights inside
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax"), layers.Dense(1)])
model.compile("adam", "mse")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "mse", metrics=["accuracy"])
""",
            [
                (
                    4,
                    "mean_squared_error on 3 softmax units learns slowly where it is wrong; "
                    "use categorical_crossentropy",
                )
            ],
        ),
    ]
