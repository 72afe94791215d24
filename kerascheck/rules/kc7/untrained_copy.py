"""KC715: a model made of the architecture of another one works with the weights that it was born with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.machine.keras.refusals import first_argument
from kerascheck.machine.keras.saving import parts_of, weight_shapes
from kerascheck.machine.static import names_used, once_in_outline
from kerascheck.network.events import FileCall, GradientCall, ModelCall, WeightsCall
from kerascheck.network.ir import Site, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._code import as_written, places_in
from kerascheck.rules._mentions import called
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.outline import Outline

#: What makes a model of an architecture alone.
_FRESH = frozenset({"clone_model", "model_from_json", "model_from_config", "from_config"})
#: By which a model may get its weights in ways that are not followed.
_FILLING = frozenset(
    {"set_weights", "load_weights", "assign", "assign_add", "assign_sub", "set_value", "load_own_variables", "restore"}
)
_USING = frozenset(
    {"predict", "evaluate", "predict_on_batch", "test_on_batch", "predict_generator", "evaluate_generator"}
)
#: What is given a model without doing anything to it.
_HARMLESS = frozenset({"print", "len", "id", "type", "isinstance", "str", "repr"})


class UntrainedCopy(Rule):
    """A clone, or a model read from JSON, predicts or is evaluated with random weights.

    ## What it does

    Reports `predict` and `evaluate` of a model that `clone_model`, `model_from_json` or `from_config` has made, where
    the program nowhere trains it, loads weights into it or sets them. The same goes for a model that is built by the
    same code as another one and asked in the function that trains that: a target network.

    ## Why it is bad

    These functions make the architecture again, with fresh random weights. What such a model predicts has nothing to do
    with what the original one has learnt: a target network gives noise for targets.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers, models

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.random.rand(64, 4), np.random.rand(64, 1))
    copy = models.clone_model(model)
    print(copy.predict(np.random.rand(2, 4)))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers, models

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.random.rand(64, 4), np.random.rand(64, 1))
    copy = models.clone_model(model)
    copy.set_weights(model.get_weights())
    print(copy.predict(np.random.rand(2, 4)))
    ```

    ## References

    - [Keras: clone_model](https://keras.io/api/models/model_config_serialization/)
    """

    code = "KC715"
    name = "untrained-copy"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[int] = set()
        for network, site in _uses(program):
            maker = _maker(network)
            twin = _trained_twin(program, network, site) if maker is None else None
            if (maker is None and twin is None) or id(network) in told or network.site is None:
                continue
            file = network.site.file
            if not _FILLING.isdisjoint(names_used(file, file.tree)) or _is_filled(program, network):
                continue
            if not _names_given(file, file.tree).isdisjoint(_names_of(file, file.tree).get(id(network.site.node), ())):
                continue
            told.add(id(network))
            if twin is not None:
                yield Finding(
                    site,
                    f"{network.name!r} is built like {twin.name!r}, which is trained here, and keeps its random "
                    "weights: nothing sets others; call set_weights on it, first and again from time to time",
                )
                continue
            yield Finding(
                site,
                f"{network.name!r} has the random weights of {maker}: that copies the architecture only, "
                "and nothing sets others; call set_weights or load_weights on it first",
            )

    VALID = [
        # given the weights of the original
        """
import numpy as np
from keras import Sequential, layers, models
model = Sequential([layers.Input((4,)), layers.Dense(1)])
copy = models.clone_model(model)
copy.set_weights(model.get_weights())
print(copy.predict(np.ones((2, 4))))
""",
        # trained itself, alone or as a part
        """
import numpy as np
from keras import Input, Model, Sequential, layers, models
model = Sequential([layers.Input((4,)), layers.Dense(1)])
one, other = models.clone_model(model), models.clone_model(model)
one.compile("adam", "mse")
one.fit(np.ones((8, 4)), np.ones((8, 1)))
inputs = Input((4,))
whole = Model(inputs, layers.Dense(1)(other(inputs)))
whole.compile("adam", "mse")
whole.fit(np.ones((8, 4)), np.ones((8, 1)))
print(one.predict(np.ones((2, 4))), other.predict(np.ones((2, 4))))
""",
        # weights from a file
        """
import numpy as np
from keras.models import model_from_json
def read(text, path):
    model = model_from_json(text)
    model.load_weights(path)
    return model.predict(np.ones((2, 4)))
""",
        # given to other code, which may fill it
        """
import numpy as np
from keras import Sequential, layers, models
from mine import fill
model = Sequential([layers.Input((4,)), layers.Dense(1)])
copy = models.clone_model(model)
fill(copy)
print(copy.predict(np.ones((2, 4))))
""",
        # trained by hand
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers, models, optimizers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
copy = models.clone_model(model)
optimizer = optimizers.Adam()
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(copy(np.ones((2, 4))))
slopes = tape.gradient(loss, copy.trainable_variables)
optimizer.apply_gradients(zip(slopes, copy.trainable_variables))
print(copy.predict(np.ones((2, 4))))
""",
        # a target network that is given the weights, and twins that have nothing to do with each other
        """
import numpy as np
from keras import Sequential, layers
def network():
    return Sequential([layers.Input((4,)), layers.Dense(1)])
one, other = network(), network()
one.compile("adam", "mse")
one.fit(np.ones((8, 4)), np.ones((8, 1)))
print(other.predict(np.ones((8, 4))))
""",
        # a teacher that is built by the same function is another model
        """
import tensorflow as tf
from keras import Sequential, layers
def network(width):
    return Sequential([layers.Input((4,)), layers.Dense(width), layers.Dense(1)])
student, teacher = network(2), network(32)
def learn(x):
    wanted = teacher(x)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((wanted - student(x)) ** 2)
    return tape.gradient(loss, student.trainable_variables)
learn(tf.ones((8, 4)))
""",
        # any other model that is not trained
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
print(model.predict(np.ones((2, 4))).shape)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from tensorflow.keras import layers
def network():
    s = layers.Input((4,))
    return tf.keras.Model(s, layers.Dense(1)(s))
online = network()
target = network()
optimizer = tf.keras.optimizers.Adam()
def learn(s, after):
    wanted = 1.0 + 0.9 * target(after)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((wanted - online(s)) ** 2)
    slopes = tape.gradient(loss, online.trainable_variables)
    optimizer.apply_gradients(zip(slopes, online.trainable_variables))
learn(tf.ones((8, 4)), tf.ones((8, 4)))
""",
            [
                (
                    11,
                    "'functional_1' is built like 'functional', which is trained here, and keeps its random weights: "
                    "nothing sets others; call set_weights on it, first and again from time to time",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers, models
class Agent:
    def __init__(self):
        self.online = Sequential([layers.Input((4,)), layers.Dense(2)])
        self.online.compile("adam", "mse")
        self.target = models.clone_model(self.online)
    def learn(self, states):
        wanted = self.target.predict(states)
        self.online.fit(states, wanted)
Agent().learn(np.ones((8, 4)))
""",
            [
                (
                    10,
                    "'sequential' has the random weights of clone_model: that copies the architecture only, "
                    "and nothing sets others; call set_weights or load_weights on it first",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
online = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(2)])
target = tf.keras.models.clone_model(online)
optimizer = tf.keras.optimizers.Adam()
def learn(states, after):
    wanted = tf.reduce_max(target(after), axis=1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((wanted - tf.reduce_max(online(states), axis=1)) ** 2)
    slopes = tape.gradient(loss, online.trainable_variables)
    optimizer.apply_gradients(zip(slopes, online.trainable_variables))
learn(tf.ones((8, 4)), tf.ones((8, 4)))
""",
            [
                (
                    7,
                    "'sequential' has the random weights of clone_model: that copies the architecture only, "
                    "and nothing sets others; call set_weights or load_weights on it first",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
from tensorflow.keras.models import model_from_json
with open("model.json") as file:
    model = model_from_json(file.read())
model.compile("adam", "mse")
print(model.evaluate(np.ones((8, 4)), np.ones((8, 1))))
""",
            [
                (
                    7,
                    "'model' has the random weights of model_from_json: that copies the architecture only, "
                    "and nothing sets others; call set_weights or load_weights on it first",
                )
            ],
        ),
    ]


def _uses(program: Program) -> Iterator[tuple[Network, Site]]:
    """The models whose predictions are asked for, and where."""
    for call in program.trainings:
        if call.method in _USING:
            yield call.network, call.site
    for event in program.events:
        if isinstance(event, ModelCall) and not event.tapes:
            given = first_argument(event.arguments)
            if not isinstance(given, Tensor) and given is not None:
                yield event.network, event.site


def _maker(network: Network) -> str | None:
    """The function that has made the model of an architecture alone."""
    node = network.site.node if network.site is not None else None
    if network.site is None or not isinstance(node, cst.Call):
        return None
    last = called(network.site.file, node.func).rpartition(".")[2]
    return last if last in _FRESH else None


def _trained_twin(program: Program, network: Network, site: Site) -> Network | None:
    """A model that the same code has built, and that is trained where this one is asked: this is its target network."""
    for other, trained_at in _trainings(program):
        is_twin = other is not network and other.site is not None and network.site is not None
        is_twin = is_twin and weight_shapes(other) == weight_shapes(network) is not None
        if is_twin and other.site.key == network.site.key and _function_of(trained_at) == _function_of(site) != "":  # type: ignore[union-attr]
            return other
    return None


def _trainings(program: Program) -> Iterator[tuple[Network, Site]]:
    for call in program.trainings:
        if call.method in FITTING:
            yield call.network, call.site
    for event in program.events:
        if isinstance(event, GradientCall) and event.of is not None:
            yield event.of, event.site


def _function_of(site: Site) -> str:
    """The function that the site stands in; nothing where it stands in none."""
    place = places_in(site.file, site.file.tree).get(id(site.node))
    return place.function if place is not None else ""


def _is_filled(program: Program, network: Network) -> bool:
    """Whether the model, a part of it, or what it is a part of is trained or given weights."""
    own = {id(part) for part in parts_of(network)}

    def meets(layer: Any) -> bool:
        if id(layer) in own:
            return True
        return isinstance(layer, Network) and any(id(part) in own for part in parts_of(layer))

    if any(call.method in FITTING and meets(call.network) for call in program.trainings):
        return True
    for event in program.events:
        if isinstance(event, WeightsCall) and meets(event.layer):
            return True
        if isinstance(event, GradientCall) and (event.of is None or meets(event.of)):
            return True
        if isinstance(event, FileCall) and event.verb == "load_weights" and meets(event.network):
            return True
    return any(meets(given.layer) for given in program.given_weights)


@once_in_outline
def _names_of(outline: Outline, tree: cst.CSTNode) -> dict[int, frozenset[str]]:
    """What values are called as they are written, by the ids of the expressions that give them."""
    return {
        id(node.value): frozenset(as_written(target.target) for target in node.targets)
        for node in outline.below(tree, cst.Assign)
    }


@once_in_outline
def _names_given(outline: Outline, tree: cst.CSTNode) -> frozenset[str]:
    """What calls are given by its name, and may change."""
    return frozenset(
        as_written(arg.value)
        for call in outline.below(tree, cst.Call)
        if as_written(call.func) not in _HARMLESS
        for arg in call.args
    )
