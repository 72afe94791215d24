"""KC704: weights for a model that has none yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.diagnostics import Severity
from kerascheck.machine.values import ListValue
from kerascheck.network.events import FileCall, WeightsCall
from kerascheck.network.ir import Site
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._code import is_keras_3, places_in
from kerascheck.rules._gone import severity_of
from kerascheck.rules._paths import ending_of, is_none_of
from kerascheck.rules._related import made_layer
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: What files of weights end with that are read at once.
_AT_ONCE = (".h5", ".hdf5", ".keras")
_VERBS = {
    "load_weights": "loads weights into {}, which has none",
    "save_weights": "saves the weights of {}, which has none",
    "export": "exports {}, which has no weights",
}


class WeightsBeforeBuild(Rule):
    """Weights are loaded into, or saved from, a model whose input is not known yet.

    ## What it does

    Reports `load_weights`, `save_weights`, `set_weights` and `export` on a Sequential without an input shape and on a
    subclassed model, where nothing has called, built or trained it before.

    Checkpoints of TensorFlow are left out: Keras 3 reads none, and older ones keep what is in them until the model is
    built.

    ## Why it is bad

    Layers make their weights when they first see the size of their input. Keras raises: "You are loading weights into a
    model that has not yet been built", "the layer was expecting 0 weights". `set_weights` with the weights of a model
    that has none yet either copies nothing, without a word.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Dense(8), layers.Dense(1)])
    model.load_weights("trained.weights.h5")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(8), layers.Dense(1)])
    model.load_weights("trained.weights.h5")
    ```

    ## References

    - [Keras: save, serialize and export models](https://keras.io/guides/serialization_and_saving/)
    """

    code = "KC704"
    name = "weights-before-build"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for event in program.events:
            if not isinstance(event, FileCall) or event.verb not in _VERBS or not event.unbuilt or event.guarded:
                continue
            network = event.network
            if network is None or not is_keras_3(event.site) or not _made_here(program, event.site, network.site):
                continue
            if event.verb == "load_weights" and _is_checkpoint(event):
                continue
            # Of a path that is not known, nobody can say that it is none of TensorFlow's checkpoints.
            is_known = event.verb != "load_weights" or ending_of(event.arguments, event.site) is not None
            severity = self.severity if is_known else severity_of(event.site.file)
            named = _VERBS[event.verb].format(repr(network.name))
            message = f"this {named} before its input is known; {_way(network)}"
            if severity is not None:
                yield Finding(event.site, message, severity=severity, related=tuple(made_layer(network)))
        yield from _set_before_build(program)

    VALID = [
        # the input is known
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.load_weights("trained.weights.h5")
""",
        # the same name for two paths, which may be those of checkpoints
        """
import tensorflow as tf
from tensorflow.keras import Sequential, layers
def first(folder):
    path = folder + "/model.ckpt"
    model = Sequential([layers.Dense(1)])
    model.load_weights(path)
def second(folder):
    path = folder + "/other.ckpt"
    model = Sequential([layers.Dense(2)])
    model.load_weights(path)
""",
        # called, built or trained before
        """
import numpy as np
from keras import Model, Sequential, layers
class Net(Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1)
    def call(self, x):
        return self.head(x)
net = Net()
net(np.zeros((1, 4)))
net.load_weights("net.weights.h5")
model = Sequential([layers.Dense(1)])
model.build((None, 4))
model.load_weights("trained.weights.h5")
other = Sequential([layers.Dense(1)])
other.compile("sgd", "mse")
other.fit(np.zeros((8, 4)), np.zeros((8, 1)))
other.save_weights("other.weights.h5")
""",
        # another method may have trained it
        """
from keras import Sequential, layers
class Agent:
    def __init__(self):
        self.model = Sequential([layers.Dense(8), layers.Dense(1)])
    def load(self, path):
        self.model.load_weights(path)
    def save(self, path):
        self.model.save_weights(path)
""",
        # checkpoints of TensorFlow
        """
from tensorflow.keras import Sequential, layers
model = Sequential([layers.Flatten(), layers.Dense(1)])
model.load_weights("training/cp.ckpt")
model.load_weights("my_weights")
""",
        # another module may have built it
        """
from keras import Sequential, layers
from mine import warm_up
model = Sequential([layers.Dense(1)])
warm_up(model)
model.load_weights("trained.weights.h5")
""",
        # weights that are set when both models have seen data, and a list of none
        """
import keras
import numpy as np
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
online, target, empty = Net(), Net(), Net()
online(np.zeros((1, 4)))
target(np.zeros((1, 4)))
target.set_weights(online.get_weights())
empty.set_weights([])
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import numpy as np
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
online, target, other = Net(), Net(), Net()
target.set_weights(online.get_weights())
online(np.zeros((1, 4)))
other.set_weights(online.get_weights())
""",
            [
                (
                    11,
                    "neither 'net_1' nor 'net' has weights yet, so this copies nothing; call both on a batch (zeros "
                    "will do) first",
                ),
                (
                    13,
                    "this sets weights of 'net_2', which has none before its input is known; call it on a batch (zeros "
                    "will do) first",
                ),
            ],
        ),
        Invalid(
            """
import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
net = Net()
net.compile("adam", "mse")
net.export("served")
""",
            [
                (
                    11,
                    "this exports 'net', which has no weights before its input is known; call it on a batch (zeros "
                    "will do) first",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.head = tf.keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
net = Net()
net.load_weights("net.weights.h5")
""",
            [
                (
                    10,
                    "this loads weights into 'net', which has none before its input is known; call it on a batch "
                    "(zeros will do) first",
                )
            ],
        ),
        Invalid(
            """
from keras import Sequential, layers
def network():
    return Sequential([layers.Dense(8, activation="relu"), layers.Dense(1)])
def restore(path):
    model = Sequential([layers.Dense(8, activation="relu"), layers.Dense(1)])
    model.load_weights(path)
    return model
fresh = network()
fresh.load_weights("net.weights.h5")
""",
            [
                (
                    7,
                    "this loads weights into 'sequential', which has none before its input is known; begin it with "
                    "layers.Input(...)",
                ),
                (
                    10,
                    "this loads weights into 'sequential', which has none before its input is known; begin it with "
                    "layers.Input(...)",
                ),
            ],
        ),
    ]


def _is_checkpoint(event: FileCall) -> bool:
    """Whether the weights surely come from another file than those of Keras and HDF5."""
    return is_none_of(ending_of(event.arguments, event.site), _AT_ONCE)


def _made_here(program: Program, site: Site, made: Site | None) -> bool:
    """Whether all that happens to the model is seen: in the module as it runs, or in one function."""
    if program.start is None:
        return True
    if made is None or made.file is not site.file:
        return False
    places = places_in(site.file, site.file.tree)
    one, other = places.get(id(site.node)), places.get(id(made.node))
    return one is not None and other is not None and one.function == other.function != ""


def _set_before_build(program: Program) -> Iterator[Finding]:
    """Weights that are set where there are none yet."""
    for event in program.events:
        if not isinstance(event, WeightsCall) or not event.unbuilt or event.guarded:
            continue
        network = event.layer
        if not _made_here(program, event.site, network.site) or not is_keras_3(event.site) or _is_empty(event.values):
            continue
        source, is_source_unbuilt = event.source or (None, False)
        if source is not None and is_source_unbuilt:
            yield Finding(
                event.site,
                f"neither {network.name!r} nor {source.name!r} has weights yet, so this copies nothing; call both on a "
                "batch (zeros will do) first",
                severity=Severity.WARNING,
            )
        else:
            yield Finding(
                event.site,
                f"this sets weights of {network.name!r}, which has none before its input is known; {_way(network)}",
            )


def _is_empty(values: Any) -> bool:
    """Whether it is a list of nothing."""
    return isinstance(values, (ListValue, tuple, list)) and not getattr(values, "items", values)


def _way(network: Network) -> str:
    """How the model gets its weights."""
    return "begin it with layers.Input(...)" if network.is_sequential else "call it on a batch (zeros will do) first"
