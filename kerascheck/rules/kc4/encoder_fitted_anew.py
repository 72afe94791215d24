"""KC492: an encoder of labels that learns its classes anew from those of the test."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.content import ENCODED
from kerascheck.data.training import FITTING, Part, arrays_of, training_data, validation_data
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Preparation, Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._data_preparation import is_same_subject, learned
from kerascheck.symbolic.unknown import Unknown


class EncoderFittedAnew(Rule):
    """Test labels are encoded by an encoder that is fitted on them alone.

    ## What it does

    Follows what `LabelEncoder`, `LabelBinarizer` and their like give to `fit`, `evaluate` and `validation_data`. It
    reports one that is fitted on the labels of the test when it, or another one, numbered those of training.

    ## Why it is bad

    An encoder numbers the classes that it sees. Where a class is missing in the test, the numbers of those behind it
    are others than in training: right answers count as wrong.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers
    from sklearn.preprocessing import LabelEncoder

    encoder = LabelEncoder()
    y = encoder.fit_transform(np.array(["cat", "dog", "bird"] * 20))
    y_test = encoder.fit_transform(np.array(["dog", "bird"] * 5))
    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.random.rand(60, 4), y)
    model.evaluate(np.random.rand(10, 4), y_test)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers
    from sklearn.preprocessing import LabelEncoder

    encoder = LabelEncoder()
    y = encoder.fit_transform(np.array(["cat", "dog", "bird"] * 20))
    y_test = encoder.transform(np.array(["dog", "bird"] * 5))
    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.random.rand(60, 4), y)
    model.evaluate(np.random.rand(10, 4), y_test)
    ```

    ## References

    - [scikit-learn: LabelEncoder](https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.LabelEncoder.html)
    """

    code = "KC492"
    name = "encoder-fitted-anew"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        trained: dict[int, Preparation] = {}
        told: set[int] = set()
        for call in program.trainings:
            own, held = training_data(call), validation_data(call)
            if call.method in FITTING:
                step = _learned(program, own.y if own is not None else None)
                if step is None:
                    trained.pop(id(call.network), None)
                else:
                    trained[id(call.network)] = step
            tested = own if call.method == "evaluate" else held if call.method in FITTING else None
            first, second = trained.get(id(call.network)), _learned(program, tested.y if tested is not None else None)
            if first is None or second is None or first is second or id(second) in told or _are_same(first, second):
                continue
            if first.name == second.name:
                told.add(id(second))
                name = second.name.rpartition(".")[2]
                yield Finding(
                    second.site,
                    f"{name} learns the classes again from the labels of the test: where one is missing, the others "
                    "get other numbers than in training; use transform of the one that is fitted on those of training",
                    anchor=call.site,
                )

    VALID = [
        # the same classes for both
        """
import numpy as np
from elsewhere import load
from keras import Sequential, layers
from sklearn.preprocessing import LabelEncoder
x, y, x_test, y_test = load()
encoder = LabelEncoder()
numbers = encoder.fit_transform(y)
model = Sequential([layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, numbers, validation_data=(x_test, encoder.transform(y_test)))
model.evaluate(x_test, encoder.transform(y_test))
""",
        # fitted once more on the same labels, or on all of them
        """
from elsewhere import load
from keras import Sequential, layers
from sklearn.preprocessing import LabelEncoder
x, y = load()
numbers = LabelEncoder().fit_transform(y)
model = Sequential([layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x[:100], numbers[:100])
model.evaluate(x[100:], LabelEncoder().fit_transform(y)[100:])
""",
        # both have all classes
        """
import numpy as np
from keras import Sequential, layers
from sklearn.preprocessing import LabelEncoder
x, x_test = np.random.rand(60, 4), np.random.rand(6, 4)
y, y_test = np.array(["cat", "dog", "bird"] * 20), np.array(["dog", "cat", "bird"] * 2)
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, LabelEncoder().fit_transform(y))
model.evaluate(x_test, LabelEncoder().fit_transform(y_test))
""",
    ]
    INVALID = [
        Invalid(
            """
from elsewhere import load
from keras import Sequential, layers
from sklearn.preprocessing import LabelEncoder
x, y, x_test, y_test = load()
encoder = LabelEncoder()
y = encoder.fit_transform(y)
y_test = encoder.fit_transform(y_test)
model = Sequential([layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
model.evaluate(x_test, y_test)
""",
            [
                (
                    8,
                    "LabelEncoder learns the classes again from the labels of the test: where one is missing, the "
                    "others get other numbers than in training; use transform of the one that is fitted on those of "
                    "training",
                )
            ],
        ),
    ]


def _learned(program: Program, y: Part | None) -> Preparation | None:
    """The step in which the encoder of the only targets learned its classes."""
    arrays = arrays_of(y) if y is not None else []
    return learned(program, arrays[0], ENCODED) if len(arrays) == 1 else None


def _are_same(first: Preparation, second: Preparation) -> bool:
    """Whether both have learned from the same labels, or from labels that surely have the same classes."""
    one, other = first.subject, second.subject
    if is_same_subject(one, other):
        return True
    if isinstance(one, Unknown) and isinstance(other, Unknown) and one.key == other.key:
        return True
    arrays = [step.arrays[0] if step.arrays else None for step in (first, second)]
    found = [_classes(array) if isinstance(array, Array) else None for array in arrays]
    return found[0] is not None and found[0] == found[1]


def _classes(array: Array) -> frozenset[object] | None:
    if array.content.values is not None:
        return frozenset(array.content.values)
    items = array.items
    is_plain = items is not None and all(isinstance(item, (str, int, float)) for item in items)
    return frozenset(items) if is_plain and items is not None else None
