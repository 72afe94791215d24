"""KC850: a model runs a layer with weights that it does not know to be its part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.machine.keras.saving import parts_of
from kerascheck.machine.static import names_used
from kerascheck.machine.values import DictValue, Instance, ListValue
from kerascheck.network.ir import BuiltinLayer, Layer, Node, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._state import STATEFUL
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown


class LayerNotTracked(Rule):
    """A layer with weights runs in the `call` of a model that keeps it on no attribute.

    ## What it does

    Follows what the `call` of layers and models of the program runs when a model is trained, and reports layers with
    weights that are parts of neither: they stand on an object that is no layer itself, or are a global variable.

    ## Why it is bad

    Keras finds the parts of a model on its attributes, and in lists, tuples and dictionaries there. The weights of
    other layers are not among `trainable_variables`: `fit` leaves them as they began, without a word, and they are not
    saved.

    ## Example

    ```python
    import keras
    import numpy as np

    class Head:
        def __init__(self):
            self.dense = keras.layers.Dense(1)

        def __call__(self, x):
            return self.dense(x)

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = Head()

        def call(self, x):
            return self.head(x)

    net = Net()
    net.compile("adam", "mse")
    net.fit(np.ones((8, 4)), np.ones((8, 1)))
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np

    class Head(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, x):
            return self.dense(x)

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = Head()

        def call(self, x):
            return self.head(x)

    net = Net()
    net.compile("adam", "mse")
    net.fit(np.ones((8, 4)), np.ones((8, 1)))
    ```

    ## References

    - [Keras: making new layers and models via subclassing](https://keras.io/guides/making_new_layers_and_models_via_subclassing/)
    """

    code = "KC850"
    name = "layer-not-tracked"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[int] = set()
        for call in program.trainings:
            if call.method not in FITTING:
                continue
            network = call.network
            parts = parts_of(network)
            if not all(map(_is_known, parts)):
                continue
            tracked = {id(part) for part in parts}
            for layer in _run_inside(network):
                if id(layer) in tracked or id(layer) in told or not _trains(layer) or layer.site is None:
                    continue
                told.add(id(layer))
                yield Finding(
                    layer.site,
                    f"{layer.name!r} runs in {network.name!r} but is not a part of it for Keras: its weights are never "
                    "trained or saved; keep it on an attribute of the layer or model that calls it",
                    anchor=call.site,
                )

    VALID = [
        # on attributes, in lists, dictionaries and other layers
        """
import keras
import numpy as np
class Head(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.stages = [keras.layers.Dense(3), keras.layers.Dense(1)]
    def call(self, x):
        for stage in self.stages:
            x = stage(x)
        return x
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.heads = {"one": Head(), "other": (Head(),)}
    def call(self, x):
        return self.heads["one"](x) + self.heads["other"][0](x)
net = Net()
net.compile("adam", "mse")
net.fit(np.ones((8, 4)), np.ones((8, 1)))
""",
        # kept twice
        """
import keras
import numpy as np
class Head:
    def __init__(self):
        self.dense = keras.layers.Dense(1)
    def __call__(self, x):
        return self.dense(x)
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = Head()
        self.parts = [self.head.dense]
    def call(self, x):
        return self.head(x)
net = Net()
net.compile("adam", "mse")
net.fit(np.ones((8, 4)), np.ones((8, 1)))
""",
        # objects that build a graph: its layers are those of the model
        """
import keras
import numpy as np
class Head:
    def __init__(self):
        self.dense = keras.layers.Dense(1)
    def __call__(self, x):
        return self.dense(x)
inputs = keras.Input((4,))
net = keras.Model(inputs, Head()(inputs))
net.compile("adam", "mse")
net.fit(np.ones((8, 4)), np.ones((8, 1)))
""",
        # no weights, or frozen ones
        """
import keras
import numpy as np
extractor = keras.layers.Dense(3, trainable=False)
squash = keras.layers.Activation("tanh")
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)
    def call(self, x):
        return self.dense(squash(extractor(x)))
net = Net()
net.compile("adam", "mse")
net.fit(np.ones((8, 4)), np.ones((8, 1)))
""",
        # what is on the object is not known
        """
import keras
import numpy as np
from mine import collect
class Head:
    def __init__(self):
        self.dense = keras.layers.Dense(1)
    def __call__(self, x):
        return self.dense(x)
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = Head()
        self.parts = collect(self.head)
    def call(self, x):
        return self.head(x)
net = Net()
net.compile("adam", "mse")
net.fit(np.ones((8, 4)), np.ones((8, 1)))
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import numpy as np
class Head:
    def __init__(self):
        self.dense = keras.layers.Dense(1)
    def __call__(self, x):
        return self.dense(x)
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = Head()
    def call(self, x):
        return self.head(x)
net = Net()
net.compile("adam", "mse")
net.fit(np.ones((8, 4)), np.ones((8, 1)))
""",
            [
                (
                    6,
                    "'dense' runs in 'net' but is not a part of it for Keras: its weights are never trained or "
                    "saved; keep it on an attribute of the layer or model that calls it",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
shared = layers.Dense(4, activation="tanh")
class Block(layers.Layer):
    def call(self, x):
        return x + shared(x)
inputs = Input((4,))
model = Model(inputs, layers.Dense(1)(Block()(inputs)))
model.compile("sgd", "mse")
model.fit(np.ones((8, 4)), np.ones((8, 1)))
""",
            [
                (
                    4,
                    "'dense' runs in 'functional' but is not a part of it for Keras: its weights are never trained or "
                    "saved; keep it on an attribute of the layer or model that calls it",
                )
            ],
        ),
    ]


def _is_known(part: Layer) -> bool:
    """Whether all that is on the object is known, as far as it is one of the program."""
    instance = getattr(part, "instance", None)
    if part.unknown is not None:
        return False
    if not isinstance(instance, Instance):
        return True
    node = instance.cls.node
    held = list(instance.attributes.values())
    for value in held:
        if isinstance(value, Unknown) or (isinstance(value, (ListValue, DictValue)) and value.unknown is not None):
            return False
        held += value.items if isinstance(value, ListValue) else list(value) if isinstance(value, tuple) else []
    return instance.unknown is None and "_layers" not in names_used(instance.cls.site.file, node)


def _run_inside(network: Network) -> list[Layer]:
    """The layers that the code of the program runs in the model, and in the layers in it, each once."""
    found: dict[int, Layer] = {}
    waiting: list[Node] = list(network.nodes)
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        found.setdefault(id(node.layer), node.layer)  # of a graph, these are its parts
        if node.inside is not None:
            waiting += _between(*node.inside)
        if isinstance(node.layer, Network):
            waiting += node.layer.nodes
    return list(found.values())


def _between(given: Sequence[Tensor], made: Sequence[Tensor]) -> list[Node]:
    """The calls on the way from the outputs back to the inputs."""
    ends = {id(tensor) for tensor in given}
    waiting = list(made)
    found: dict[int, Node] = {}
    while waiting:
        tensor = waiting.pop()
        node = tensor.node
        if id(tensor) in ends or node is None or id(node) in found:
            continue
        found[id(node)] = node
        waiting += node.inputs
    return list(found.values())


def _trains(layer: Layer) -> bool:
    """Whether it surely is a layer of Keras with weights that train."""
    return type(layer) is BuiltinLayer and layer.unknown is None and layer.trainable is True and layer.cls in _WEIGHTED


#: Layers of Keras with weights.
_WEIGHTED = STATEFUL - {
    *("AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise"),
    *("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
}
