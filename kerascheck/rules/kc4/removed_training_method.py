"""KC422: A method of models is called that Keras 3 no longer has."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.keras.signatures import TRAINING
from kerascheck.network.dims import Dim
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._gone import severity_of
from kerascheck.rules._outputs import describe
from kerascheck.rules._training import (
    call_node,
)
from kerascheck.rules.base import Finding, Invalid, Repair, Replacement, Rule, Thresholds

#: What took the place of methods.
_SUCCESSORS = {
    "fit_generator": "fit",
    "evaluate_generator": "evaluate",
    "predict_generator": "predict",
    "predict_proba": "predict",
}


class RemovedTrainingMethod(Rule):
    """A method of models is called that Keras 3 no longer has.

    ## What it does

    Reports `fit_generator`, `evaluate_generator`, `predict_generator`, `predict_classes` and `predict_proba`. What
    stands for `predict_classes` depends on the output of the model: a threshold for one unit, `argmax` for several.

    It is an error in files for today's Keras (and for `tensorflow.keras`, which has no `predict_classes` since
    TensorFlow 2.6), and a warning where the file shows that it is written for an older one.

    ## Why it is bad

    Python raises AttributeError, for `predict_classes` after all the training.

    ## Example

    ```python
    import numpy as np
    from tensorflow.keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    classes = model.predict_classes(np.zeros((8, 4)))
    ```

    ## Use instead

    ```python
    import numpy as np
    from tensorflow.keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    classes = model.predict(np.zeros((8, 4))).argmax(axis=-1)
    ```

    ## References

    - [TensorFlow 2.6 release notes](https://github.com/tensorflow/tensorflow/releases/tag/v2.6.0)
    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC422"
    name = "removed-training-method"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            successor = _SUCCESSORS.get(call.method)
            if call.method == "predict_classes":
                advice = f"use {_classes_of(call)}"
            elif successor is not None:
                advice = f"use {successor}" + (", which takes generators" if "generator" in call.method else "")
            else:
                continue
            severity = severity_of(call.site.file)
            if severity is not None:
                yield Finding(
                    call.site,
                    f"Keras 3 has no {call.method}; {advice}",
                    _successor_called(call, successor),
                    severity=severity,
                )

    VALID = [
        # what took their place
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
classes = (model.predict(np.zeros((8, 4))) > 0.5).astype("int32")
""",
        # an estimator of scikit-learn
        """
import keras
from sklearn.linear_model import LogisticRegression
LogisticRegression().fit([[0.0], [1.0]], [0, 1]).predict_proba([[0.0]])
""",
        # the program's own
        """
import keras
class Model(keras.Model):
    def predict_classes(self, x):
        return x
Model().predict_classes(1)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from tensorflow.keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
classes = model.predict_classes(np.zeros((8, 4)), batch_size=4)
""",
            [(5, "Keras 3 has no predict_classes; use predict(...).argmax(axis=-1)")],
            fixed="""
import numpy as np
from tensorflow.keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
classes = model.predict(np.zeros((8, 4)), batch_size=4).argmax(axis=-1)
""",
        ),
        Invalid(
            """
import numpy as np
from tensorflow.keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
print(model.predict_classes(np.zeros((8, 4))))
""",
            [(5, 'Keras 3 has no predict_classes; use (predict(...) > 0.5).astype("int32")')],
            fixed="""
import numpy as np
from tensorflow.keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
print((model.predict(np.zeros((8, 4))) > 0.5).astype("int32"))
""",
        ),
        Invalid(
            """
from keras.models import Sequential
from keras.layers import Dense
from elsewhere import batches, tests
model = Sequential([Dense(1, input_shape=(4,))])
model.compile("adam", "mse")
model.fit_generator(batches(), steps_per_epoch=100, epochs=5)
model.fit_generator(batches(), 100, 5, validation_data=tests())
""",
            [
                (7, "Keras 3 has no fit_generator; use fit, which takes generators"),
                (8, "Keras 3 has no fit_generator; use fit, which takes generators"),
            ],
            fixed="""
from keras.models import Sequential
from keras.layers import Dense
from elsewhere import batches, tests
model = Sequential([Dense(1, input_shape=(4,))])
model.compile("adam", "mse")
model.fit(batches(), steps_per_epoch=100, epochs=5)
model.fit(batches(), steps_per_epoch=100, epochs=5, validation_data=tests())
""",
        ),
    ]


def _classes_of(call: TrainCall) -> str:
    """What stands for `predict_classes`, which told by the last axis."""
    units = _units(call)
    if units == 1:
        return '(predict(...) > 0.5).astype("int32")'
    if isinstance(units, int):
        return "predict(...).argmax(axis=-1)"
    return 'predict(...).argmax(axis=-1), or (predict(...) > 0.5).astype("int32") for one unit'


def _units(call: TrainCall) -> Dim:
    outputs = call.outputs or tuple(call.network.outputs)
    return describe(outputs[0]).units if len(outputs) == 1 else None


def _successor_called(call: TrainCall, successor: str | None) -> Repair | None:
    """The call of the new method, where its arguments mean the same."""
    node = call_node(call.site)
    if node is None or not isinstance(node.func, cst.Attribute) or any(arg.star for arg in node.args):
        return None
    keywords = {arg.keyword.value for arg in node.args if arg.keyword is not None}
    order = TRAINING[successor or "predict"]
    if not keywords <= set(order) or sum(arg.keyword is None for arg in node.args) > (1 if successor else len(order)):
        return None
    if successor == "predict" and call.method == "predict_generator" and "batch_size" in keywords:
        return None
    renamed = node.with_changes(func=node.func.with_changes(attr=cst.Name(successor or "predict")))
    if successor is not None:
        return Repair(f"Call {successor}", (Replacement(node, renamed),))
    units = _units(call)
    if not isinstance(units, int):
        return None
    if units == 1:
        compared = cst.Comparison(
            renamed,
            [cst.ComparisonTarget(cst.GreaterThan(), cst.Float("0.5"))],
            lpar=[cst.LeftParen()],
            rpar=[cst.RightParen()],
        )
        new = cst.Call(cst.Attribute(compared, cst.Name("astype")), [cst.Arg(cst.SimpleString('"int32"'))])
    else:
        equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        axis = cst.Arg(cst.UnaryOperation(cst.Minus(), cst.Integer("1")), keyword=cst.Name("axis"), equal=equal)
        new = cst.Call(cst.Attribute(renamed, cst.Name("argmax")), [axis])
    return Repair("Call predict and choose the class", (Replacement(node, new),))
