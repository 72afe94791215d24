"""KC426: `class_weight` has a form that Keras cannot use."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._gone import severity_of
from kerascheck.rules._training import (
    argument,
    dialect,
    value_site,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown


class WrongClassWeight(Rule):
    """`class_weight` has a form that Keras cannot use.

    ## What it does

    Reports a `class_weight` that is a list, an array or a string (`"balanced"` is a word of scikit-learn), one whose
    keys are strings, one with numbers that no class of the model has, and any for a model with several outputs.

    ## Why it is bad

    Keras expects a dictionary from class numbers to weights, and a single output: else it raises. Keys that are strings
    raise nothing: Keras looks up whole numbers, finds none and weights nothing. A class without an entry has the weight
    1: where the entries begin at 1, each class has the weight of the one before it.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)), class_weight=[1.0, 5.0])
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)), class_weight={0: 1.0, 1: 5.0})
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC426"
    name = "wrong-class-weight"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            given = argument(call, "class_weight") if "class_weight" in call.arguments.parameters else None
            if not isinstance(given, Given) or given.value is None or isinstance(given.value, Unknown):
                continue
            message, severity = self._judge(call, given.value)
            if _is_by_output(given.value):
                severity = severity_of(call.site.file)
                if severity is None:
                    continue
            if message is not None:
                yield Finding(value_site(call.site, given), message, anchor=call.site, severity=severity)

    def _judge(self, call: TrainCall, value: object) -> tuple[str | None, Severity | None]:
        if isinstance(value, str):
            return (
                f'class_weight="{value}" is not a dictionary; use sklearn.utils.class_weight.compute_class_weight '
                "for its weights",
                None,
            )
        if isinstance(value, (list, tuple, Array)):
            kind = "an array" if isinstance(value, Array) else f"a {type(value).__name__}"
            return f"class_weight is {kind}; Keras expects a dictionary: dict(enumerate(weights))", None
        by_output = isinstance(value, dict) and any(isinstance(key, str) for key in value)
        if len(call.outputs) > 1 and call.network.open is None and not (by_output and dialect(call.site) < 3):
            return (
                f"class_weight is for models with one output, this one has {len(call.outputs)}; use sample_weight",
                None,
            )
        if isinstance(value, dict) and value and all(isinstance(key, str) for key in value):
            return (
                f"the keys of class_weight are strings, so that no class is weighted; use numbers: {_numbered(value)}",
                Severity.WARNING,
            )
        return _without_class(call, value), Severity.WARNING

    VALID = [
        # a dictionary
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), class_weight={0: 1.0, 1: 5.0})
""",
        # a dictionary of a list
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), class_weight=dict(enumerate([1.0, 5.0])))
""",
        # not for all classes
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((8, 4)), np.array([0, 1, 2, 0, 0, 0, 0, 0]), class_weight={1: 3.0, 2: 5.0})
""",
        # none
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), class_weight=None)
""",
        # what it is is not known
        """
from elsewhere import weights, x, y
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y, class_weight=weights)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.zeros((8, 4)), np.zeros((8, 1))
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y, class_weight=[1.0, 5.0])
model.fit(x, y, class_weight="balanced")
model.fit(x, y, class_weight=np.array([1.0, 5.0]))
model.fit(x, y, class_weight={"0": 1.0, "1": 5.0})
""",
            [
                (7, "class_weight is a list; Keras expects a dictionary: dict(enumerate(weights))"),
                (
                    8,
                    'class_weight="balanced" is not a dictionary; use '
                    "sklearn.utils.class_weight.compute_class_weight for its weights",
                ),
                (9, "class_weight is an array; Keras expects a dictionary: dict(enumerate(weights))"),
                (
                    10,
                    "the keys of class_weight are strings, so that no class is weighted; use numbers: {0: ..., 1: ...}",
                ),
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
i = Input((4,))
model = Model(i, [layers.Dense(1, activation="sigmoid")(i), layers.Dense(1, activation="sigmoid")(i)])
model.compile("adam", ["binary_crossentropy", "binary_crossentropy"])
model.fit(np.zeros((8, 4)), [np.zeros((8, 1)), np.zeros((8, 1))], class_weight={0: 1.0, 1: 5.0})
""",
            [(7, "class_weight is for models with one output, this one has 2; use sample_weight")],
        ),
        # numbers from 1
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((8, 4)), np.array([0, 1, 2, 0, 0, 0, 0, 0]), class_weight={1: 1.0, 2: 2.0, 3: 5.0})
""",
            [(6, "class_weight has a weight for class 3, but the 3 outputs are the classes 0 to 2")],
        ),
    ]


def _without_class(call: TrainCall, value: object) -> str | None:
    """What is wrong with weights for numbers that are no class of the model; None where nothing is."""
    shape = call.outputs[0].shape if len(call.outputs) == 1 and call.network.open is None else None
    units = shape[-1] if isinstance(shape, tuple) and shape else None
    if not isinstance(value, dict) or not isinstance(units, int) or units < 2:
        return None
    beyond = [key for key in value if isinstance(key, int) and not 0 <= key < units]
    if not beyond:
        return None
    return f"class_weight has a weight for class {beyond[0]}, but the {units} outputs are the classes 0 to {units - 1}"


def _is_by_output(value: object) -> bool:
    """Dictionaries in a list, which Keras 2 takes: one for each output."""
    return isinstance(value, (list, tuple)) and any(isinstance(one, dict) for one in value)


def _numbered(weights: dict[object, object]) -> str:
    numbers = [str(index) for index in range(min(len(weights), 3))]
    return "{" + ", ".join(f"{number}: ..." for number in numbers) + "}"
