"""KC434: Something in `compile` is not what its place expects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.keras.changes import find as find_row
from kerascheck.keras.signatures import COMPILE
from kerascheck.network.arguments import Given
from kerascheck.network.program import CompileCall, KerasObject, Program
from kerascheck.rules._figures import BY_NAME
from kerascheck.rules._gone import severity_of
from kerascheck.rules._registered import registers_names
from kerascheck.rules._training import argument_site, value_site
from kerascheck.rules.base import Finding, Invalid, Repair, Replacement, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol
from kerascheck.text.spelling import most_like
from kerascheck.training.compiled_losses import ALIASES, LOSSES, part_site

#: Optimizers by name, in small letters. Source: keras/src/optimizers/__init__.py (Keras 3.15).
_OPTIMIZERS = {
    name.lower(): name
    for name in (
        "SGD", "RMSprop", "Adam", "AdamW", "Adadelta", "Adagrad", "Adamax", "Adafactor", "Nadam", "Ftrl", "Lion",
        "Muon", "LossScaleOptimizer", "ScheduleFreeAdamW",
    )
}  # fmt: skip


#: Losses by name that `compile` takes beside the functions of `_losses.LOSSES` and their classes.
#: Source: keras/src/losses/__init__.py, keras/src/trainers/compile_utils.py (Keras 3.15).
_MORE_LOSSES = {
    "bce", "BCE", "kld", "KLD", "mae", "MAE", "mape", "MAPE", "mse", "MSE", "msle", "MSLE", "KLDivergence", "CTC",
    "ctc", "Dice", "dice", "Tversky", "tversky", "Circle", "circle",
}  # fmt: skip


_LOSS_NAMES = LOSSES | _MORE_LOSSES | {"".join(part.capitalize() for part in name.split("_")) for name in LOSSES}


#: Losses that Keras 2 has under names that Keras 3 does not know.
_OLD_LOSSES = {name for name in ALIASES if name not in _LOSS_NAMES}


#: Arguments that older versions have.
_OLD_PARAMETERS = {
    "class_mode": "Keras 1 dropped it",
    "sample_weight_mode": "Keras 3 tells it from the shape of the weights",
    "target_tensors": "TensorFlow 2 has no such thing",
    "lr": "pass it to the optimizer as learning_rate",
    "learning_rate": "pass it to the optimizer",
}


#: Metrics that KC501 speaks about.
_REMOVED_METRICS = {"fmeasure", "fbeta_score", "matthews_correlation"}


#: Names that metrics had before Keras 3.
_OLD_METRICS = {"cosine", "cosine_proximity", *ALIASES} - BY_NAME.keys()


class WrongCompileArgument(Rule):
    """Something in `compile` is not what its place expects.

    ## What it does

    Reports losses in the place of the optimizer and optimizers in the place of the loss, classes of optimizers in place
    of objects, names that Keras does not know, metrics that are not a list or stand in third place (which is that of
    `loss_weights` since Keras 3), and arguments that there are not.

    What Keras 2 took is a warning where the file shows that it is written for Keras 1 or 2.

    ## Why it is bad

    Keras raises ValueError or TypeError, for losses and metrics not before the first batch.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("binary_crossentropy", "adam")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    ```

    ## References

    - [Keras: compile](https://keras.io/api/models/model_training_apis/#compile-method)
    """

    code = "KC434"
    name = "wrong-compile-argument"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.compiles:
            found = [*self._keywords(call), *self._optimizer(call)]
            if not call.network.own_methods:  # a training loop of the program may read them as it likes
                found += [*self._losses(call), *self._metrics(call)]
            grade = severity_of(call.site.file)
            for finding, is_old in found:
                if not is_old:
                    yield finding
                elif grade is not None:
                    yield replace(finding, severity=grade)

    def _keywords(self, call: CompileCall) -> Iterator[tuple[Finding, bool]]:
        for name, given in call.arguments.keywords.items():
            if name in COMPILE or given.node is None:
                continue
            near = most_like(name, COMPILE, 0.75)
            row = find_row("argument", "keras.Model.compile", name)
            renamed = f"Keras 3 calls it {row.new}" if row is not None and row.new is not None else None
            advice = _OLD_PARAMETERS.get(name) or renamed or (f"did you mean {near}?" if near else None)
            message = f"compile has no argument {name}" + (f"; {advice}" if advice else "")
            is_old = name in _OLD_PARAMETERS or row is not None
            yield Finding(argument_site(call.site, given), message, anchor=call.site), is_old

    def _optimizer(self, call: CompileCall) -> Iterator[tuple[Finding, bool]]:
        given = call.arguments.get("optimizer", 0)
        if not isinstance(given, Given):
            return
        value = given.value
        message = None
        if isinstance(value, str) and value.lower() not in _OPTIMIZERS and not registers_names(call.site, value):
            near = most_like(value.lower(), _OPTIMIZERS, 0.7)
            if value in _LOSS_NAMES | _OLD_LOSSES:
                message = f'"{value}" is a loss; the optimizer comes first'
            else:
                message = f'Keras has no optimizer "{value}"' + (f'; did you mean "{near}"?' if near else "")
        elif isinstance(value, Symbol) and value.name.startswith("keras.optimizers."):
            name = value.name.rpartition(".")[2]
            if name.lower() in _OPTIMIZERS and name[:1].isupper():
                message = f"{name} is a class; write {name}()"
        elif isinstance(value, (Symbol, KerasObject)):
            kind = _family(value)
            if kind in ("loss", "metric"):
                message = f"{_shown(value)} is a {kind}, not an optimizer"
        if message is not None:
            yield Finding(value_site(call.site, given), message, anchor=call.site), False

    def _losses(self, call: CompileCall) -> Iterator[tuple[Finding, bool]]:
        given = call.arguments.get("loss", 1)
        if not isinstance(given, Given):
            return
        value = given.value
        parts: list[tuple[Any, str | int | None]] = [(value, None)]
        if isinstance(value, dict):
            parts = [(item, key if isinstance(key, str) else None) for key, item in value.items()]
        elif isinstance(value, (list, tuple)):
            parts = [(item, index) for index, item in enumerate(value)]
        for item, part in parts:
            message = self._loss(item, call)
            if message is not None:
                old = isinstance(item, str) and item in _OLD_LOSSES
                yield Finding(part_site(call, given, part), message, anchor=call.site), old

    def _loss(self, value: Any, call: CompileCall) -> str | None:
        if isinstance(value, str):
            if value in _LOSS_NAMES or value.lower() in ("crossentropy", "ce") or registers_names(call.site, value):
                return None
            if value.lower() in _OPTIMIZERS:
                return f'"{value}" is an optimizer, not a loss'
            if value in ALIASES:
                return f'Keras 3 has no loss "{value}"; it is called "{ALIASES[value]}"'
            if value.lower() in ("accuracy", "acc"):
                return f'"{value}" is a metric and has no gradient; pass a loss'
            near = most_like(value.lower(), LOSSES, 0.8)
            return f'Keras has no loss "{value}"' + (f'; did you mean "{near}"?' if near else "")
        if isinstance(value, (Symbol, KerasObject)) and _family(value) == "optimizer":
            return f"{_shown(value)} is an optimizer, not a loss"
        return None

    def _metrics(self, call: CompileCall) -> Iterator[tuple[Finding, bool]]:
        if len(call.arguments.positional) > 2 and "metrics" not in call.arguments.keywords:
            third = call.arguments.positional[2]
            if isinstance(third.value, (list, tuple)) and third.value and all(isinstance(i, str) for i in third.value):
                yield (
                    Finding(
                        value_site(call.site, third),
                        "the third argument of compile is loss_weights since Keras 3; write metrics=",
                        _named_metrics(call),
                        anchor=call.site,
                    ),
                    True,
                )
        for label in ("metrics", "weighted_metrics"):
            given = call.arguments.get(label)
            if not isinstance(given, Given):
                continue
            if isinstance(given.value, (str, KerasObject)):
                yield (
                    Finding(
                        value_site(call.site, given),
                        f"Keras 3 expects {label} as a list: [{_shown(given.value)}]",
                        _listed(call, given),
                        anchor=call.site,
                    ),
                    True,
                )
            elif isinstance(given.value, (list, tuple)):
                for index, item in enumerate(given.value):
                    message = self._metric(item, call)
                    if message is not None:
                        old = isinstance(item, str) and item in _OLD_METRICS
                        yield Finding(part_site(call, given, index), message, anchor=call.site), old

    def _metric(self, value: Any, call: CompileCall) -> str | None:
        if not isinstance(value, str) or value in BY_NAME or value.lower() in ("accuracy", "acc"):
            return None
        if value in _REMOVED_METRICS or registers_names(call.site, value):
            return None
        if value in ("loss", "val_loss"):
            return f'"{value}" is not a metric: the loss is always reported'
        names = sorted({*(name for name in BY_NAME if name.islower()), "accuracy"})
        near = most_like(value.lower(), names, 0.75)
        return f'Keras has no metric "{value}"' + (
            f'; did you mean "{near}"?' if near else "; use a class of keras.metrics"
        )

    VALID = [
        # everything in its place
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("Adam", "BinaryCrossentropy", metrics=["AUC", "acc", "mse", "f1_score"])
model.compile(keras.optimizers.SGD(0.1), keras.losses.BinaryCrossentropy(), [1.0], ["accuracy"])
model.compile(optimizer="RMSProp", loss="crossentropy", run_eagerly=True, jit_compile=False)
""",
        # the program's own loss and metric
        """
from keras import Sequential, layers, ops
def loss(y, p):
    return ops.mean(ops.abs(y - p))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", loss, metrics=[loss])
""",
        # names that are registered, and do not stand in the program
        """
from keras.layers import Dense
from keras.models import Sequential
from keras.utils.generic_utils import get_custom_objects
from mine import objects
get_custom_objects().update(objects)
model = Sequential([Dense(1, input_dim=4)])
model.compile("adam", "far")
""",
        # names that the program registers
        """
from keras import backend as K
from keras.layers import Dense
from keras.models import Sequential
from keras.utils.generic_utils import get_custom_objects
def far(y, p):
    return K.mean(K.abs(y - p))
get_custom_objects().update({"far": far})
model = Sequential([Dense(1, input_dim=4)])
model.compile("adam", "far")
""",
        # one for each output
        """
from keras import Input, Model, layers
i = Input((4,))
model = Model(i, [layers.Dense(1, name="size")(i), layers.Dense(1, name="price")(i)])
model.compile("adam", {"size": "mse", "price": "mae"}, metrics={"size": "mae", "price": ["mse"]})
""",
        # the training step of the program makes of them what it likes
        """
import keras
class Distiller(keras.Model):
    def train_step(self, data):
        return {}
model = Distiller()
model.compile("adam", "teacher", metrics=["kl"])
""",
        # a method of that name of something else
        """
import re
import keras
pattern = re.compile("binary_crossentropy", re.IGNORECASE)
""",
    ]
    INVALID = [
        # a class of the program that Keras trains
        Invalid(
            """
import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(3, activation="softmax")
    def call(self, x):
        return self.head(x)
model = Net()
model.compile("adam", "sparse_crossentropy", metrics=["sparse_accuracy"])
""",
            [
                (10, 'Keras has no loss "sparse_crossentropy"'),
                (10, 'Keras has no metric "sparse_accuracy"; use a class of keras.metrics'),
            ],
        ),
        # another name is registered
        Invalid(
            """
from keras.initializers import RandomUniform
from keras.layers import Dense
from keras.models import Sequential
from keras.utils import CustomObjectScope, get_custom_objects
get_custom_objects()["uniform"] = RandomUniform(seed=1)
get_custom_objects().update({"narrow": RandomUniform(0, 0.1)}, wide=RandomUniform(0, 9))
with CustomObjectScope({"wider": RandomUniform(0, 99)}):
    model = Sequential([Dense(1, input_dim=4, kernel_initializer="wider")])
model.compile("adam", "mse", metrics=["acuracy"])
""",
            [(10, 'Keras has no metric "acuracy"; did you mean "accuracy"?')],
        ),
        # a function is registered under the name of its package
        Invalid(
            """
import keras
from keras import Sequential, layers, ops
@keras.saving.register_keras_serializable()
def far(y, p):
    return ops.mean(ops.abs(y - p))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "far")
""",
            [(8, 'Keras has no loss "far"')],
        ),
        Invalid(
            """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("binary_crossentropy", "adam")
model.compile(keras.optimizers.Adam, keras.optimizers.SGD())
model.compile("rmsprob", "binary_cross_entropy", metrics=["acuracy", "loss"])
model.compile("adam", "accuracy", metric=["accuracy"])
model.compile(keras.losses.MeanSquaredError(), loss="mse", learning_rate=0.1)
""",
            [
                (5, '"binary_crossentropy" is a loss; the optimizer comes first'),
                (5, '"adam" is an optimizer, not a loss'),
                (6, "Adam is a class; write Adam()"),
                (6, "SGD() is an optimizer, not a loss"),
                (7, 'Keras has no optimizer "rmsprob"; did you mean "rmsprop"?'),
                (7, 'Keras has no loss "binary_cross_entropy"; did you mean "binary_crossentropy"?'),
                (7, 'Keras has no metric "acuracy"; did you mean "accuracy"?'),
                (7, '"loss" is not a metric: the loss is always reported'),
                (8, '"accuracy" is a metric and has no gradient; pass a loss'),
                (8, "compile has no argument metric; did you mean metrics?"),
                (9, "MeanSquaredError() is a loss, not an optimizer"),
                (9, "compile has no argument learning_rate; pass it to the optimizer"),
            ],
        ),
        # what Keras 2 took
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "kullback_leibler_divergence", metrics="accuracy")
model.compile("adam", "mse", ["mae", "accuracy"])
""",
            [
                (4, 'Keras 3 has no loss "kullback_leibler_divergence"; it is called "kl_divergence"'),
                (4, 'Keras 3 expects metrics as a list: ["accuracy"]'),
                (5, "the third argument of compile is loss_weights since Keras 3; write metrics="),
            ],
            fixed="""
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "kl_divergence", metrics=["accuracy"])
model.compile("adam", "mse", metrics=["mae", "accuracy"])
""",
        ),
    ]


def _family(value: Symbol | KerasObject) -> str | None:
    """What a thing of Keras is: an optimizer, a loss, a metric."""
    name = value.name if isinstance(value, Symbol) else value.qualname
    parts = name.split(".")
    if len(parts) != 3 or parts[0] != "keras":
        return None
    if parts[1] == "optimizers":
        return "optimizer" if parts[2].lower() in _OPTIMIZERS else None
    return {"losses": "loss", "metrics": "metric"}.get(parts[1])


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    name = value.name if isinstance(value, Symbol) else value.qualname
    return name.rpartition(".")[2] + ("()" if isinstance(value, KerasObject) else "")


_EQUAL = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


def _named_metrics(call: CompileCall) -> Repair | None:
    """Write `metrics=` before the third argument, where nothing without a name stands behind it."""
    node, third = call.site.node, call.arguments.positional[2]
    if not isinstance(node, cst.Call) or len(call.arguments.positional) != 3 or third.node is None:
        return None
    if not any(arg is third.node for arg in node.args):
        return None
    named = third.node.with_changes(keyword=cst.Name("metrics"), equal=_EQUAL)
    changed = node.with_changes(args=[named if arg is third.node else arg for arg in node.args])
    return Repair("Write metrics=", (Replacement(node, changed),))


def _listed(call: CompileCall, given: Given) -> Repair | None:
    """Put brackets around the one metric."""
    if given.node is None or not isinstance(given.node.value, (cst.SimpleString, cst.Call)):
        return None
    value = given.node.value
    return Repair("Make it a list", (Replacement(value, cst.List([cst.Element(value)])),))
