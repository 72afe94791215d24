"""KC409: A model is trained on scaled data and tested on data that are scaled otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.training import validation_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._scales import RANGES, features_of, scale_of
from kerascheck.rules._training import argument, argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._image_scaling import _x_site


class ScaledDifferently(Rule):
    """A model is trained on scaled data and tested on data that are scaled otherwise.

    ## What it does

    Compares the scale of the features of `fit` with that of its validation data, and of later calls of `evaluate` and
    `predict` of the same model, where all are known.

    ## Why it is bad

    The model has learned for numbers of one range. On others it gives nearly random answers, and the figures say that
    it does not generalize.

    ## Example

    ```python
    from keras import Sequential, datasets, layers

    (x, y), (x_test, y_test) = datasets.mnist.load_data()
    x = x / 255.0
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y)
    model.evaluate(x_test, y_test)
    ```

    ## Use instead

    ```python
    from keras import Sequential, datasets, layers

    (x, y), (x_test, y_test) = datasets.mnist.load_data()
    x, x_test = x / 255.0, x_test / 255.0
    model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y)
    model.evaluate(x_test, y_test)
    ```

    ## References

    - [scikit-learn: common pitfalls, inconsistent preprocessing](https://scikit-learn.org/stable/common_pitfalls.html#inconsistent-preprocessing)
    """

    code = "KC409"
    name = "scaled-differently"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        trained: dict[int, tuple[Network, str]] = {}
        for call in program.trainings:
            x = features_of(call)
            scale = _figure(x)
            if call.method in ("fit", "fit_generator"):
                if scale is not None:
                    trained[id(call.network)] = (call.network, scale)
                else:
                    trained.pop(id(call.network), None)
                given, data = argument(call, "validation_data"), validation_data(call)
                held = data.x if data is not None and isinstance(data.x, Array) else None
                if isinstance(given, Given) and _differ(scale, _figure(held)):
                    yield Finding(
                        argument_site(call.site, given),
                        f"the validation data are {_figure(held)}, and the training data {scale}",
                        anchor=call.site,
                    )
            elif call.method in ("evaluate", "predict", "evaluate_generator", "predict_generator"):
                _, before = trained.get(id(call.network), (None, None))
                if before in _LIMITS and scale is None and (far := _far(x, before)) is not None:
                    yield Finding(
                        _x_site(call),
                        f"{far:g} is not a scaled number, but the model is trained on {before}; transform the new data "
                        "as well",
                        anchor=call.site,
                    )
                if _differ(before, scale):
                    yield Finding(
                        _x_site(call), f"the data are {scale}, but the model is trained on {before}", anchor=call.site
                    )

    VALID = [
        # the same for all
        """
from keras import Sequential, datasets, layers
(x, y), (x_test, y_test) = datasets.mnist.load_data()
x, x_test = x / 255.0, x_test.astype("float32") / 255
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, validation_data=(x_test, y_test))
model.evaluate(x_test, y_test)
""",
        # how the new data are scaled is not known
        """
from elsewhere import x_new
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x / 255.0, y)
model.predict(x_new)
""",
        # another model
        """
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
scaled = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
plain = Sequential([layers.Rescaling(1 / 255), scaled])
scaled.compile("adam", "sparse_categorical_crossentropy")
scaled.fit(x / 255.0, y)
plain.predict(x)
""",
    ]
    INVALID = [
        # a row of its own
        Invalid(
            """
import numpy as np
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler
from keras import Sequential, layers
x, y = load_iris(return_X_y=True)
scaler = StandardScaler()
x = scaler.fit_transform(x)
model = Sequential([layers.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
model.predict(scaler.transform(np.array([[5.1, 3.5, 1.4, 0.2]])))
model.predict(np.array([[0.1, -3.5, 1.4, 0.2]]))
model.predict(np.array([[5.1, 3.5, 1.4, 0.2]]))
""",
            [
                (
                    14,
                    "5.1 is not a scaled number, but the model is trained on standardized numbers; transform the new "
                    "data as well",
                )
            ],
        ),
        Invalid(
            """
from keras import Sequential, datasets, layers
(x, y), (x_test, y_test) = datasets.mnist.load_data()
x = x / 255.0
model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, validation_data=(x_test, y_test))
model.evaluate(x_test, y_test)
model.predict(x_test / 127.5 - 1)
""",
            [
                (7, "the validation data are 0 to 255, and the training data 0 to 1"),
                (8, "the data are 0 to 255, but the model is trained on 0 to 1"),
                (9, "the data are -1 to 1, but the model is trained on 0 to 1"),
            ],
        ),
        # by a scaler
        Invalid(
            """
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from keras import Sequential, layers
x, y = load_breast_cancer(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y)
scaler = StandardScaler()
x_train = scaler.fit_transform(x_train)
model = Sequential([layers.Input((30,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train)
model.evaluate(x_test, y_test)
""",
            [(13, "the data are 0 to 4254, but the model is trained on standardized numbers")],
        ),
    ]


#: Numbers beyond this are surely not scaled.
_LARGE = 20.0


def _figure(array: Array | None) -> str | None:
    """How the numbers are scaled, in a message; numbers that surely are not scaled by their bounds."""
    if array is None:
        return None
    scale = scale_of(array)
    if scale in ("standardized", "scaled"):
        return f"{scale} numbers"
    if scale is not None:
        return RANGES.get(scale, scale)
    content = array.content
    low, high = content.low, content.high
    if low is None or high is None or not (content.attained and content.is_mass) or "pixels" in content.tags:
        return None
    return f"{low:g} to {high:g}" if max(abs(low), abs(high)) > _LARGE else None


#: How far numbers go that are scaled, with much room.
_LIMITS = {"standardized numbers": 5.0, "scaled numbers": 5.0, "0 to 1": 1.5}


def _far(array: Array | None, scale: str) -> float | None:
    """A number that the source spells out and that is surely not scaled like that."""
    values = array.content.values if array is not None and "dataset" not in array.content.tags else None
    far = [value for value in values or () if abs(value) > _LIMITS[scale]]
    return max(far, key=abs) if far else None


def _differ(one: str | None, other: str | None) -> bool:
    """Whether both are known and cannot be the same. Bounds of whole data sets are no more than bounds of parts."""
    if one is None or other is None or one == other:
        return False
    named = {"0 to 255", "0 to 1", "-1 to 1", "standardized numbers", "scaled numbers", *RANGES.values()}
    numbers = {"standardized numbers", "scaled numbers"}
    if {one, other} <= numbers:
        return False
    return one in named or other in named
