"""KC510: values that Keras 3 refuses where older versions took them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.keras.changes import Change, find
from kerascheck.layers.names import ACTIVATIONS, CONSTRAINTS, REGULARIZERS
from kerascheck.machine.mentions import mentions_in
from kerascheck.machine.names import canonical
from kerascheck.machine.registered import registered_in
from kerascheck.machine.static import once_a_file
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._figures import BY_NAME
from kerascheck.rules._gone import severity_of
from kerascheck.rules._training import value_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol
from kerascheck.training.compiled_losses import LOSSES, part_site

#: How parameters of layers end, and the module whose names they take.
_NAMED = {
    "_initializer": "keras.initializers",
    "_regularizer": "keras.regularizers",
    "_constraint": "keras.constraints",
}


class GoneValue(Rule):
    """A name or constant that Keras 3 does not know as a value.

    ## What it does

    Reports `reduction="auto"` and `Reduction.AUTO` given to losses, `epsilon=None` given to optimizers, and names of
    constraints, regularizers and initializers that older versions of Keras had. So it does with names that the program
    registers itself, where Keras 3 looks for them in tables of its own: of activations, regularizers and constraints,
    losses and metrics.

    A program for which an older Keras is known to be meant may use them. Where nothing but its own style shows an
    older Keras, the finding is a note. (Where a program is written for Keras 3, the names are reported with the other
    arguments of layers that it refuses.)

    ## Why it is bad

    Keras raises ValueError: for `epsilon=None` only when the model is trained.

    ## Example

    ```python
    from tensorflow.keras import losses

    loss = losses.MeanSquaredError(reduction=losses.Reduction.AUTO)
    ```

    ## Use instead

    ```python
    from tensorflow.keras import losses

    loss = losses.MeanSquaredError()
    ```

    ## References

    - [Keras: losses](https://keras.io/api/losses/)
    """

    code = "KC510"
    name = "gone-value"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for name, arguments, site in program.calls:
            given, severity = arguments.get("reduction"), severity_of(site.file)
            if name.startswith("keras.losses.") and isinstance(given, Given) and _is_auto(given.value) and severity:
                message = 'losses of Keras 3 have no reduction "auto"; use "sum_over_batch_size", the default'
                yield Finding(value_site(site, given), message, anchor=site, severity=severity)
        yield from _constants(program)
        yield from _registered(program)
        for layer in program.layers:
            place = layer.site
            if layer.arguments is None or place is None or severity_of(place.file) is not Severity.INFO:
                continue
            for given, message in _names(layer.arguments.keywords):
                yield Finding(value_site(place, given), message, anchor=place, severity=Severity.INFO)

    VALID = [
        # what Keras 3 has itself, and what it looks up
        """
from keras.layers import Dense
from keras.utils import get_custom_objects
def swish(x):
    return x
def ones_and_more(shape, dtype=None):
    return 1.0
get_custom_objects().update({"swish": swish, "ones_and_more": ones_and_more})
layer = Dense(4, activation="swish", kernel_initializer="ones_and_more")
""",
        # reductions that there are
        """
from keras import losses
one = losses.MeanSquaredError(reduction="sum")
two = losses.MeanSquaredError(reduction="sum_over_batch_size")
three = losses.MeanSquaredError(reduction=None)
four = losses.MeanSquaredError(reduction="none")
""",
        # tf.keras keeps the class
        """
import tensorflow as tf
loss = tf.keras.losses.MeanSquaredError(reduction=tf.keras.losses.Reduction.NONE)
other = tf.keras.losses.BinaryCrossentropy(reduction=tf.keras.losses.Reduction.SUM)
""",
        # an optimizer without it, and an argument that may be None
        """
from keras.optimizers import Adam, RMSprop
one = Adam(learning_rate=0.001, epsilon=1e-8, clipnorm=None)
two = RMSprop(weight_decay=None)
""",
        # meant for an older Keras
        """
import tf_keras as keras
optimizer = keras.optimizers.Adam(epsilon=None)
""",
        # names of today
        """
from keras.layers import Dense
from keras.utils.np_utils import to_categorical
layer = Dense(3, kernel_constraint="max_norm", kernel_initializer="uniform")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers, ops
from keras.layers import Activation
from keras.utils import custom_object_scope, get_custom_objects
def softer(x):
    return ops.softplus(x) + 1e-9
def error(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred))
get_custom_objects().update({"softer": Activation(softer)})
with custom_object_scope({"error": error}):
    model = Sequential([layers.Input((4,)), layers.Dense(4, activation="softer"), layers.Dense(1)])
    model.add(Activation("softer"))
    model.compile("adam", "error", metrics=["mae", "error"])
""",
            [
                (11, 'Keras 3 does not look for "softer" among registered names; pass what it stands for itself'),
                (12, 'Keras 3 does not look for "softer" among registered names; pass what it stands for itself'),
                (13, 'Keras 3 does not look for "error" among registered names; pass what it stands for itself'),
                (13, 'Keras 3 does not look for "error" among registered names; pass what it stands for itself'),
            ],
            """
from keras import Sequential, layers, ops
from keras.layers import Activation
from keras.utils import custom_object_scope, get_custom_objects
def softer(x):
    return ops.softplus(x) + 1e-9
