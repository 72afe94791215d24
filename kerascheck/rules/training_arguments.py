"""KC420 to KC426: the arguments of `fit`, `evaluate` and `predict`."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.training import training_data
from kerascheck.diagnostics import Severity
from kerascheck.fixes.arguments import rename_keyword
from kerascheck.network.arguments import Given
from kerascheck.network.dims import Dim
from kerascheck.network.ir import Program, TrainCall
from kerascheck.rules._gone import severity_of
from kerascheck.rules._outputs import describe
from kerascheck.rules._training import (
    PARAMETERS,
    argument,
    argument_site,
    argument_value,
    call_node,
    dialect,
    known_int,
    value_site,
)
from kerascheck.rules.base import Finding, Invalid, Repair, Replacement, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown


class NotCompiled(Rule):
    """A model is trained or evaluated that was never compiled.

    ## What it does

    Reports `fit`, `evaluate`, `train_on_batch` and `test_on_batch` of a model that the program builds and for which no
    call of `compile` has been made. It says nothing where the file has a call of `compile` that the analysis has not
    seen: that one may be meant for the model.

    ## Why it is bad

    Keras raises ValueError: it knows neither the loss nor the optimizer. (`predict` needs no `compile`.) A copy by
    `clone_model` is not compiled, whatever the original was.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC420"
    name = "not-compiled"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            network = call.network
            if call.compiled is not None or call.method.startswith("predict") or network.open is not None:
                continue
            if not any(network is known for known in program.networks) or _may_be_compiled_elsewhere(program, call):
                continue
            name = network.variable or "the model"
            yield Finding(call.site, f"{name} is not compiled: {call.method} raises ValueError; call compile first")

    VALID = [
        # compiled
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # predictions need no loss
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
print(model.predict(np.zeros((8, 4))))
""",
        # a loaded model is compiled as it was saved
        """
import sys
import numpy as np
import keras
if len(sys.argv) > 1:
    model = keras.models.load_model(sys.argv[1])
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # compiled by a function
        """
import numpy as np
from keras import Sequential, layers
def prepare(model):
    model.compile("adam", "mse")
    return model
model = prepare(Sequential([layers.Input((4,)), layers.Dense(1)]))
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # compiled by another method, which is called from outside
        """
from keras import Sequential, layers
class Trainer:
    def __init__(self):
        self.model = Sequential([layers.Input((4,)), layers.Dense(1)])
    def set_up(self):
        self.model.compile("adam", "mse")
    def train(self, x, y):
        self.model.fit(x, y)
""",
        # what a function elsewhere does is not known
        """
from elsewhere import compile_it, x, y
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
compile_it(model)
model.fit(x, y)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
            [(5, "model is not compiled: fit raises ValueError; call compile first")],
        ),
        # the other one is compiled
        Invalid(
            """
import numpy as np
import keras
from keras import Sequential, layers
first = Sequential([layers.Input((4,)), layers.Dense(1)])
first.compile("adam", "mse")
second = keras.models.clone_model(first)
print(second.evaluate(np.zeros((8, 4)), np.zeros((8, 1))))
""",
            [(8, "second is not compiled: evaluate raises ValueError; call compile first")],
        ),
    ]


def _may_be_compiled_elsewhere(program: Program, call: TrainCall) -> bool:
    """Whether the file calls `compile` in places that this run has not reached."""
    code: str = getattr(call.site.file, "code", "")
    written = code.count(".compile(") - code.count("re.compile(")
    seen = {compiled.site.key for compiled in program.compiles if compiled.site.file is call.site.file}
    return written > len(seen)


# -- arguments that there are not ----------------------------------------------------------------------------------

#: What became of the arguments of Keras 1: the new name (None: there is none), and what to do.
_RENAMED = {"nb_epoch": "epochs"}
_KERAS_1 = {
    "nb_epoch": "it is called epochs since Keras 2",
    "samples_per_epoch": "since Keras 2 it is steps_per_epoch, which counts batches",
    "nb_val_samples": "since Keras 2 it is validation_steps, which counts batches",
    "val_samples": "it is called steps since Keras 2, which counts batches",
    "show_accuracy": 'give compile metrics=["accuracy"]',
    "nb_worker": "give workers to the PyDataset",
    "max_q_size": "give max_queue_size to the PyDataset",
    "pickle_safe": "give use_multiprocessing to the PyDataset",
}
_KERAS_2 = {
    name: f"Keras 3 takes it in the constructor of the PyDataset: super().__init__({name}=...)"
    for name in ("workers", "use_multiprocessing", "max_queue_size")
}
#: What the calls for a single batch took before Keras 3.
_ON_BATCH = {"reset_metrics": "Keras 3 begins anew with each batch"}
_METHODS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")


