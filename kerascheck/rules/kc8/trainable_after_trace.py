"""KC874: layers are released when the training step is a graph already."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.keras.saving import parts_of
from kerascheck.machine.static import outline_of
from kerascheck.machine.values import FunctionValue
from kerascheck.network.events import ObjectCall, TrainableSet
from kerascheck.network.ir import Site
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, definition, holds, module_code, places_in, truth_of
from kerascheck.rules._graph_code import graph_functions
from kerascheck.rules._own_losses import may_run_eagerly
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_UPDATING = frozenset({"apply_gradients", "apply"})


class TrainableAfterTrace(Rule):
    """`layer.trainable = True` between two calls of a training step that is a `tf.function`.

    ## What it does

    Reports the call of a training step under `tf.function` that has run before, where a frozen layer of its model was
    released in between, and the program hands the step nothing but data.

    ## Why it is bad

    TensorFlow runs the Python of the step once and keeps the graph. `model.trainable_variables` was read there: what
    is released later is never trained. Nothing is said.

    ## Example

    ```python
    import keras
    import tensorflow as tf
    from keras import Sequential, layers

    base = Sequential([layers.Input((4,)), layers.Dense(4)])
    base.trainable = False
    model = Sequential([base, layers.Dense(1)])
    optimizer = keras.optimizers.SGD(0.1)

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model(x) ** 2)
        slopes = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables))

    x = tf.ones((8, 4))
    step(x)
    base.trainable = True
    step(x)
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf
    from keras import Sequential, layers

    base = Sequential([layers.Input((4,)), layers.Dense(4)])
    base.trainable = False
    model = Sequential([base, layers.Dense(1)])

    def new_step(optimizer):
        @tf.function
        def step(x):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(model(x) ** 2)
            slopes = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(slopes, model.trainable_variables))

        return step

    x = tf.ones((8, 4))
    new_step(keras.optimizers.SGD(0.1))(x)
    base.trainable = True
    new_step(keras.optimizers.SGD(0.01))(x)
    ```

    ## References

    - [TensorFlow: depending on Python global and free variables](https://www.tensorflow.org/guide/function#depending_on_python_global_and_free_variables)
    """

    code = "KC874"
    name = "trainable-after-trace"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        events = program.events
        if not any(isinstance(event, TrainableSet) for event in events) or program.main is None:
            return
        module = module_code(program, program.main.file)
        if module is None:
            return
        for code in graph_functions(program):
            if may_run_eagerly(code.file) or code.file is not module.file or not definition(code.function).decorators:
                continue
            calls = _calls(module, code.function)
            models: list[Network] = []
            frozen: set[int] = set()
            for event in events if len(calls) > 1 else ():
                if isinstance(event, ObjectCall) and event.method in _UPDATING and holds(code.node, event.site):
                    if event.updates is not None and event.updates[1]:
                        models.append(event.updates[0])
                elif isinstance(event, TrainableSet) and not event.guarded:
                    value = _set_to(event.site)
                    late = calls[-1] if _is_before(module, event.site, calls[-1]) else None
                    if value is False and not models:
                        frozen.add(id(event.layer))
                    elif (
                        value
                        and id(event.layer) in frozen
                        and late
                        and any(event.layer in parts_of(one) for one in models)
                    ):
                        frozen.clear()
                        yield Finding(
                            code.site(late),
                            f"{code.function.name!r} has been traced with the weights that trained then: layers that "
                            "were released since are not trained; make a new tf.function (and optimizer) after the "
                            "change",
                        )

    VALID = [
        # released before the first call, or no graph
        """
import keras
import tensorflow as tf
from keras import Sequential, layers
base = Sequential([layers.Input((4,)), layers.Dense(4)])
base.trainable = False
model = Sequential([base, layers.Dense(1)])
optimizer = keras.optimizers.SGD(0.1)
base.trainable = True
@tf.function
def step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x) ** 2)
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
x = tf.ones((8, 4))
step(x)
step(x)
""",
        # another graph for another argument
        """
import keras
import tensorflow as tf
from keras import Sequential, layers
base = Sequential([layers.Input((4,)), layers.Dense(4)])
base.trainable = False
model = Sequential([base, layers.Dense(1)])
optimizer = keras.optimizers.SGD(0.1)
optimizer.build(model.variables)
@tf.function
def step(x, phase):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x) ** 2)
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
x = tf.ones((8, 4))
step(x, 1)
base.trainable = True
step(x, 2)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import tensorflow as tf
from keras import Sequential, layers
base = Sequential([layers.Input((4,)), layers.Dense(4)])
base.trainable = False
model = Sequential([base, layers.Dense(1)])
optimizer = keras.optimizers.SGD(0.1)
@tf.function
def step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x) ** 2)
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
x = tf.ones((8, 4))
for _ in range(3):
    step(x)
base.trainable = True
for _ in range(3):
    step(x)
""",
            [
                (
                    20,
                    "'step' has been traced with the weights that trained then: layers that were released since are "
                    "not trained; make a new tf.function (and optimizer) after the change",
                )
            ],
        ),
    ]


def _set_to(site: Site) -> bool | None:
    """What `trainable` is set to, where it is written there."""
    for node in outline_of(site.file).below(site.file.tree, cst.Assign):
        if any(one.target is site.node for one in node.targets):
            return truth_of(node.value)
    return None


def _is_before(module: Code, site: Site, call: cst.Call) -> bool:
    """Whether a statement of the module stands before the call, and not in a loop with it."""
    if site.file is not module.file:
        return False
    places = places_in(module.file, module.file.tree)
    inside = [id(loop) for loop in places[id(site.node)].loops]
    if places[id(site.node)].function or any(id(loop) in inside for loop in places[id(call)].loops):
        return False
    for node in outline_of(module.file).below(module.file.tree, cst.Attribute, cst.Call):
        if node is site.node or node is call:
            return node is site.node
    return False


def _calls(module: Code, function: FunctionValue) -> list[cst.Call]:
    """The calls of the function, where the module alone calls it, and each time with names as arguments."""
    found: list[cst.Call] = []
    at_module = {id(call) for call in outline_of(module.file).own(module.file.tree, cst.Call)}
    for call in outline_of(module.file).below(module.file.tree, cst.Call):
        if isinstance(call.func, cst.Name) and module.meaning(call.func) is function:
            if id(call) not in at_module or any(not isinstance(arg.value, cst.Name) or arg.star for arg in call.args):
                return []
            found.append(call)
    return found
