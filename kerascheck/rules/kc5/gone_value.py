"""KC510: values that Keras 3 refuses where older versions took them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.keras.changes import Change, find
from kerascheck.machine.mentions import mentions_in
from kerascheck.machine.names import canonical
from kerascheck.machine.static import once_a_file
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Program, Site
from kerascheck.rules._gone import severity_of
from kerascheck.rules._training import value_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol

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
    constraints, regularizers and initializers that older versions of Keras had.

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
        for layer in program.layers:
            place = layer.site
            if layer.arguments is None or place is None or severity_of(place.file) is not Severity.INFO:
                continue
            for given, message in _names(layer.arguments.keywords):
                yield Finding(value_site(place, given), message, anchor=place, severity=Severity.INFO)

    VALID = [
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