class RemovedTrainingArgument(Rule):
    """A training call is given an argument that it does not have (any more).

    ## What it does

    Compares the keyword arguments of `fit`, `evaluate`, `predict` and the methods for single batches with those of
    Keras 3. It knows the names of Keras 1 (`nb_epoch`, `samples_per_epoch`, `show_accuracy`...) and of Keras 2
    (`workers`, `use_multiprocessing`, `max_queue_size`), and proposes a name that looks like a misspelled one.

    It is an error where the file is written for today's Keras, and a note where nothing but the way it is written shows
    an older one. Where an older Keras is known to be meant, its arguments are not reported.

    ## Why it is bad

    Keras raises TypeError (`evaluate`: ValueError) as soon as the method is called.

    ## Example

    ```python
    import numpy as np
    from tensorflow.keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)), nb_epoch=10)
    ```

    ## Use instead

    ```python
    import numpy as np
    from tensorflow.keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=10)
    ```

    ## References

    - [Keras 2.0 release notes](https://github.com/keras-team/keras/wiki/Keras-2.0-release-notes)
    - [Keras: migrating to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KC421"
    name = "removed-training-argument"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            if call.method not in _METHODS:
                continue
            for name, given in call.arguments.keywords.items():
                if name in PARAMETERS[call.method] or given.node is None:
                    continue
                site = argument_site(call.site, given)
                message = f"{call.method} has no argument {name}"
                on_batch = _ON_BATCH if call.method in ("train_on_batch", "test_on_batch") else {}
                advice = _KERAS_1.get(name) or _KERAS_2.get(name) or on_batch.get(name)
                near = difflib.get_close_matches(name, PARAMETERS[call.method], 1, 0.75)
                if advice is None and near:
                    advice = f"did you mean {near[0]}?"
                severity = None
                if name in _KERAS_2 or name in _KERAS_1 or name in on_batch:
                    severity = severity_of(call.site.file)
                    if severity is None:
                        continue
                yield Finding(
                    site,
                    f"{message}; {advice}" if advice else message,
                    _renamed(call, given, name),
                    anchor=call.site,
                    severity=severity,
                )

    VALID = [
        # the names of today
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=10, initial_epoch=5, validation_freq=2, validation_split=0.25)
""",
        # another thing with a method of that name
        """
from keras import layers
from elsewhere import search, x, y
search.fit(x, y, nb_epoch=10)
""",
        # the program's own fit
        """
import keras
class Model(keras.Model):
    def fit(self, x, y, nb_epoch):
        return nb_epoch
Model().fit(1, 2, nb_epoch=10)
""",
        # behind **, no name is known
        """
import json, sys
import numpy as np
from keras import Sequential, layers
options = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), **options)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras.models import Sequential
from keras.layers import Dense
model = Sequential()
model.add(Dense(1, input_dim=4))
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), nb_epoch=10, batch_size=4)
""",
            [(8, "fit has no argument nb_epoch; it is called epochs since Keras 2")],
            fixed="""
import numpy as np
from keras.models import Sequential
from keras.layers import Dense
model = Sequential()
model.add(Dense(1, input_dim=4))
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=10, batch_size=4)
""",
        ),
        Invalid(
            """
import numpy as np
from tensorflow import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.evaluate(np.zeros((8, 4)), np.zeros((8, 1)), show_accuracy=True)
""",
            [(6, 'evaluate has no argument show_accuracy; give compile metrics=["accuracy"]')],
            """
import numpy as np
from tensorflow import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.evaluate(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        ),
        Invalid(
            """
import numpy as np
from tensorflow import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), workers=4, batchsize=4, colour="red")
""",
            [
                (
                    6,
                    "fit has no argument workers; Keras 3 takes it in the constructor of the PyDataset: "
                    "super().__init__(workers=...)",
                ),
                (6, "fit has no argument batchsize; did you mean batch_size?"),
                (6, "fit has no argument colour"),
            ],
            """
import numpy as np
from tensorflow import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), batchsize=4, colour="red")
""",
        ),
    ]


def _renamed(call: TrainCall, given: Given, name: str) -> Repair | None:
    """Write the new name, where it means the same and is not given as well."""
    new, node = _RENAMED.get(name), call_node(call.site)
    if new is None or node is None or given.node is None or not any(arg is given.node for arg in node.args):
        return None
    order = PARAMETERS[call.method]
    if new in call.arguments.keywords or new not in order or len(call.arguments.positional) > order.index(new):
        return None
    return Repair(f"Write {new}", (Replacement(node, rename_keyword(node, given.node, new)),))


# -- methods that there are not -------------------------------------------------------------------------------------

#: What took the place of methods.
_SUCCESSORS = {
    "fit_generator": "fit",
    "evaluate_generator": "evaluate",
    "predict_generator": "predict",
    "predict_proba": "predict",
}


class RemovedTrainingMethod(Rule):
    """A method of models is called that Keras 3 has no more.

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
    order = PARAMETERS[successor or "predict"]
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


# -- steps and arrays ------------------------------------------------------------------------------------------------


