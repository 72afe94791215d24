"""KC846: an operation without a gradient between the layers of a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.values import FunctionValue
from kerascheck.network.ir import Layer, Site
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._code import Code
from kerascheck.rules._flow import through
from kerascheck.rules._flow_levels import GRADIENT, NOTHING, Level, joined
from kerascheck.rules._graph import FlatGraph, Step, flatten, is_settled
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Undetermined

#: Operations without a gradient, by the class that Keras has for them; comparisons give truth values.
_CUTTING = frozenset(
    {
        "Argmax", "Argmin", "Round", "Rint", "Sign", "Floor", "Ceil", "Trunc", "Equal", "NotEqual", "Greater", "Less",
        "GreaterEqual", "LessEqual", "LogicalAnd", "LogicalOr", "LogicalNot", "OneHot", "FloorDivide", "Argsort",
        "Isnan", "Isfinite", "CountNonzero",
    }
)  # fmt: skip


#: Layers whose output does not hang on their input in a way that has a gradient.
_CUTTING_LAYERS = frozenset(
    {"CategoryEncoding", "Discretization", "Embedding", "HashedCrossing", "Hashing", "IntegerLookup", "StringLookup"}
)


_TRAINING = frozenset({"fit", "fit_generator", "train_on_batch"})


class GradientCutInModel(Rule):
    """A model that is trained has an operation without a gradient between its layers and its outputs.

    ## What it does

    Reports `argmax`, rounding, comparisons and their like in the graph of a model, in a Lambda or in the `call` of a
    layer of the program, where layers with weights reach the outputs by way of these alone.

    ## Why it is bad

    The layers in front never learn: Keras warns that gradients do not exist for their variables, or raises where there
    are no others.

    ## Example

    ```python
    import numpy as np
    from keras import Input, Model, layers, ops

    inputs = Input((8,))
    x = layers.Dense(16, activation="softmax")(inputs)
    x = layers.Lambda(lambda p: ops.round(p))(x)
    model = Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    model.fit(np.random.rand(64, 8), np.random.rand(64, 1))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Input, Model, layers

    inputs = Input((8,))
    x = layers.Dense(16, activation="softmax")(inputs)
    model = Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    model.fit(np.random.rand(64, 8), np.random.rand(64, 1))
    ```

    ## References

    - [TensorFlow: getting a gradient of None](https://www.tensorflow.org/guide/autodiff#getting_a_gradient_of_none)
    - [Estimating or propagating gradients through stochastic neurons](https://arxiv.org/abs/1308.3432)
    """

    code = "KC846"
    name = "gradient-cut-in-model"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        seen: set[int] = set()
        for call in program.trainings:
            network = call.network
            if call.method not in _TRAINING or id(network) in seen or not is_settled(network):
                continue
            seen.add(id(network))
            if network.own_methods or _adds_losses(network):
                continue
            yield from _cuts(program, flatten(network))

    VALID = [
        # all in gradients
        """
import numpy as np
from keras import Input, Model, layers, ops
inputs = Input((8,))
x = layers.Dense(16)(inputs)
x = layers.Lambda(lambda p: ops.square(p))(x)
model = Model(inputs, layers.Dense(1)(x))
model.compile("adam", "mse")
model.fit(np.random.rand(64, 8), np.random.rand(64, 1))
""",
        # nothing is trained in front of it
        """
import numpy as np
from keras import Input, Model, layers, ops
inputs = Input((8,))
x = layers.Lambda(lambda p: ops.floor(10 * p))(inputs)
model = Model(inputs, layers.Dense(1)(x))
model.compile("adam", "mse")
model.fit(np.random.rand(64, 8), np.random.rand(64, 1))
""",
        # another way round it
        """
import numpy as np
from keras import Input, Model, layers, ops
inputs = Input((8,))
x = layers.Dense(16)(inputs)
hard = layers.Lambda(lambda p: p + ops.stop_gradient(ops.round(p) - p))(x)
mask = layers.Lambda(lambda p: ops.cast(p > 0, "float32"))(x)
model = Model(inputs, layers.Dense(1)(layers.Multiply()([hard, mask])))
model.compile("adam", "mse")
model.fit(np.random.rand(64, 8), np.random.rand(64, 1))
""",
        # not trained: it gives the classes
        """
import numpy as np
from keras import Input, Model, layers, ops
inputs = Input((8,))
probabilities = layers.Dense(3, activation="softmax")(inputs)
model = Model(inputs, probabilities)
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.random.rand(64, 8), np.random.randint(0, 3, 64))
classes = Model(inputs, layers.Lambda(lambda p: ops.argmax(p, axis=-1))(probabilities))
classes.predict(np.random.rand(4, 8))
""",
        # what is in front is frozen
        """
import numpy as np
from keras import Input, Model, layers, ops
inputs = Input((8,))
x = layers.Dense(16, trainable=False)(inputs)
x = layers.Lambda(lambda p: ops.sign(p))(x)
model = Model(inputs, layers.Dense(1)(x))
model.compile("adam", "mse")
model.fit(np.random.rand(64, 8), np.random.rand(64, 1))
""",
        # stopped on purpose
        """
import numpy as np
from keras import Input, Model, layers, ops
inputs = Input((8,))
x = layers.Dense(16)(inputs)
x = layers.Lambda(lambda p: ops.stop_gradient(p))(x)
model = Model(inputs, layers.Dense(1)(x))
model.compile("adam", "mse")
model.fit(np.random.rand(64, 8), np.random.rand(64, 1))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers, ops
class Pick(layers.Layer):
    def call(self, scores):
        return ops.argmax(scores, axis=-1)
inputs = keras.Input((6,), dtype="int32")
x = layers.Embedding(20, 8)(inputs)
x = layers.Dense(20, activation="softmax", name="symbols")(x)
x = layers.Embedding(20, 8)(Pick()(x))
model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
model.compile("adam", "mse")
model.fit(np.random.randint(0, 20, (64, 6)), np.random.rand(64, 1))
""",
            [
                (
                    11,
                    "no gradient flows back through ops.argmax: 2 layers with weights before it are never trained "
                    "('embedding', 'symbols')",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
import keras
from keras import layers, ops
inputs = keras.Input((8,))
x = layers.Dense(16, name="codes")(inputs)
x = ops.round(x)
model = keras.Model(inputs, layers.Dense(1)(x))
model.compile("adam", "mse")
model.fit(np.random.rand(64, 8), np.random.rand(64, 1))
""",
            [
                (
                    7,
                    "no gradient flows back through round: 1 layer with weights before it is never trained ('codes')",
                )
            ],
        ),
    ]


