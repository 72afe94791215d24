"""KC509: what Keras 3 takes without a word, and does something else with."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Site
from kerascheck.network.program import CompileCall, KerasObject, Program
from kerascheck.rules._gone import severity_of
from kerascheck.rules._training import argument_site, value_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown


class ChangedBehaviour(Rule):
    """Something that had an effect in older versions of Keras and has none, or another one, in Keras 3.

    ## What it does

    Reports

    - `decay` given to an optimizer, which Keras 3 ignores,
    - `optimizer.lr = ...`, which sets an attribute that nothing reads,
    - `model.layers.pop()`, which takes a layer from a copy of the list,
    - one list of metrics for a model with several outputs, which each output had its own copy of.

    A program for which an older Keras is known to be meant may do all that. Where nothing but its own style shows an
    older Keras, the finding is a note.

    ## Why it is bad

    The training goes on with another learning rate than the program says. (The list of metrics makes `fit` raise; where
    the program is written for Keras 3, another rule says so.)

    ## Example

    ```python
    from keras.optimizers import SGD

    optimizer = SGD(learning_rate=0.1, decay=0.001)
    optimizer.lr = 0.01
    ```

    ## Use instead

    ```python
    from keras.optimizers import SGD
    from keras.optimizers.schedules import InverseTimeDecay

    optimizer = SGD(InverseTimeDecay(0.1, decay_steps=1, decay_rate=0.001))
    ```

    ## References

    - [Keras: learning rate schedules](https://keras.io/api/optimizers/learning_rate_schedules/)
    - [Keras: migrating Keras 2 code to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KC509"
    name = "changed-behaviour"
    severity = Severity.WARNING
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for name, arguments, site in program.calls:
            if not name.startswith("keras.optimizers.") or name.count(".") != 2 or name.rpartition(".")[2][0].islower():
                continue
            given, severity = arguments.get("decay"), _severity(site)
            if isinstance(given, Given) and given.value and not isinstance(given.value, Unknown) and severity:
                owner = name.rpartition(".")[2]
                message = f"{owner} of Keras 3 ignores decay; use keras.optimizers.schedules.InverseTimeDecay"
                yield Finding(argument_site(site, given), message, anchor=site, severity=severity)
        for form in program.gone:
            severity = _severity(form.site)
            if form.kind == "set" and form.name == "lr" and severity is not None:
                message = "setting lr changes nothing in Keras 3; set learning_rate"
                yield Finding(form.site, message, severity=severity)
            elif form.kind == "copy" and severity is not None:
                message = "layers.pop() takes nothing from the model in Keras 3; make a model that ends a layer earlier"
                yield Finding(form.site, message, severity=severity)
        yield from _metrics(program)

    VALID = [
        # a schedule
        """
from keras.optimizers import SGD
from keras.optimizers.schedules import InverseTimeDecay
optimizer = SGD(InverseTimeDecay(0.1, decay_steps=1, decay_rate=0.001))
""",
        # no decay
        """
from keras.optimizers import SGD
optimizer = SGD(0.1, decay=0)
optimizer.learning_rate = 0.01
""",
        # another decay
        """
from keras.optimizers import AdamW
optimizer = AdamW(0.1, weight_decay=0.01)
""",
        # metrics for each output
        """
from keras import Input, Model, layers
inputs = Input((4,))
model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
model.compile("adam", "mse", metrics=[["mae"], ["mse"]])
""",
        # meant for Keras 2
        """
import tf_keras
optimizer = tf_keras.optimizers.legacy.SGD(0.1, decay=0.001)
""",
        # something else has an attribute of that name
        """
import keras
class Options:
    lr = 0.1
options = Options()
options.lr = 0.01
""",
        # a list of the program's own
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(2)])
parts = model.layers
parts.pop()
model.pop()
""",
    ]
    INVALID = [
        Invalid(
            """
from keras.optimizers import SGD
optimizer = SGD(learning_rate=0.1, decay=1e-6)
optimizer.lr = 0.01
""",
            [
                (3, "SGD of Keras 3 ignores decay; use keras.optimizers.schedules.InverseTimeDecay"),
                (4, "setting lr changes nothing in Keras 3; set learning_rate"),
            ],
            """
from keras.optimizers import SGD
optimizer = SGD(learning_rate=0.1, decay=1e-6)
optimizer.learning_rate = 0.01
""",
        ),
        Invalid(
            """
import keras
from keras import Model, Sequential, layers
stack = Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(2)])
stack.layers.pop()
net = keras.applications.MobileNet(weights=None)
net.layers.pop()
end = net.layers[-1].output
model = Model(net.inputs, layers.Dense(2)(end))
""",
            [
                (5, "layers.pop() takes nothing from the model in Keras 3; make a model that ends a layer earlier"),
                (7, "layers.pop() takes nothing from the model in Keras 3; make a model that ends a layer earlier"),
            ],
            """
import keras
from keras import Model, Sequential, layers
stack = Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(2)])
stack.layers.pop()
net = keras.applications.MobileNet(weights=None)
net = Model(net.inputs, net.layers[-2].output)
end = net.layers[-1].output
model = Model(net.inputs, layers.Dense(2)(end))
""",
        ),
    ]


def _severity(site: Site) -> Severity | None:
    """How grave it is: nothing stops."""
    known = severity_of(site.file)
    return Severity.WARNING if known is Severity.ERROR else known


def _metrics(program: Program) -> Iterator[Finding]:
    """Lists of metrics that stood for each of several outputs."""
    for call in program.compiles:
        given = call.arguments.get("metrics")
        if isinstance(given, Given) and _severity(call.site) is Severity.INFO and _is_for_all(call, given):
            count = len(call.outputs)
            message = f"Keras 3 expects a list of metrics for each of the {count} outputs, or a dictionary"
            yield Finding(value_site(call.site, given), message, anchor=call.site, severity=Severity.INFO)


def _is_for_all(call: CompileCall, given: Given) -> bool:
    """Whether one list of metrics is given for several outputs."""
    if call.network.kind != "functional" or call.network.open is not None or len(call.outputs) < 2:
        return False
    value = given.value
    if not isinstance(value, (list, tuple)) or not value or len(value) == len(call.outputs):
        return False
    return all(isinstance(item, (str, KerasObject)) for item in value)
