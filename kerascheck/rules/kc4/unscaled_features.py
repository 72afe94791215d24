"""KC407: A network is trained on features with large numbers as they are."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program
from kerascheck.rules._scales import entrance, features_of
from kerascheck.rules._training import argument, argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class UnscaledFeatures(Rule):
    """A network is trained on features with large numbers as they are.

    ## What it does

    Reports `fit` on arrays in which numbers of 100 and more surely occur (setting `large-feature`), where the first
    layer with weights gets them: data sets with known ranges, and numbers that the source spells out. Images have a
    rule of their own (KC400).

    ## Why it is bad

    The initial weights are made for inputs around 1. Large numbers saturate the units or make the steps so large that
    the loss grows to infinity; and a column of thousands hides one of tenths.

    ## Example

    ```python
    from sklearn.datasets import load_wine
    from keras import Sequential, layers

    x, y = load_wine(return_X_y=True)
    model = Sequential([layers.Input((13,)), layers.Dense(16, "relu"), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    from sklearn.datasets import load_wine
    from keras import Sequential, layers

    x, y = load_wine(return_X_y=True)
    scale = layers.Normalization()
    scale.adapt(x)
    model = Sequential([
        layers.Input((13,)), scale, layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y)
    ```

    ## References

    - [Keras: Normalization layer](https://keras.io/api/layers/preprocessing_layers/numerical/normalization/)
    - [LeCun et al.: Efficient BackProp](http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf)
    """

    code = "KC407"
    name = "unscaled-features"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            x = features_of(call) if call.method == "fit" else None
            if x is None or x.content.tags & {"pixels", "scaled", "standardized"} or x.content.low is None:
                continue
            content = x.content
            if content.high is None or content.low is None or not (content.attained or content.values):
                continue
            if max(abs(content.low), abs(content.high)) < thresholds.large_feature or content.low == content.high:
                continue
            given = argument(call, "x")
            if isinstance(given, Given) and entrance(call.network, program).kind == "weights":
                yield Finding(
                    argument_site(call.site, given),
                    f"the features go from {content.low:g} to {content.high:g}; scale them, "
                    "or begin the network with layers.Normalization",
                    anchor=call.site,
                )

    VALID = [
        # scaled
        """
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler
from keras import Sequential, layers
x, y = load_wine(return_X_y=True)
x = StandardScaler().fit_transform(x)
model = Sequential([layers.Input((13,)), layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
        # small numbers
        """
from sklearn.datasets import load_iris
from keras import Sequential, layers
x, y = load_iris(return_X_y=True)
model = Sequential([layers.Input((4,)), layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""",
        # by the first layer
        """
import numpy as np
from keras import Sequential, layers
x = np.array([[1000.0, 2.0], [3000.0, 1.0], [2500.0, 5.0]])
model = Sequential([layers.Input((2,)), layers.BatchNormalization(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, np.zeros(3))
""",
        # word numbers
        """
import numpy as np
from keras import Sequential, layers
x = np.array([[1, 950, 20], [7, 15, 330]])
model = Sequential([layers.Input((3,)), layers.Embedding(1000, 8), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, np.zeros(2))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from sklearn.datasets import load_wine
from keras import Sequential, layers
x, y = load_wine(return_X_y=True)
model = Sequential([layers.Input((13,)), layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
area = np.array([[1000.0, 2.0], [3000.0, 1.0], [2500.0, 5.0]])
model = Sequential([layers.Input((2,)), layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(area, np.array([1.0, 3.0, 2.5]))
""",
            [
                (
                    8,
                    "the features go from 0.13 to 1680; scale them, or begin the network with layers.Normalization",
                ),
                (
                    12,
                    "the features go from 1 to 3000; scale them, or begin the network with layers.Normalization",
                ),
            ],
        ),
    ]
