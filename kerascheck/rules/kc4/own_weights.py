"""KC446: a model is given its own weights, since two names mean one model."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class OwnWeights(Rule):
    """A model is set to its own weights: the target network is the online network.

    ## What it does

    Reports `a.set_weights(b.get_weights())` where both names mean the same model.

    ## Why it is bad

    It changes nothing. `target = model` gives a model a second name and makes no copy. In Q-learning the target network
    then moves with every step of the network that it shall hold still for, and the training runs away.

    ## Example

    ```python
    from keras import Sequential, layers

    online = Sequential([layers.Input((4,)), layers.Dense(2)])
    target = online
    target.set_weights(online.get_weights())
    ```

    ## Use instead

    ```python
    import keras
    from keras import Sequential, layers

    online = Sequential([layers.Input((4,)), layers.Dense(2)])
    target = keras.models.clone_model(online)
    target.set_weights(online.get_weights())
    ```

    ## References

    - [Mnih et al.: Human-level control through deep reinforcement learning](https://doi.org/10.1038/nature14236)
    - [Keras: clone_model](https://keras.io/api/models/model/)
    """

    code = "KC446"
    name = "own-weights"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for event in program.given_weights:
            if event.owner is event.layer and isinstance(event.layer, Network) and event.site.key not in told:
                told.add(event.site.key)
                yield Finding(
                    event.site,
                    "both names refer to one model, so this copies its weights to itself; make the other one with "
                    "keras.models.clone_model",
                )

    VALID = [
        # a copy
        """
import keras
from keras import Sequential, layers
online = Sequential([layers.Input((4,)), layers.Dense(2)])
target = keras.models.clone_model(online)
target.set_weights(online.get_weights())
""",
        # made by the same function
        """
from keras import Sequential, layers
def build():
    return Sequential([layers.Input((4,)), layers.Dense(2)])
online, target = build(), build()
for step in range(10):
    target.set_weights(online.get_weights())
""",
        # the weights of an earlier moment
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(2)])
model.compile("adam", "mse")
before = model.get_weights()
model.fit(np.random.rand(8, 4), np.random.rand(8, 2))
model.set_weights(before)
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
class Agent:
    def __init__(self):
        self.model = self.build()
        self.target_model = self.model
        self.update_target()
    def build(self):
        return Sequential([layers.Input((4,)), layers.Dense(2)])
    def update_target(self):
        self.target_model.set_weights(self.model.get_weights())
agent = Agent()
""",
            [
                (
                    11,
                    "both names refer to one model, so this copies its weights to itself; make the other one with "
                    "keras.models.clone_model",
                )
            ],
        ),
    ]
