"""KC103: an input shape on a layer that gets its input from another layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.fixes.arguments import remove_argument
from kerascheck.layers.base import parse_signature
from kerascheck.network.arguments import Given
from kerascheck.network.dims import Dim, SymDim, definitely_different, format_dim, format_shape
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Node, Site
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._graph import shape_of
from kerascheck.rules.base import Finding, Invalid, Repair, Replacement, Rule, Thresholds

_NAMES = ("input_dim", "input_shape", "batch_input_shape")


class RedundantInputShape(Rule):
    """`input_dim` or `input_shape` is set on a layer that is not the first of its network.

    ## What it does

    Finds `input_dim`, `input_shape` and `batch_input_shape` on layers after the first one of a `Sequential`, and on
    layers that the functional API calls on a tensor. Where the value differs from the size that really comes in, the
    message says both and it is a warning; where nothing says that it is wrong, a note.

    ## Why it is bad

    Keras ignores the argument there. It looks as if it said something about the layer, and it goes stale unnoticed
    when the layer in front changes.

    ## Example

    ```python
    from keras import Sequential
    from keras.layers import Dense

    model = Sequential()
    model.add(Dense(64, activation="relu", input_dim=20))
    model.add(Dense(1, input_dim=64))
    ```

    ## Use instead

    ```python
    from keras import Sequential
    from keras.layers import Dense

    model = Sequential()
    model.add(Dense(64, activation="relu", input_dim=20))
    model.add(Dense(1))
    ```

    ## References

    - [Keras: the Sequential model](https://keras.io/guides/sequential_model/)
    - [Cross Validated 351976](https://stats.stackexchange.com/q/351976)
    """

    code = "KC103"
    name = "redundant-input-shape"
    severity = Severity.WARNING
    fixable = "safe"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not any(_may_write_shapes(layer) for layer in program.layers):
            return
        places = _Places(program)
        by_site: dict[tuple[int, int], list[Layer]] = {}
        for layer in program.layers:
            if layer.site is not None:
                by_site.setdefault(layer.site.key, []).append(layer)
        for layers in by_site.values():
            layer = layers[0]
            if layer.site is None or not all(places.is_behind(other) for other in layers):
                continue
            for name, given in _written_shapes(layer):
                repair = _repair(layer.site, given, name)
                if given.node is None or repair is None:
                    continue
                shown = f"{name}={_text(given.value)}" if _text(given.value) is not None else name
                real = _contradiction(name, given.value, layers)
                tail = "only the first layer of a network needs it" if real is None else f"the layer receives {real}"
                yield Finding(
                    Site(layer.site.file, given.node),
                    f"{shown} is ignored here{': ' if real is None else ', and wrong: '}{tail}",
                    repair,
                    severity=Severity.INFO if real is None else None,
                    anchor=layer.site,
                )

    VALID = [
        # on the first layer it is needed
        """
from keras import Sequential
from keras.layers import Dense
model = Sequential()
model.add(Dense(64, activation="relu", input_dim=20))
model.add(Dense(1))
""",
        # on the first layer of a model inside a model
        """
from keras import Sequential
from keras.layers import Dense
body = Sequential([Dense(64, activation="relu", input_shape=(20,)), Dense(8)])
model = Sequential([body, Dense(1)])
""",
        # Embedding has an argument of that name
        """
from keras import Sequential
from keras.layers import Embedding, Dense, Flatten
model = Sequential([Flatten(input_shape=(20,)), Embedding(input_dim=100, output_dim=8), Dense(1)])
""",
        # one place makes the first layer of one model and the second of another
        """
from keras import Sequential
from keras.layers import Dense
def layer():
    return Dense(20, activation="relu", input_shape=(20,))
one = Sequential([layer()])
two = Sequential([Dense(20, activation="relu", input_shape=(20,)), layer()])
""",
        # the same line makes the first layer and the others
        """
from keras import Sequential
from keras.layers import Dense
model = Sequential()
for i in range(3):
    model.add(Dense(20, activation="relu", input_dim=20))
""",
        # the layer never gets into a network
        """
from keras.layers import Dense
layer = Dense(20, input_dim=20)
""",
        # a class of the program that has such an argument
        """
from keras import Sequential, layers
class Own(layers.Layer):
    def __init__(self, units, input_dim):
        super().__init__()
model = Sequential([layers.Dense(20, input_shape=(20,)), Own(3, input_dim=20)])
""",
        # what the network begins with is not known
        """
from keras.layers import Dense
from elsewhere import start
model = start()
model.add(Dense(20, input_dim=20))
""",
        # the first layer is taken out again
        """
from keras import Sequential
from keras.layers import Dense
model = Sequential()
model.add(Dense(20, input_dim=20))
model.pop()
model.add(Dense(20, input_dim=20))
""",
        # the shape comes in a dictionary with other arguments
        """
from keras import Sequential
from keras.layers import Dense
options = {"input_dim": 20, "activation": "relu"}
model = Sequential([Dense(20, **options), Dense(20, **options)])
""",
    ]

    INVALID = [
        Invalid(
            """
from keras.models import Sequential
from keras.layers import Dense
model = Sequential()
model.add(Dense(64, activation="relu", input_dim=20))
model.add(Dense(64, input_dim=64, activation="relu"))
model.add(Dense(1, input_shape=(64,),))  # the end
""",
            [
                (6, "input_dim=64 is ignored here: only the first layer of a network needs it"),
                (7, "input_shape=(64,) is ignored here: only the first layer of a network needs it"),
            ],
            fixed="""
from keras.models import Sequential
from keras.layers import Dense
model = Sequential()
model.add(Dense(64, activation="relu", input_dim=20))
model.add(Dense(64, activation="relu"))
model.add(Dense(1,))  # the end
""",
        ),
        # it is wrong, too
        Invalid(
            """
from keras import Sequential
from keras.layers import Dense
model = Sequential([
    Dense(64, activation="relu", input_shape=(20,)),
    Dense(
        10,
        input_dim=20,  # features
        activation="softmax",
    ),
])
""",
            [(8, "input_dim=20 is ignored here, and wrong: the layer receives 64")],
            fixed="""
from keras import Sequential
from keras.layers import Dense
model = Sequential([
    Dense(64, activation="relu", input_shape=(20,)),
    Dense(
        10,
        # features
        activation="softmax",
    ),
])
""",
        ),
        # called on a tensor
        Invalid(
            """
from keras import Input, Model, layers
inputs = Input((28, 28, 1))
x = layers.Conv2D(8, 3, activation="relu", input_shape=(28, 28, 3))(inputs)
model = Model(inputs, layers.Flatten()(x))
""",
            [(4, "input_shape=(28, 28, 3) is ignored here, and wrong: the layer receives (28, 28, 1)")],
            fixed="""
from keras import Input, Model, layers
inputs = Input((28, 28, 1))
x = layers.Conv2D(8, 3, activation="relu")(inputs)
model = Model(inputs, layers.Flatten()(x))
""",
        ),
    ]


class _Places:
    """Where the layers of a program stand in its networks."""

    def __init__(self, program: Program) -> None:
        self.behind: set[int] = set()
        self.needed: set[int] = set()
        for network in program.networks:
            called = {id(node.layer) for node in network.nodes if node.inputs}
            layers = [layer for layer in network.layers if not isinstance(layer, InputLayer)]
            for index, layer in enumerate(layers):
                if _settles(network, index) and (id(layer) in called or network.is_sequential):
                    self.behind.add(id(layer))
                else:
                    self.needed.add(id(layer))

    def is_behind(self, layer: Layer) -> bool:
        """Whether the layer is part of a network, and nowhere the first or in doubt."""
        return isinstance(layer, BuiltinLayer) and id(layer) in self.behind and id(layer) not in self.needed


def _settles(network: Network, index: int) -> bool:
    """Whether the layer at this place of the network surely gets its input from elsewhere."""
    if network.open is not None or network.unknown is not None:
        return False
    if network.is_sequential:
        return index > 0
    return network.cls in ("Functional", "Model")


def _may_write_shapes(layer: Layer) -> bool:
    return layer.arguments is not None and not layer.arguments.keywords.keys().isdisjoint(_NAMES)


def _written_shapes(layer: Layer) -> Iterator[tuple[str, Given]]:
    """The input shape arguments that the layer's call spells out and that are no parameters of its own."""
    if layer.arguments is None or not isinstance(layer, BuiltinLayer):
        return
    own = parse_signature(layer.definition.signature)[0]
    for name in _NAMES:
        given = layer.arguments.get(name)
        if isinstance(given, Given) and given.node is not None and name not in own:
            yield name, given


def _repair(site: Site, given: Given, name: str) -> Repair | None:
    if not isinstance(site.node, cst.Call) or not any(arg is given.node for arg in site.node.args):
        return None
    assert given.node is not None
    return Repair(f"Remove {name}", (Replacement(site.node, remove_argument(site.node, given.node)),))


def _contradiction(name: str, value: Any, layers: list[Layer]) -> str | None:
    """What the layer really gets, where the value that is written surely differs from it."""
    incoming = {_incoming(node, name) for layer in layers for node in layer.calls}
    shape = incoming.pop() if len(incoming) == 1 else None
    if shape is None or not _contradicts(name, value, shape):
        return None
    return format_dim(shape[-1]) if name == "input_dim" else format_shape(shape)


def _incoming(node: Node, name: str) -> tuple[Dim, ...] | None:
    shape = shape_of(node.inputs[0]) if len(node.inputs) == 1 else None
    if shape is None:
        return None
    return shape if name == "batch_input_shape" else shape[1:]


def _contradicts(name: str, value: Any, shape: tuple[Dim, ...]) -> bool:
    """Whether the value surely differs from the shape that comes in."""
    if name == "input_dim":
        return bool(shape) and isinstance(value, int) and _differs(value, shape[-1])
    if not isinstance(value, (tuple, list)):
        return False
    if len(value) != len(shape):
        return True
    return any(_differs(a, b) for a, b in zip(value, shape, strict=True))


def _differs(given: Any, real: Dim) -> bool:
    return isinstance(given, int) and isinstance(real, int) and definitely_different(given, real)


def _text(value: Any) -> str | None:
    """The value as the message shows it; None where it is not known."""
    if value is None or isinstance(value, (int, SymDim)):
        return str(value)
    if isinstance(value, (tuple, list)):
        parts = [_text(item) for item in value]
        if all(part is not None for part in parts):
            inner = ", ".join(part for part in parts if part is not None)
            return f"({inner},)" if len(parts) == 1 else f"({inner})"
    return None
