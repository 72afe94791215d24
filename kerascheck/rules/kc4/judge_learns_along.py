"""KC459: The discriminator of a GAN learns to be fooled while the generator is trained."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.training import FITTING, training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Weight
from kerascheck.network.networks import Network
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Undetermined


class JudgeLearnsAlong(Rule):
    """The discriminator of a GAN learns to be fooled while the generator is trained.

    ## What it does

    Reports the training of a model that ends in another one, with the same answer for all samples, where that other
    model is trained by itself with different answers and its weights are not frozen.

    ## Why it is bad

    The combined model is to move the generator alone. If the discriminator may move too, it learns in the same step to
    call everything real: the loss falls at once, and the generator learns nothing.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    generator = Sequential([layers.Input((4,)), layers.Dense(8)])
    discriminator = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
    discriminator.compile("adam", "binary_crossentropy")
    gan = Sequential([generator, discriminator])
    gan.compile("adam", "binary_crossentropy")
    for _ in range(10):
        noise = np.random.randn(32, 4)
        discriminator.train_on_batch(np.random.rand(32, 8), np.ones((32, 1)))
        discriminator.train_on_batch(generator.predict(noise), np.zeros((32, 1)))
        gan.train_on_batch(noise, np.ones((32, 1)))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    generator = Sequential([layers.Input((4,)), layers.Dense(8)])
    discriminator = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
    discriminator.compile("adam", "binary_crossentropy")
    gan = Sequential([generator, discriminator])
    gan.compile("adam", "binary_crossentropy")
    for _ in range(10):
        noise = np.random.randn(32, 4)
        discriminator.trainable = True
        discriminator.train_on_batch(np.random.rand(32, 8), np.ones((32, 1)))
        discriminator.train_on_batch(generator.predict(noise), np.zeros((32, 1)))
        discriminator.trainable = False
        gan.train_on_batch(noise, np.ones((32, 1)))
    ```

    ## References

    - [Goodfellow et al.: Generative adversarial networks](https://arxiv.org/abs/1406.2661)
    - [Keras: freezing layers](https://keras.io/guides/transfer_learning/)
    """

    code = "KC459"
    name = "judge-learns-along"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        answers: dict[int, tuple[Network, set[float]]] = {}
        for call in program.trainings:
            answer = _answer(call)
            if answer is not None and call.method in FITTING:
                answers.setdefault(id(call.network), (call.network, set()))[1].add(answer)
        told: set[tuple[int, int]] = set()
        for call in program.trainings:
            if call.method not in FITTING or _answer(call) is None or call.weights is None or call.site.key in told:
                continue
            if len(answers[id(call.network)][1]) > 1:
                continue
            for judge, given in answers.values():
                if judge is call.network or len(given) < 2 or not _ends_in(call.network, judge):
                    continue
                own = _weights(judge)
                if own and own & call.weights[0] and call.weights[0] - own:
                    told.add(call.site.key)
                    yield Finding(
                        call.site,
                        f"{judge.name!r} is not frozen while {call.network.name!r} is trained, and learns to always "
                        f"return one answer; set {judge.name}.trainable = False before this step, and True before its "
                        "own",
                    )

    VALID = [
        # frozen in this step, and not in its own
        """
import numpy as np
from keras import Sequential, layers
generator = Sequential([layers.Input((4,)), layers.Dense(8)])
judge = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
judge.compile("adam", "binary_crossentropy")
gan = Sequential([generator, judge])
gan.compile("adam", "binary_crossentropy")
for _ in range(10):
    noise = np.random.randn(32, 4)
    judge.trainable = True
    judge.train_on_batch(np.random.rand(32, 8), np.ones((32, 1)))
    judge.train_on_batch(generator.predict(noise), np.zeros((32, 1)))
    judge.trainable = False
    gan.train_on_batch(noise, np.ones((32, 1)))
""",
        # an autoencoder whose decoder was trained before
        """
import numpy as np
from keras import Sequential, layers
decoder = Sequential([layers.Input((4,)), layers.Dense(8)])
decoder.compile("adam", "mse")
decoder.fit(np.random.rand(32, 4), np.random.rand(32, 8))
whole = Sequential([Sequential([layers.Input((8,)), layers.Dense(4)]), decoder])
whole.compile("adam", "mse")
x = np.random.rand(32, 8)
whole.fit(x, x)
""",
        # which answers it gets is not known
        """
import numpy as np
from elsewhere import y
from keras import Sequential, layers
head = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
head.compile("adam", "binary_crossentropy")
whole = Sequential([Sequential([layers.Input((4,)), layers.Dense(8)]), head])
whole.compile("adam", "binary_crossentropy")
head.fit(np.random.rand(32, 8), y)
whole.fit(np.random.rand(32, 4), y)
""",
        # a head that is always told the same
        """
import numpy as np
from keras import Sequential, layers
head = Sequential([layers.Input((8,)), layers.Dense(1)])
head.compile("adam", "mse")
whole = Sequential([Sequential([layers.Input((4,)), layers.Dense(8)]), head])
whole.compile("adam", "mse")
head.fit(np.random.rand(32, 8), np.zeros((32, 1)))
whole.fit(np.random.rand(32, 4), np.zeros((32, 1)))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from tensorflow.keras import Input, Model, Sequential, layers
class Pair:
    def __init__(self):
        self.judge = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")], name="judge")
        self.judge.compile("adam", "binary_crossentropy")
        self.painter = Sequential([layers.Input((4,)), layers.Dense(8)])
        z = Input((4,))
        self.both = Model(z, self.judge(self.painter(z)), name="both")
        self.both.compile("adam", "binary_crossentropy")
    def train(self, real):
        ones, zeros = np.ones((32, 1)), np.zeros((32, 1))
        for _ in range(10):
            noise = np.random.randn(32, 4)
            self.judge.train_on_batch(real, ones)
            self.judge.train_on_batch(self.painter.predict(noise), zeros)
            self.both.train_on_batch(noise, ones)
Pair().train(np.random.rand(32, 8))
""",
            [
                (
                    18,
                    "'judge' is not frozen while 'both' is trained, and learns to always return one answer; set "
                    "judge.trainable = False before this step, and True before its own",
                )
            ],
        ),
    ]


def _answer(call: TrainCall) -> float | None:
    """The one number that all targets are."""
    y = training_data(call).y
    return y.content.single() if isinstance(y, Array) else None


def _ends_in(network: Network, judge: Network) -> bool:
    """Whether what the network gives is what the other one gives."""
    if network.open is not None or len(network.outputs) != 1:
        return False
    return any(node.layer is judge and network.outputs[0] in node.outputs for node in network.nodes)


def _weights(network: Network) -> frozenset[Weight]:
    try:
        return frozenset(weight for weight, _ in network.all_weights())
    except Undetermined:
        return frozenset()
