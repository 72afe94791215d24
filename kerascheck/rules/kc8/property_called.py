"""KC876: a property of a model or layer is called as if it were a method."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Layer
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._code import all_code, as_written, own_nodes
from kerascheck.rules._reserved import reserved_by
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_ENDS = frozenset({"input_shape", "output_shape", "inputs", "outputs", "name"})


class PropertyCalled(Rule):
    """`model.weights()`, `model.layers()`: a property is called.

    ## What it does

    Reports calls of properties of models and layers, which hold lists, tensors or texts, on objects that surely are
    such.

    ## Why it is bad

    "'list' object is not callable". What gives the numbers of the weights is `get_weights()`.

    ## Example

    ```python
    from keras import Sequential, layers

    one = Sequential([layers.Input((4,)), layers.Dense(1)])
    other = Sequential([layers.Input((4,)), layers.Dense(1)])
    other.set_weights(one.weights())
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    one = Sequential([layers.Input((4,)), layers.Dense(1)])
    other = Sequential([layers.Input((4,)), layers.Dense(1)])
    other.set_weights(one.get_weights())
    ```

    ## References

    - [Keras: the base Layer class](https://keras.io/api/layers/base_layer/)
    """

    code = "KC876"
    name = "property-called"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        properties = (reserved_by("keras.Model") | _ENDS) - {"quantization_mode", "distribute_strategy"}
        for code in all_code(program):
            for call in own_nodes(code.file, code.node.body, cst.Call):
                func = call.func
                if not isinstance(func, cst.Attribute) or func.attr.value not in properties:
                    continue
                held = code.meaning(func.value)
                if isinstance(held, Layer) and _is_plain(held):
                    name = func.attr.value
                    advice = "; get_weights() returns their values" if name.endswith(("weights", "variables")) else ""
                    yield Finding(
                        code.site(call), f"{as_written(func)} is not a method: remove the parentheses{advice}"
                    )

    VALID = [
        # methods, and properties that are read
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
print(model.get_weights(), model.weights, model.layers[0].output_shape if False else model.output_shape)
model.summary()
model.count_params()
""",
        # a class of the program may have methods of this name
        """
import keras
class Net(keras.Model):
    def layers(self):
        return []
net = Net()
net.layers()
class Agent:
    def weights(self):
        return []
Agent().weights()
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
class Agent:
    def __init__(self):
        self.model = Sequential([layers.Input((4,)), layers.Dense(1)])
        self.target = Sequential([layers.Input((4,)), layers.Dense(1)])
    def update(self):
        self.target.set_weights(self.model.weights())
agent = Agent()
agent.update()
for layer in agent.model.layers():
    print(layer.name)
""",
            [
                (
                    8,
                    "self.model.weights is not a method: remove the parentheses; get_weights() returns their values",
                ),
                (11, "agent.model.layers is not a method: remove the parentheses"),
            ],
        ),
    ]


def _is_plain(layer: Layer) -> bool:
    """Whether its class is one of Keras."""
    is_own = getattr(layer, "instance", None) is not None
    return not is_own and not (isinstance(layer, Network) and layer.kind == "subclass")
