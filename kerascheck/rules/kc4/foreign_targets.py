"""KC410: features and targets that do not belong to each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.content import UNKNOWN_ARRANGEMENT, Rows
from kerascheck.data.training import Part, arrays_of, training_data, validation_data
from kerascheck.diagnostics import Severity
from kerascheck.machine.static import outline_of
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Site
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._mentions import calls_of
from kerascheck.rules._training import argument, value_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: What may put two shufflings into the same order.
_SEEDING = frozenset({"seed", "set_state", "RandomState", "default_rng"})
#: What may bring the second of two shufflings back to the state before the first, if it is called twice.
_RESEEDING = frozenset({"seed", "set_random_seed", "set_state"})


class ForeignTargets(Rule):
    """Features and targets of a training call are not those of the same samples.

    ## What it does

    Follows the samples of a data set through slices, splits and shufflings. Reports features that were shuffled
    without their targets (`np.random.shuffle(x)`, `x[np.random.permutation(n)]`), both shuffled one after the other,
    and training features with test targets. Targets alone in another order are left alone: that is an experiment.

    ## Why it is bad

    Each sample gets the answer of another one. Nothing raises; the network learns noise, and it looks like a bad model.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, datasets, layers

    (x, y), _ = datasets.mnist.load_data()
    np.random.shuffle(x)
    model = Sequential([layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x / 255, y)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, datasets, layers

    (x, y), _ = datasets.mnist.load_data()
    order = np.random.permutation(len(x))
    x, y = x[order], y[order]
    model = Sequential([layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x / 255, y)
    ```

    ## References

    - [scikit-learn: shuffle arrays in a consistent way](https://scikit-learn.org/stable/modules/generated/sklearn.utils.shuffle.html)
    """

    code = "KC410"
    name = "foreign-targets"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for call in program.trainings:
            for name, data in (("y", training_data(call)), ("validation_data", validation_data(call))):
                if data is None or data.is_stream:
                    continue
                for x in arrays_of(data.x):
                    message = next(filter(None, (_problem(x, y, call) for y in arrays_of(data.y))), None)
                    if message is _DIVIDED_APART:
                        site = _division(program, data.y, call.site)
                        if site.key not in told:
                            told.add(site.key)
                            yield Finding(site, message, anchor=call.site)
                        break
                    if message is not None:
                        given = argument(call, name)
                        site = value_site(call.site, given) if isinstance(given, Given) else call.site
                        yield Finding(site, message, anchor=call.site)
                        break

    VALID = [
        # shuffled together
        """
import numpy as np
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
order = np.random.permutation(len(x))
x, y = x[order], y[order]
model = Sequential([layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y)
""",
        # shuffled with the same seed
        """
import numpy as np
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
np.random.seed(1)
np.random.shuffle(x)
np.random.seed(1)
np.random.shuffle(y)
model = Sequential([layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y)
""",
        # labels at random, to see what a network learns by heart
        """
import numpy as np
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
random_labels = y[:]
np.random.shuffle(random_labels)
model = Sequential([layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, random_labels)
""",
        # in one array while they are shuffled
        """
import numpy as np
from keras import Sequential, layers
data = np.loadtxt("data.csv", delimiter=",")
np.random.shuffle(data)
x, y = data[:, :8], data[:, 8]
model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x[:100], y[:100], validation_data=(x[100:], y[100:]))
""",
        # divided one after the other, with one seed
        """
import numpy as np
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x, y = np.random.rand(100, 4), np.random.rand(100)
x_train, x_test = train_test_split(x, random_state=0)
y_train, y_test = train_test_split(y, random_state=0)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train, validation_data=(x_test, y_test))
""",
        # divided one after the other, in their order
        """
import numpy as np
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x, y = np.random.rand(100, 4), np.random.rand(100)
x_train, x_test = train_test_split(x, shuffle=False)
y_train, y_test = train_test_split(y, shuffle=False)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train, validation_data=(x_test, y_test))
""",
        # divided twice, each time together
        """
import numpy as np
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x, y = np.random.rand(100, 4), np.random.rand(100)
x_rest, x_test, y_rest, y_test = train_test_split(x, y)
x_train, x_val, y_train, y_val = train_test_split(x_rest, y_rest)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train, validation_data=(x_val, y_val))
model.evaluate(x_test, y_test)
""",
        # divided together
        """
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.utils import shuffle
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
x, y = shuffle(x, y)
x_train, x_test, y_train, y_test = train_test_split(x / 255, y)
model = Sequential([layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x_train, y_train, validation_data=(x_test, y_test))
""",
    ]
    INVALID = [
        # divided one after the other
        Invalid(
            """
import numpy as np
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x, y = np.random.rand(100, 4), np.random.rand(100)
x_train, x_test = train_test_split(x, test_size=0.2)
y_train, y_test = train_test_split(y, test_size=0.2)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train)
""",
            [
                (
                    7,
                    "'x' and 'y' were split by two calls, each of which shuffles in its own order: the targets "
                    "belong to other samples; split both in one call",
                )
            ],
        ),
        # the features alone
        Invalid(
            """
import numpy as np
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
np.random.shuffle(x)
model = Sequential([layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y)
""",
            [
                (
                    8,
                    "'x' was shuffled without 'y': the targets belong to other samples; shuffle both with the same "
                    "permutation",
                )
            ],
        ),
        # one after the other
        Invalid(
            """
import numpy as np
from keras import Sequential, datasets, layers
(x, y), _ = datasets.mnist.load_data()
x, y = np.random.permutation(x), np.random.permutation(y)
model = Sequential([layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x / 255, y)
""",
            [
                (
                    8,
                    "'x' and 'y' were shuffled one after the other, into different orders; shuffle both with the same "
                    "permutation",
                )
            ],
        ),
        # the targets of the test
        Invalid(
            """
import pandas as pd
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
data = pd.read_csv("data.csv")
x_train, x_test, y_train, y_test = train_test_split(data[["a", "b"]], data["c"])
model = Sequential([layers.Input((2,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train, validation_data=(x_test, y_train))
""",
            [(9, "the features are of the test part, the targets of the train part")],
        ),
    ]


def _is_reseeded(file: Any) -> bool:
    """Whether the random numbers may be set back: by a seed in a function, loop or condition, or by two."""
    calls = list(calls_of(file, _RESEEDING))
    outline = outline_of(file)
    blocks = outline.below(file.tree, cst.IndentedBlock)
    return len(calls) > 1 or any(call in outline.below(block, cst.Call) for block in blocks for call in calls)


def _problem(x: Array, y: Array, call: TrainCall) -> str | None:
    """Why features and targets are not of the same samples; None where they may be."""
    a, b = x.rows, y.rows
    if a is None or b is None or a.source is None:
        return None
    if None not in (a.division, b.division) and a.division != b.division and not _is_reseeded(call.site.file):
        is_constant = y.content.low is not None and y.content.low == y.content.high
        return None if is_constant else _DIVIDED_APART
    if a.source != b.source:
        return None
    foreign = _other_part(a, b)
    if foreign is not None:
        return f"the features are of the {foreign[0]} part, the targets of the {foreign[1]} part"
    how, other = a.arrangement, b.arrangement
    if a.part != b.part or how == other or how is None or UNKNOWN_ARRANGEMENT in (how, other):
        return None
    if other is None:
        return (
            "'x' was shuffled without 'y': the targets belong to other samples; shuffle both with the same permutation"
        )
    if any(calls_of(call.site.file, _SEEDING)):
        return None
    return (
        "'x' and 'y' were shuffled one after the other, into different orders; shuffle both with the same permutation"
    )


def _division(program: Program, y: Part, otherwise: Site) -> Site:
    """Where the targets were divided, if that is in the same file."""
    for array in arrays_of(y):
        index = None if array.rows is None else array.rows.division
        if index is not None and index < len(program.preparations):
            site = program.preparations[index].site
            return site if site.file is otherwise.file else otherwise
    return otherwise


_DIVIDED_APART = (
    "'x' and 'y' were split by two calls, each of which shuffles in its own order: the targets belong to other "
    "samples; split both in one call"
)


def _other_part(a: Rows, b: Rows) -> tuple[str, str] | None:
    """Where one of the two is of the training part and the other of the test part."""
    for left, right in zip((a.part or "").split("/"), (b.part or "").split("/"), strict=False):
        if left != right:
            return (left, right) if {left, right} == {"train", "test"} else None
    return None
