"""KC404: Samples in the order of their classes are split by position, or not shuffled."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.training import training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._training import argument, argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class SortedSamples(Rule):
    """Samples in the order of their classes are split by position, or not shuffled.

    ## What it does

    Reports `validation_split` and `shuffle=False` in `fit` on samples that are sorted by class: data sets that come so
    (iris, wine), and labels that the source spells out.

    ## Why it is bad

    `validation_split` takes the last samples, before it shuffles. Sorted, these are all of one class, which the network
    then never sees in training. Without shuffling, every batch is of one class, and the network runs from the one to
    the other.

    ## Example

    ```python
    from sklearn.datasets import load_iris
    from keras import Sequential, layers

    x, y = load_iris(return_X_y=True)
    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=100, validation_split=0.2)
    ```

    ## Use instead

    ```python
    from sklearn.datasets import load_iris
    from sklearn.utils import shuffle
    from keras import Sequential, layers

    x, y = load_iris(return_X_y=True)
    x, y = shuffle(x, y)
    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=100, validation_split=0.2)
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC404"
    name = "sorted-samples"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            if call.method != "fit" or not _is_sorted(call):
                continue
            split, shuffle = argument(call, "validation_split"), argument(call, "shuffle")
            if isinstance(split, Given) and isinstance(split.value, float) and 0 < split.value < 1:
                last = f"the last {split.value:.0%} are not like the others"
                message = f"the samples are sorted by class: {last}; shuffle first"
                yield Finding(argument_site(call.site, split), message, anchor=call.site)
            if isinstance(shuffle, Given) and shuffle.value is False:
                yield Finding(
                    argument_site(call.site, shuffle),
                    "the samples are sorted by class: without shuffling, batches hold one class only",
                    anchor=call.site,
                )

    VALID = [
        # shuffled
        """
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x_train, x_test, y_train, y_test = train_test_split(*load_iris(return_X_y=True))
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x_train, y_train, epochs=100, validation_split=0.2)
""",
        # fit shuffles what it trains on
        """
from sklearn.datasets import load_iris
from keras import Sequential, layers
x, y = load_iris(return_X_y=True)
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=100)
""",
        # mixed classes
        """
import numpy as np
from keras import Sequential, layers
y = np.array([0, 1, 1, 0, 1, 0, 0, 1, 1, 0])
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((10, 2)), y, validation_split=0.2, shuffle=False)
""",
        # folder after folder, then mixed
        """
import os
import numpy as np
from elsewhere import read_image
from keras import Sequential, layers
from sklearn.utils import shuffle
images, labels = [], []
for number, kind in enumerate(["oak", "elm", "ash"]):
    for name in os.listdir(kind):
        images.append(read_image(name))
        labels.append(number)
images, labels = shuffle(np.array(images), np.array(labels))
model = Sequential([layers.Input((20, 20, 3)), layers.Flatten(), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(images, labels, validation_split=0.25)
""",
        # each file says its class
        """
import os
import numpy as np
from elsewhere import read_image
from keras import Sequential, layers
images, labels = [], []
for name in os.listdir("pictures"):
    images.append(read_image(name))
    labels.append(1 if name.startswith("dog") else 0)
model = Sequential([layers.Input((20, 20, 3)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.array(images), np.array(labels), validation_split=0.25)
""",
        # numbers to predict
        """
import numpy as np
from keras import Sequential, layers
x = np.linspace(0, 1, 100)
model = Sequential([layers.Input((1,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, 2 * x, validation_split=0.2)
""",
    ]
    INVALID = [
        Invalid(
            """
from sklearn.datasets import load_iris
from keras import Sequential, layers
x, y = load_iris(return_X_y=True)
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=100, validation_split=0.2)
model.fit(x, y, epochs=100, shuffle=False)
""",
            [
                (7, "the samples are sorted by class: the last 20% are not like the others; shuffle first"),
                (8, "the samples are sorted by class: without shuffling, batches hold one class only"),
            ],
        ),
        # folder after folder
        Invalid(
            """
import os
import numpy as np
from elsewhere import read_image
from keras import Sequential, layers
from keras.utils import to_categorical
KINDS = ["oak", "elm", "ash"]
def load(root):
    images, labels = [], []
    for kind in KINDS:
        for name in os.listdir(os.path.join(root, kind)):
            images.append(read_image(name))
            labels.append(KINDS.index(kind))
    return np.array(images), to_categorical(labels, 3)
x, y = load("leaves")
model = Sequential([layers.Input((20, 20, 3)), layers.Flatten(), layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, y, validation_split=0.25, epochs=10)
""",
            [(18, "the samples are sorted by class: the last 25% are not like the others; shuffle first")],
        ),
        # spelled out
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
y = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((10, 2)), y, validation_split=0.2)
""",
            [(7, "the samples are sorted by class: the last 20% are not like the others; shuffle first")],
        ),
    ]


def _is_sorted(call: TrainCall) -> bool:
    """Whether the samples surely are in the order of their classes."""
    data = training_data(call)
    y = data.y
    if data.is_stream or not isinstance(y, Array):
        return False
    if y.rows is not None and y.rows.order == "sorted" and y.rows.part is None:
        return True
    values = y.content.values
    if y.items is None or values is None or not 2 <= len(values) <= len(y.items) // 4:
        return False
    return all(isinstance(value, int) for value in values) and list(y.items) == sorted(y.items)