def error(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred))
get_custom_objects().update({"softer": Activation(softer)})
with custom_object_scope({"error": error}):
    model = Sequential([layers.Input((4,)), layers.Dense(4, activation=softer), layers.Dense(1)])
    model.add(Activation(softer))
    model.compile("adam", error, metrics=["mae", error])
""",
        ),
        Invalid(
            """
import tensorflow as tf
loss = tf.keras.losses.MeanSquaredError(reduction=tf.keras.losses.Reduction.AUTO)
other = tf.keras.losses.BinaryCrossentropy(reduction="auto")
""",
            [
                (3, 'losses of Keras 3 have no reduction "auto"; use "sum_over_batch_size", the default'),
                (4, 'losses of Keras 3 have no reduction "auto"; use "sum_over_batch_size", the default'),
            ],
            """
import tensorflow as tf
loss = tf.keras.losses.MeanSquaredError(reduction="sum_over_batch_size")
other = tf.keras.losses.BinaryCrossentropy(reduction="sum_over_batch_size")
""",
        ),
        Invalid(
            """
from keras.optimizers import Adam
optimizer = Adam(learning_rate=0.001, beta_1=0.9, epsilon=None, amsgrad=False)
""",
            [(3, "Adam of Keras 3 does not take epsilon=None; leave it out")],
            """
from keras.optimizers import Adam
optimizer = Adam(learning_rate=0.001, beta_1=0.9, amsgrad=False)
""",
        ),
    ]


#: `Reduction.AUTO`, also without the class, as the canonical names of losses are.
_AUTO = ("keras.losses.Reduction.AUTO", "keras.losses.AUTO")


def _constants(program: Program) -> Iterator[Finding]:
    """Constants that an argument does not take any more."""
    source = program.source
    severity = severity_of(source)
    for argument, row in _gone_constants(source) if severity is not None else ():
        owner = row.owner.rpartition(".")[2]
        message = f"{owner} of Keras 3 does not take {row.old}"
        yield Finding(Site(source, argument), f"{message}; {row.instead}", severity=severity)


@once_a_file
def _gone_constants(source: Any) -> Sequence[tuple[cst.Arg, Change]]:
    found: list[tuple[cst.Arg, Change]] = []
    for mention in mentions_in(source):
        if mention.call is None or mention.is_guarded or mention.root == "tensorflow":
            continue
        for argument in mention.call.args:
            if argument.keyword is None or not isinstance(argument.value, cst.Name):
                continue
            row = find("value", canonical(mention.dotted), f"{argument.keyword.value}={argument.value.value}")
            if row is not None and row.is_gone(mention.root):
                found.append((argument, row))
    return found


#: What of a layer and of `compile` takes names of fixed tables; metrics and losses are looked at as they are given.
_FIXED = ("_regularizer", "_constraint", "activation")


def _registered(program: Program) -> Iterator[Finding]:
    """Names that the program registers, where Keras 3 looks no such names up."""
    source = program.source
    for node, name in _unseen_in_layers(source) if source is not None else ():
        yield from _unseen(Site(source, node), Site(source, node), name)
    for call in program.compiles:
        own = registered_in(call.site.file).values
        for name, place in (("loss", 1), ("metrics", None)) if own else ():
            given = call.arguments.get(name, place) if place is not None else call.arguments.get(name)
            if not isinstance(given, Given):
                continue
            parts = enumerate(given.value) if isinstance(given.value, (list, tuple)) else [(None, given.value)]
            for part, value in parts:
                if isinstance(value, str) and value in own and value not in BY_NAME and value not in LOSSES:
                    yield from _unseen(call.site, part_site(call, given, part), value)


@once_a_file
def _unseen_in_layers(source: Any) -> Sequence[tuple[cst.BaseExpression, str]]:
    """The registered names that are given to layers, where Keras 3 has fixed tables."""
    own, found = registered_in(source).values, []
    for mention in mentions_in(source) if own else ():
        name, call = canonical(mention.dotted), mention.call
        for argument in call.args if call is not None and name.startswith("keras.layers.") else ():
            is_first = name == "keras.layers.Activation" and call is not None and argument is call.args[0]
            parameter = argument.keyword.value if argument.keyword is not None else "activation" if is_first else ""
            value = argument.value.evaluated_value if isinstance(argument.value, cst.SimpleString) else None
            if parameter.endswith(_FIXED) and value in own and value not in ACTIVATIONS | REGULARIZERS | CONSTRAINTS:
                found.append((argument.value, str(value)))
    return found


def _unseen(anchor: Site, site: Site, name: str) -> Iterator[Finding]:
    severity = severity_of(anchor.file)
    if severity is not None:
        message = f'Keras 3 does not look for "{name}" among registered names; pass what it stands for itself'
        yield Finding(site, message, anchor=anchor, severity=severity)


def _is_auto(value: Any) -> bool:
    return value == "auto" or (isinstance(value, Symbol) and value.name in _AUTO)


def _names(keywords: Mapping[str, Given]) -> Iterator[tuple[Given, str]]:
    """The names among the arguments that Keras 3 does not know."""
    for parameter, given in keywords.items():
        module = next((module for ending, module in _NAMED.items() if parameter.endswith(ending)), None)
        row = find("string", module, given.value) if module is not None and isinstance(given.value, str) else None
        if row is not None:
            kind = row.owner.rpartition(".")[2].rstrip("s")
            message = f'Keras 3 has no {kind} "{row.old}"'
            yield given, f'{message}; use "{row.new}"' if row.new is not None else message
