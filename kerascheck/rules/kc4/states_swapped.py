"""KC480: the two states of an LSTM in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import BuiltinLayer, Node
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Where `return_state` puts the hidden states: each is followed by the cell state.
_HIDDEN = {"LSTM": (1,), "Bidirectional": (1, 3)}


class StatesSwapped(Rule):
    """An LSTM receives the states of another one in the wrong order.

    ## What it does

    Reports an LSTM whose `initial_state` is the cell state and then the hidden state of another LSTM.

    ## Why it is bad

    An LSTM with `return_state=True` gives its output, the hidden state and the cell state, and takes the two in this
    order. Both have the same shape, so that nothing fails: the decoder begins with states that mean something else.

    ## Example

    ```python
    from keras import Input, layers

    source, target = Input((None, 8)), Input((None, 8))
    _, cell, hidden = layers.LSTM(16, return_state=True)(source)
    decoded = layers.LSTM(16, return_sequences=True)(target, initial_state=[hidden, cell])
    ```

    ## Use instead

    ```python
    from keras import Input, layers

    source, target = Input((None, 8)), Input((None, 8))
    _, hidden, cell = layers.LSTM(16, return_state=True)(source)
    decoded = layers.LSTM(16, return_sequences=True)(target, initial_state=[hidden, cell])
    ```

    ## References

    - [Keras: LSTM](https://keras.io/api/layers/recurrent_layers/lstm/)
    """

    code = "KC480"
    name = "states-swapped"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for layer in program.layers:
            if not isinstance(layer, BuiltinLayer) or layer.cls not in _HIDDEN:
                continue
            for node in layer.calls:
                if node.site is not None and node.site.key not in told and _are_swapped(node):
                    told.add(node.site.key)
                    yield Finding(
                        node.site,
                        f"{layer.name!r} receives the cell state as its hidden state, and the hidden one as its cell "
                        "state; an LSTM returns and expects [hidden, cell]",
                    )

    VALID = [
        # as they come
        """
from keras import Input, layers
source, target = Input((None, 8)), Input((None, 8))
_, hidden, cell = layers.LSTM(16, return_state=True)(source)
decoded = layers.LSTM(16, return_sequences=True)(target, initial_state=[hidden, cell])
""",
        # of both directions
        """
from keras import Input, layers
source, target = Input((None, 8)), Input((None, 8))
_, *states = layers.Bidirectional(layers.LSTM(16, return_state=True))(source)
decoded = layers.Bidirectional(layers.LSTM(16, return_sequences=True))(target, initial_state=states)
hidden = layers.Concatenate()([states[0], states[2]])
cell = layers.Concatenate()([states[1], states[3]])
decoded = layers.LSTM(32)(target, initial_state=[hidden, cell])
""",
        # the state of a GRU is one
        """
from keras import Input, layers
source, target = Input((None, 8)), Input((None, 8))
_, state = layers.GRU(16, return_state=True)(source)
decoded = layers.GRU(16, return_sequences=True)(target, initial_state=state)
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Input, layers
source, target = Input((None, 8)), Input((None, 8))
_, cell, hidden = layers.LSTM(16, return_state=True)(source)
decoded = layers.LSTM(16, return_sequences=True, name="decoder")(target, initial_state=[hidden, cell])
""",
            [
                (
                    5,
                    "'decoder' receives the cell state as its hidden state, and the hidden one as its cell state; "
                    "an LSTM returns and expects [hidden, cell]",
                )
            ],
        ),
    ]


def _are_swapped(node: Node) -> bool:
    """Whether two states follow each other in the order that no LSTM gives them in."""
    for first, second in pairwise(node.inputs[1:]):
        maker = first.node
        if maker is None or maker is not second.node or maker is node or not isinstance(maker.layer, BuiltinLayer):
            continue
        if second.index in _HIDDEN.get(maker.layer.cls, ()) and first.index == second.index + 1:
            return len(maker.outputs) in (3, 5)
    return False
