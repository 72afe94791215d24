"""KC437: a model is trained while none of its weights trains."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._gone import severity_of_habit
from kerascheck.rules._related import compiling, set_trainable
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class FrozenTraining(Rule):
    """A model is trained while all of its weights are frozen.

    ## What it does

    Reports `fit` and `train_on_batch` of a model of which no weight is trainable at that moment.

    ## Why it is bad

    Keras 3 warns once and changes nothing. In a GAN it is the usual fault: Keras 3 reads `trainable` when the training
    begins, not in `compile`, so that a discriminator that is frozen for the generator is frozen for its own training.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    discriminator = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    discriminator.compile("adam", "binary_crossentropy")
    discriminator.trainable = False
    gan = Sequential([layers.Input((3,)), layers.Dense(4), discriminator])
    gan.compile("adam", "binary_crossentropy")
    for step in range(100):
        discriminator.train_on_batch(np.random.rand(8, 4), np.ones((8, 1)))
        gan.train_on_batch(np.random.rand(8, 3), np.ones((8, 1)))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    discriminator = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    discriminator.compile("adam", "binary_crossentropy")
    gan = Sequential([layers.Input((3,)), layers.Dense(4), discriminator])
    gan.compile("adam", "binary_crossentropy")
    for step in range(100):
        discriminator.trainable = True
        discriminator.train_on_batch(np.random.rand(8, 4), np.ones((8, 1)))
        discriminator.trainable = False
        gan.train_on_batch(np.random.rand(8, 3), np.ones((8, 1)))
    ```

    ## References

    - [Keras: freezing layers](https://keras.io/guides/transfer_learning/#freezing-layers-understanding-the-trainable-attribute)
    """

    code = "KC437"
    name = "frozen-training"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[int] = set()  # one finding for a model is enough
        for call in program.trainings:
            if call.method not in FITTING or call.weights is None or call.compiled is None or call.guarded:
                continue
            trains, frozen = call.weights
            if (
                trains
                or id(call.network) in told
                or not any(weight.trainable for weight in frozen)
                or call.network.own_methods
                or (severity := severity_of_habit(call.site.file)) is None  # an older Keras trains what it has compiled
            ):
                continue
            told.add(id(call.network))
            yield Finding(
                call.site,
                f"{call.network.variable or call.network.name!r} is trained while all its weights are frozen: "
                "nothing changes; set trainable = True first",
                severity=severity,
                related=(*set_trainable(program, frozen, None, call), *compiling(call.compiled)),
            )

    VALID = [
        # a head that trains
        """
import numpy as np
from keras import Sequential, layers
base = Sequential([layers.Input((8,)), layers.Dense(16, activation="relu")])
base.trainable = False
model = Sequential([base, layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(32, 8), np.random.rand(32, 1))
""",
        # nothing could train: layers without weights
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Rescaling(2.0)])
model.compile("adam", "mse")
model.fit(np.random.rand(32, 8), np.random.rand(32, 8))
""",
        # only tested
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(1)])
model.trainable = False
model.compile("adam", "mse")
model.evaluate(np.random.rand(32, 8), np.random.rand(32, 1))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
for layer in model.layers:
    layer.trainable = False
model.compile("adam", "mse")
model.fit(np.random.rand(32, 8), np.random.rand(32, 1))
""",
            [(8, "'model' is trained while all its weights are frozen: nothing changes; set trainable = True first")],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
class Gan:
    def __init__(self):
        self.d = self.discriminator()
        self.d.compile("adam", "binary_crossentropy")
        self.g = Sequential([layers.Input((3,)), layers.Dense(4)])
        self.d.trainable = False
        self.both = Sequential([self.g, self.d])
        self.both.compile("adam", "binary_crossentropy")
    def discriminator(self):
        return Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")], name="judge")
    def train(self, x):
        for epoch in range(100):
            self.d.train_on_batch(x, np.ones((8, 1)))
            self.both.train_on_batch(np.random.rand(8, 3), np.ones((8, 1)))
Gan().train(np.random.rand(8, 4))
""",
            [(16, "'judge' is trained while all its weights are frozen: nothing changes; set trainable = True first")],
        ),
    ]
