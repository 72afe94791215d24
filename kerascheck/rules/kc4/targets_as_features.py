"""KC493: the targets of a classification are its features as well."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.training import training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._training import argument, value_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import read_loss

#: Losses whose targets are classes, and never what an autoencoder gives back.
_CLASSES = frozenset({"sparse_categorical_crossentropy", "binary_crossentropy", "binary_focal_crossentropy", "hinge"})


class TargetsAsFeatures(Rule):
    """`fit(labels, labels)`: a classifier is trained on its targets as features.

    ## What it does

    Reports `fit` and `evaluate` with one array of labels for both, a number a sample, where the loss is one for
    classes. Autoencoders, which give back what they get, are left alone.

    ## Why it is bad

    Layers take the size of what they first get, so nothing is raised: the model learns that a label is itself, and
    the accuracy is that of a perfect one. The features are never seen.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    features, labels = np.random.rand(64, 8), np.random.randint(0, 2, (64, 1))
    model = Sequential([layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(labels, labels)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    features, labels = np.random.rand(64, 8), np.random.randint(0, 2, (64, 1))
    model = Sequential([layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(features, labels)
    ```

    ## References

    - [Keras: training and evaluation with the built-in methods](https://keras.io/guides/training_with_built_in_methods/)
    """

    code = "KC493"
    name = "targets-as-features"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            data = training_data(call)
            x, y = (data.x, data.y) if data is not None and not data.is_stream else (None, None)
            if not isinstance(x, Array) or not isinstance(y, Array) or not x.is_unchanged(y):
                continue
            if _is_label(x) and _is_classifier(call):
                given = argument(call, "x")
                site = value_site(call.site, given) if isinstance(given, Given) else call.site
                yield Finding(
                    site, "the features are the targets themselves; pass the features first", anchor=call.site
                )

    VALID = [
        # features and targets
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 1), np.random.randint(0, 2, (64, 1))
model = Sequential([layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""",
        # an autoencoder, and one of texts
        """
import numpy as np
from keras import Sequential, layers
x = np.random.rand(64, 8)
model = Sequential([layers.Dense(2), layers.Dense(8, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, x)
words = np.random.randint(0, 50, (64, 12))
model = Sequential([layers.Embedding(50, 4), layers.LSTM(4, return_sequences=True), layers.Dense(50, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(words, words)
""",
        # a line that is learned
        """
import numpy as np
from keras import Sequential, layers
x = np.random.rand(64, 1)
model = Sequential([layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, x)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
labels = np.random.randint(0, 3, 64)
features = np.random.rand(64, 8)
model = Sequential([layers.Dense(8, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(labels, labels)
""",
            [(8, "the features are the targets themselves; pass the features first")],
        ),
    ]


def _is_label(array: Array) -> bool:
    """Whether there is one number for a sample."""
    shape = array.shape
    return isinstance(shape, tuple) and (len(shape) == 1 or (len(shape) == 2 and shape[1] == 1))


def _is_classifier(call: TrainCall) -> bool:
    if call.compiled is None or call.guarded:
        return False
    given = call.compiled.arguments.get("loss", 1)
    loss = read_loss(given.value) if isinstance(given, Given) else None
    return loss is not None and loss.name in _CLASSES