class StepsForArrays(Rule):
    """`steps_per_epoch` does not agree with the number of batches that arrays make.

    ## What it does

    Reports `fit` on arrays with a `steps_per_epoch` other than the number of samples divided by the size of a batch,
    rounded up, where all three are known.

    ## Why it is bad

    With more steps than batches, Keras warns in each epoch that the input ran out of data. With fewer, it goes on in
    the next epoch where it stopped and ends that epoch with the data: every other epoch is nearly empty, and the
    figures of the epochs cannot be compared. Arrays need no `steps_per_epoch`; it is for streams.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), batch_size=16, steps_per_epoch=64, epochs=5)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), batch_size=16, epochs=5)
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC425"
    name = "steps-for-arrays"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            given = argument(call, "steps_per_epoch") if call.method == "fit" else None
            steps = known_int(given.value) if isinstance(given, Given) else None
            batches = batches_of(call)
            if not isinstance(given, Given) or steps is None or batches is None or steps < 1:
                continue
            epochs = argument_value(call, "epochs", 1)
            if isinstance(epochs, Unknown):
                continue
            if steps > batches:
                message = f"the arrays make {batches} batches, not {steps}, and run out in each epoch"
            elif batches % steps and not (isinstance(epochs, int) and epochs <= batches // steps):
                message = (
                    f"the arrays make {batches} batches, which are no whole epochs of {steps}: "
                    f"some epochs get {batches % steps}"
                )
            else:
                continue
            yield Finding(argument_site(call.site, given), f"{message}; leave steps_per_epoch out", anchor=call.site)

    VALID = [
        # all batches
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((60, 4)), np.zeros((60, 1)), batch_size=16, steps_per_epoch=4, epochs=5)
""",
        # epochs of half the data: the second half is the next epoch
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), batch_size=16, steps_per_epoch=2, epochs=4)
""",
        # the data last longer than the training
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((6400, 4)), np.zeros((6400, 1)), steps_per_epoch=60, epochs=3)
""",
        # the number of samples is not known
        """
from elsewhere import x, y
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, batch_size=16, steps_per_epoch=len(x) // 16, epochs=5)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.zeros((64, 4)), np.zeros((64, 1))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, batch_size=16, steps_per_epoch=64, epochs=5)
model.fit(x, y, validation_split=0.5, steps_per_epoch=2)
model.fit(x, y, batch_size=16, steps_per_epoch=3, epochs=5)
""",
            [
                (
                    7,
                    "the arrays make 4 batches, not 64, and run out in each epoch; leave steps_per_epoch out",
                ),
                (
                    8,
                    "the arrays make 1 batches, not 2, and run out in each epoch; leave steps_per_epoch out",
                ),
                (
                    9,
                    "the arrays make 4 batches, which are no whole epochs of 3: some epochs get 1; "
                    "leave steps_per_epoch out",
                ),
            ],
        ),
    ]


def batches_of(call: TrainCall) -> int | None:
    """The number of batches in an epoch of `fit` on arrays; None where it is not known."""
    x = training_data(call).x
    count = x.shape[0] if isinstance(x, Array) and isinstance(x.shape, tuple) and x.shape else None
    size, split = argument_value(call, "batch_size"), argument_value(call, "validation_split", 0.0)
    size = 32 if size is None else known_int(size)
    if not isinstance(count, int) or not size or size < 1 or training_data(call).is_stream:
        return None
    if isinstance(split, bool) or not isinstance(split, (int, float)) or not 0 <= split < 1:
        return None
    return math.ceil(int(count * (1 - split)) / size)


class WrongClassWeight(Rule):
    """`class_weight` is given in a form that Keras cannot use.

    ## What it does

    Reports a `class_weight` that is a list, an array or a string (`"balanced"` is a word of scikit-learn), one whose
    keys are strings, and any for a model with several outputs.

    ## Why it is bad

    Keras expects a dictionary from class numbers to weights, and a single output: else it raises. Keys that are strings
    raise nothing: Keras looks up whole numbers, finds none and weights nothing.

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
            given = argument(call, "class_weight") if "class_weight" in PARAMETERS.get(call.method, ()) else None
            if not isinstance(given, Given) or given.value is None or isinstance(given.value, Unknown):
                continue
            message, severity = self._judge(call, given.value)
            if message is not None:
                yield Finding(value_site(call.site, given), message, anchor=call.site, severity=severity)

    def _judge(self, call: TrainCall, value: object) -> tuple[str | None, Severity | None]:
        if isinstance(value, str):
            return (
                f'class_weight="{value}" is no dictionary; '
                "use sklearn.utils.class_weight.compute_class_weight for its weights",
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
        return None, None

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
                    'class_weight="balanced" is no dictionary; '
                    "use sklearn.utils.class_weight.compute_class_weight for its weights",
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
    ]


def _numbered(weights: dict[object, object]) -> str:
    numbers = [str(index) for index in range(min(len(weights), 3))]
    return "{" + ", ".join(f"{number}: ..." for number in numbers) + "}"