def _cuts(program: Program, graph: FlatGraph) -> Iterator[Finding]:
    makers = {wire: step for step in graph.steps for wire in step.outputs}
    reached: set[int] = set()
    cuts: dict[int, tuple[Step, str]] = {}
    waiting = list(graph.outputs)
    seen: set[int] = set()
    while waiting:
        wire = waiting.pop()
        step = makers.get(wire)
        if wire in seen or step is None:
            continue
        seen.add(wire)
        why = _cut_by(program, step)
        if why is not None:
            cuts.setdefault(id(step.node), (step, why))
            if step.layer.cls not in _CUTTING_LAYERS:
                continue
            reached.add(id(step.layer))
            continue
        reached.add(id(step.layer))
        waiting += step.inputs
    for step, why in cuts.values():
        if step.layer.cls in _CUTTING_LAYERS:
            inner = _first_cut(program, step, makers)
            if inner is None:
                continue
            step, why = inner
        behind = _trained_behind(step, makers, reached)
        if behind and step.node.site is not None and "stop_gradient" not in why:
            names = ", ".join(repr(layer.name) for layer in behind[:3]) + (", ..." if len(behind) > 3 else "")
            many = (
                f"{len(behind)} layers with weights before it are"
                if len(behind) > 1
                else ("1 layer with weights before it is")
            )
            yield Finding(
                _place(step),
                f"no gradient flows back through {why}: {many} never trained ({names})",
                anchor=step.layer.site or step.node.site,
            )


