"""KC503: arguments that Keras 3 does not have, or has in another place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.keras.changes import Change, find, find_argument, gone_part
from kerascheck.layers.names import ACTIVATIONS, INITIALIZERS
from kerascheck.layers.registry import find as find_layer
from kerascheck.machine import names
from kerascheck.machine.mentions import Mention, mentions_in
from kerascheck.machine.static import once_a_file
from kerascheck.machine.values import ClassValue
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, base_of, classes_of, methods, own_method
from kerascheck.rules._gone import severity_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.treewalk import walk

#: Layers of Keras 1 whose window was given by two or three numbers; later ones have the names as well.
_WINDOWS = {"Convolution2D": 2, "Convolution3D": 3, "SeparableConvolution2D": 2}


class GoneArgument(Rule):
    """An argument of an older Keras.

    ## What it does

    Looks up the arguments of layers, models, optimizers, callbacks and functions in a table of those that Keras 1 and 2
    had and Keras 3 has not: `border_mode`, `nb_filter`, `W_regularizer`, `Dropout(p=...)`, `Model(input=...)`,
    `Adam(lr=...)`. It knows some that are given by position as well, where the value says which argument is meant:
    `Convolution2D(32, 3, 3)`, `Dense(64, "uniform")`. (The arguments of `compile` and `fit` have rules of their own.)

    A program for which an older Keras is known to be meant may use them. Where nothing but its own style shows an older
    Keras, the finding is a note.

    ## Why it is bad

    Keras raises TypeError or ValueError. `Convolution2D(32, 3, 3)` means strides of 3 without an error.

    ## Example

    ```python
    from keras.layers import Convolution2D, Dense, Dropout

    layers = [Convolution2D(32, 3, 3, border_mode="same"), Dropout(p=0.5), Dense(output_dim=10)]
    ```

    ## Use instead

    ```python
    from keras.layers import Conv2D, Dense, Dropout

    layers = [Conv2D(32, (3, 3), padding="same"), Dropout(rate=0.5), Dense(units=10)]
    ```

    ## References

    - [Keras 2.0 release notes](https://github.com/keras-team/keras/wiki/Keras-2.0-release-notes)
    - [Keras: migrating Keras 2 code to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KC503"
    name = "gone-argument"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        severity = severity_of(program.source)
        if severity is None:
            return
        # A program that asks for the version before a call is ready for what that version does not take.
        seen = {id(mention.call) for mention in mentions_in(program.source) if mention.is_guarded}
        for argument, call, message, is_sure in _gone_arguments(program.source):
            seen |= {id(call), id(argument)}
            at_most = severity if is_sure or severity is not Severity.ERROR else Severity.WARNING
            yield Finding(Site(program.source, argument), message, severity=at_most)
        for cls in classes_of(program):
            for call, text in _named_weights(cls) if severity_of(cls.site.file) is not None else ():
                message = f"add_weight of a metric takes the shape first in Keras 3; use name={text}"
                yield Finding(Site(cls.site.file, call), message, severity=severity)
        for raised in program.raised:
            if raised.error.kind == "gone-argument" and id(raised.site.node) not in seen:
                yield Finding(raised.site, raised.error.message.rstrip("."), severity=severity)

    VALID = [
        # the names of today
        """
from keras import Input, Model
from keras.layers import Conv2D, Dense, Dropout, LSTM
from keras.optimizers import Adam
from keras.regularizers import l2
inputs = Input((28, 28, 1))
x = Conv2D(32, (3, 3), padding="same", kernel_regularizer=l2(0.01))(inputs)
model = Model(inputs=inputs, outputs=Dropout(rate=0.5)(x))
optimizer = Adam(learning_rate=0.01)
""",
        # Keras 3 takes it, with a warning
        """
from keras.layers import Embedding, LeakyReLU
first = Embedding(100, 8, input_length=20)
second = LeakyReLU(alpha=0.2)
""",
        # strides that are meant as such, and what is the same in both
        """
from keras.layers import Conv2D, Convolution2D
layer = Conv2D(32, 3, 3)
same = Convolution2D(32, 1, 1)
""",
        # weights of an embedding
        """
import numpy as np
from keras.layers import Embedding
layer = Embedding(100, 8, weights=[np.zeros((100, 8))])
""",
        # batches of one size
        """
from keras import layers
inputs = layers.Input(shape=(3,), batch_size=2)
""",
        # meant for Keras 2
        """
import tf_keras as keras
optimizer = keras.optimizers.Adam(lr=0.01)
""",
        # the version is asked for
        """
import keras
from keras.layers import Dropout
if int(keras.__version__.split(".")[0]) < 2:
    layer = Dropout(p=0.5)
else:
    layer = Dropout(rate=0.5)
""",
        # a class of the program
        """
from keras import layers
class Dense(layers.Layer):
    def __init__(self, output_dim):
        super().__init__()
        self.output_dim = output_dim
layer = Dense(output_dim=3)
""",
        # a weight of a metric, and a method of one's own
        """
import keras
class Counted(keras.metrics.Metric):
    def __init__(self):
        super().__init__()
        self.total = self.add_weight(name="total", initializer="zeros")
        self.other = self.add_weight((), "zeros")
class Kept(keras.metrics.Metric):
    def add_weight(self, name):
        return super().add_weight(name=name)
    def build(self):
        return self.add_weight("total")
""",
        # an optimizer of another package
        """
import keras
from torch.optim import Adam
optimizer = Adam([], lr=0.01)
""",
    ]
    INVALID = [
        Invalid(
            """
from keras.layers import Convolution2D, Dense, Dropout
from keras.models import Model, Sequential
model = Sequential([
    Convolution2D(8, 3, 3, border_mode="same", input_shape=(28, 28, 1)),
    Dropout(p=0.3),
    Dense(output_dim=10, init="uniform", W_regularizer="l2"),
])
""",
            [
                (5, "Convolution2D(8, 3, 3) means a kernel of 3 and strides of 3 in Keras 3; use kernel_size=(3, 3)"),
                (5, "Keras 3 has no argument border_mode of Conv2D; use padding"),
                (6, "Keras 3 has no argument p of Dropout; use rate"),
                (7, "Keras 3 has no argument output_dim of Dense; use units"),
                (7, "Keras 3 has no argument init of Dense; use kernel_initializer"),
                (7, "Keras 3 has no argument W_regularizer of Dense; use kernel_regularizer"),
            ],
            """
from keras.layers import Convolution2D, Dense, Dropout
from keras.models import Model, Sequential
model = Sequential([
    Convolution2D(8, (3, 3), padding="same", input_shape=(28, 28, 1)),
    Dropout(rate=0.3),
    Dense(units=10, kernel_initializer="random_uniform", kernel_regularizer="l2"),
])
""",
        ),
        Invalid(
            """
import tensorflow as tf
from keras.layers import Dense, Input
from keras.models import Model
inputs = Input((4,))
model = Model(input=inputs, output=Dense(2, "uniform")(inputs))
def compiled(model, rate):
    model.compile(tf.keras.optimizers.SGD(lr=rate, momentum=0.9), "mse")
""",
            [
                (6, "Keras 3 has no argument input of Model; use inputs"),
                (6, "Keras 3 has no argument output of Model; use outputs"),
                (6, 'Dense takes an activation there in Keras 3; use kernel_initializer="uniform"'),
                (8, "Keras 3 has no argument lr of SGD; use learning_rate"),
            ],
            """
import tensorflow as tf
from keras.layers import Dense, Input
from keras.models import Model
inputs = Input((4,))
model = Model(inputs=inputs, outputs=Dense(2, kernel_initializer="uniform")(inputs))
def compiled(model, rate):
    model.compile(tf.keras.optimizers.SGD(learning_rate=rate, momentum=0.9), "mse")
""",
        ),
        Invalid(
            """
import tensorflow as tf
class Counted(tf.keras.metrics.Metric):
    def __init__(self):
        super().__init__()
        self.total = self.add_weight("total", initializer="zeros")
""",
            [(6, 'add_weight of a metric takes the shape first in Keras 3; use name="total"')],
            """
import tensorflow as tf
class Counted(tf.keras.metrics.Metric):
    def __init__(self):
        super().__init__()
        self.total = self.add_weight(name="total", initializer="zeros")
""",
        ),
        Invalid(
            """
import tensorflow as tf
from tensorflow.keras import layers
inputs = layers.Input((4,))
outputs = layers.Lambda(lambda x: tf.reduce_sum(tf.expand_dims(x, dim=1), keep_dims=True))(inputs)
""",
            [
                (5, "TensorFlow 2 has no argument keep_dims of reduce_sum; use keepdims"),
                (5, "TensorFlow 2 has no argument dim of expand_dims; use axis"),
            ],
            """
import tensorflow as tf
from tensorflow.keras import layers
inputs = layers.Input((4,))
outputs = layers.Lambda(lambda x: tf.reduce_sum(tf.expand_dims(x, axis=1), keepdims=True))(inputs)
""",
        ),
        Invalid(
            """
from keras.layers import LSTM
from keras.models import Sequential
model = Sequential([LSTM(6, batch_input_shape=(4, 1, 2), stateful=True)])
""",
            [(4, "Keras 3 has no argument batch_input_shape of LSTM; use keras.Input(batch_shape=)")],
            """
from keras.layers import LSTM, Input
from keras.models import Sequential
model = Sequential([Input(batch_shape=(4, 1, 2)), LSTM(6, stateful=True)])
""",
        ),
    ]


def _named_weights(cls: ClassValue) -> Iterator[tuple[cst.Call, str]]:
    """The calls of `self.add_weight("name")` in a class of metrics. (Those of layers are followed.)"""
    is_metric = base_of(cls).startswith("keras.metrics.") and own_method(cls, "add_weight") is None
    for method in methods(cls) if is_metric else ():
        code = Code(method)
        for node in walk(code.node):
            if isinstance(node, cst.Call) and node.args and code.is_own_attribute(node.func) == "add_weight":
                first = node.args[0]
                if first.keyword is None and not first.star and isinstance(first.value, cst.SimpleString):
                    yield node, first.value.value


@once_a_file
def _gone_arguments(source: Any) -> Sequence[tuple[cst.CSTNode, cst.Call, str, bool]]:
    """Arguments that Keras 3 does not have, each with its call, what to say, and whether Keras raises for sure."""
    found: list[tuple[cst.CSTNode, cst.Call, str, bool]] = []
    for mention in mentions_in(source):
        call = mention.call
        if call is None or mention.is_guarded or not call.args:
            continue
        if gone_part(mention.dotted, mention.root) is None:
            found += ((argument, call, message, is_sure) for argument, message, is_sure in _gone_in(mention, call))
    return found


def _gone_in(mention: Mention, call: cst.Call) -> Iterator[tuple[cst.CSTNode, str, bool]]:
    """The arguments of the call that Keras 3 does not have, each with what to say and whether Keras raises for sure."""
    owners = _owners(mention.dotted)
    given = {argument.keyword.value for argument in call.args if argument.keyword is not None}
    for argument in call.args:
        if argument.keyword is None:
            continue
        row = _row(owners, argument.keyword.value)
        if row is None or row.raises is not None or not row.is_gone(mention.root):
            continue
        way = row.advice if row.new not in given else None
        owner = (owners[-1] if row.owner.endswith(".Layer") else row.owner).rpartition(".")[2]
        message = (
            f"{'TensorFlow 2' if mention.root == 'tensorflow' else 'Keras 3'} has no argument {row.old} of {owner}"
        )
        yield argument, f"{message}; use {way}" if way is not None else message, True
    yield from _misplaced(mention, owners, call, given)


def _owners(dotted: str) -> tuple[str, ...]:
    """The qualified names under which the table may have the callable."""
    canonical = names.canonical(dotted)
    group, _, name = canonical.rpartition(".")
    definition = find_layer(name) if group == "keras.layers" else None
    if definition is not None:
        canonical = f"keras.layers.{definition.name}"
    return (dotted, canonical)


def _row(owners: tuple[str, ...], name: str) -> Change | None:
    return next((row for owner in owners if (row := find_argument(owner, name)) is not None), None)


def _misplaced(
    mention: Mention, owners: tuple[str, ...], call: cst.Call, given: set[str]
) -> Iterator[tuple[cst.CSTNode, str, bool]]:
    """Positional arguments that stand for something else in Keras 3, where their values say so."""
    positional = [argument for argument in call.args if argument.keyword is None]
    if any(argument.star for argument in positional):
        return
    spelled = mention.dotted.rpartition(".")[2]
    axes = _WINDOWS.get(spelled)
    if axes is not None and len(positional) > axes:
        sizes = [one.value.value for one in positional[1 : axes + 1] if isinstance(one.value, cst.Integer)]
        if len(sizes) == axes and set(sizes) != {"1"} and not given & {"strides", "kernel_size"}:
            filters = positional[0].value
            first = filters.value if isinstance(filters, (cst.Integer, cst.Name)) else "..."
            shown = ", ".join(sizes)
            meant = f"a kernel of {sizes[0]} and strides of {sizes[1]} in Keras 3"
            yield call.func, f"{spelled}({first}, {shown}) means {meant}; use kernel_size=({shown})", False
    for place, argument in enumerate(positional):
        row = next((row for owner in owners if (row := find("position", owner, str(place))) is not None), None)
        if row is None or row.new is None or not isinstance(argument.value, cst.SimpleString):
            continue
        value = argument.value.evaluated_value
        if row.now == "activation" and value in INITIALIZERS and value not in ACTIVATIONS:
            name = owners[-1].rpartition(".")[2]
            yield argument, f"{name} takes an activation there in Keras 3; use {row.new}={argument.value.value}", True