def _place(step: Step) -> Site:
    """Where the operation is written: for a Lambda where that is made, for an own layer where it is called."""
    site = step.layer.site if step.layer.cls == "Lambda" else step.node.site
    site = site or step.node.site
    assert site is not None
    return site


def _first_cut(program: Program, step: Step, makers: dict[int, Step]) -> tuple[Step, str] | None:
    """The operation without a gradient that is in front of a layer of indices, as that is what they come from."""
    waiting, seen = list(step.inputs), set[int]()
    while waiting:
        one = makers.get(waiting.pop())
        if one is None or id(one.node) in seen:
            continue
        seen.add(id(one.node))
        why = _cut_by(program, one)
        if why is not None and one.layer.cls not in _CUTTING_LAYERS:
            return one, why
        waiting += one.inputs
    return None


def _trained_behind(step: Step, makers: dict[int, Step], reached: set[int]) -> list[Layer]:
    """The layers in front of the step that have weights to train and get no gradient; none where that is not sure."""
    found: list[Layer] = []
    waiting, seen = list(step.inputs), set[int]()
    while waiting:
        one = makers.get(waiting.pop())
        if one is None or id(one.node) in seen:
            continue
        seen.add(id(one.node))
        layer = one.layer
        if id(layer) not in reached and not any(layer is known for known in found):
            try:
                trains = any(trained for _, trained in layer.all_weights())
            except Undetermined:
                return []
            if trains:
                found.append(layer)
        waiting += one.inputs
    return found[::-1]


def _cut_by(program: Program, step: Step) -> str | None:
    """What lets no gradient back through the step; None where that is not sure."""
    layer = step.layer
    if layer.unknown is not None:
        return None
    if layer.cls in _CUTTING_LAYERS:
        return layer.cls
    if layer.qualname == f"keras.ops.{layer.cls}":
        dtypes = [tensor.dtype for tensor in step.node.outputs]
        whole = all(isinstance(one, str) and one.startswith(("int", "uint", "bool")) for one in dtypes)
        if layer.cls in _CUTTING or (layer.cls == "Cast" and whole):
            return "a cast to whole numbers" if layer.cls == "Cast" else layer.cls.lower()
        return None
    function = _function_of(layer)
    if function is None:
        return None
    return _cut_in(program, function)


def _function_of(layer: Layer) -> FunctionValue | None:
    """The code that the layer runs, where it is the program's own and has no weights of its own."""
    held: Any = getattr(layer, "function", None)
    if layer.cls == "Lambda":
        return held if isinstance(held, FunctionValue) else None
    instance = getattr(layer, "instance", None)
    if instance is None or isinstance(layer, Network) or layer.sublayers():
        return None
    found = find_member(instance.cls, "call")
    return found if isinstance(found, FunctionValue) else None


def _cut_in(program: Program, function: FunctionValue) -> str | None:
    code = Code(function, program.objects)
    params = [param.name.value for param in (*code.node.params.posonly_params, *code.node.params.params)]
    first = 1 if code.self_name is not None else 0
    if len(params) <= first:
        return None
    names = dict.fromkeys(params, NOTHING)
    names[params[first]] = GRADIENT
    returned = through(code, names).returned
    flow = joined(returned)
    return flow.why if returned and flow.level is Level.CUT else None


def _adds_losses(network: Network) -> bool:
    """Whether a loss may come from inside the model."""
    waiting: list[Layer] = [network]
    seen: set[int] = set()
    while waiting:
        layer = waiting.pop()
        if id(layer) not in seen:
            seen.add(id(layer))
            if layer.adds_losses:
                return True
            waiting += layer.sublayers()
    return False
