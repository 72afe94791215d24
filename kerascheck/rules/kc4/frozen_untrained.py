"""KC472: a base of random weights that nothing trains."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.events import FileCall, WeightsCall
from kerascheck.network.ir import Weight
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._scales import is_application
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Undetermined


class FrozenUntrained(Rule):
    """A network of `keras.applications` without pretrained weights is frozen.

    ## What it does

    Reports networks of `keras.applications` with `weights=None` all of whose weights are frozen when the model they
    are in is trained, and that have not been trained or given other weights before.

    ## Why it is bad

    The weights are random and stay so. What the layers behind them get are random features; the accuracy is far below
    that of pretrained weights, and no error says why.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, applications, layers

    base = applications.MobileNetV2(weights=None, include_top=False, input_shape=(96, 96, 3), pooling="avg")
    base.trainable = False
    model = Sequential([base, layers.Dense(5, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(np.zeros((8, 96, 96, 3)), np.zeros(8))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, applications, layers

    base = applications.MobileNetV2(weights="imagenet", include_top=False, input_shape=(96, 96, 3), pooling="avg")
    base.trainable = False
    model = Sequential([base, layers.Dense(5, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(np.zeros((8, 96, 96, 3)), np.zeros(8))
    ```

    ## References

    - [Keras: transfer learning](https://keras.io/guides/transfer_learning/)
    """

    code = "KC472"
    name = "frozen-untrained"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if _gets_weights(program):
            return
        trained: set[Weight] = set()
        for call in program.trainings:
            if call.method not in FITTING or call.weights is None:
                continue
            trains, frozen = call.weights
            for base in program.networks:
                own = _random_weights(base)
                if own and own <= frozen and not own & trained:
                    made = base.site if base.site is not None and base.site.file is call.site.file else call.site
                    yield Finding(
                        made,
                        f"{base.qualname.rpartition('.')[2]} has random weights (weights=None) and "
                        'is frozen, so that it never learns; load weights, such as weights="imagenet", or train it',
                        anchor=call.site,
                    )
                    return
            trained |= trains

    VALID = [
        # pretrained
        """
import numpy as np
from keras import Sequential, applications, layers
base = applications.MobileNetV2(include_top=False, input_shape=(96, 96, 3), pooling="avg")
base.trainable = False
model = Sequential([base, layers.Dense(5, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((8, 96, 96, 3)), np.zeros(8))
""",
        # trained from the beginning
        """
import numpy as np
from keras import Sequential, applications, layers
base = applications.MobileNetV2(weights=None, include_top=False, input_shape=(96, 96, 3), pooling="avg")
model = Sequential([base, layers.Dense(5, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((8, 96, 96, 3)), np.zeros(8))
""",
        # its weights come from a file
        """
import numpy as np
from keras import Sequential, applications, layers
base = applications.MobileNetV2(weights=None, include_top=False, input_shape=(96, 96, 3), pooling="avg")
base.load_weights("mine.weights.h5")
base.trainable = False
model = Sequential([base, layers.Dense(5, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((8, 96, 96, 3)), np.zeros(8))
""",
        # trained in a first step
        """
import numpy as np
from keras import Sequential, applications, layers
base = applications.MobileNetV2(weights=None, include_top=False, input_shape=(96, 96, 3), pooling="avg")
model = Sequential([base, layers.Dense(5, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((8, 96, 96, 3)), np.zeros(8))
base.trainable = False
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((8, 96, 96, 3)), np.zeros(8))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Input, Model, applications, layers
base = applications.MobileNetV2(weights=None, include_top=False, input_shape=(96, 96, 3))
for layer in base.layers:
    layer.trainable = False
x = layers.GlobalAveragePooling2D()(base.output)
model = Model(base.input, layers.Dense(5, activation="softmax")(x))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((8, 96, 96, 3)), np.zeros(8))
""",
            [
                (
                    4,
                    "MobileNetV2 has random weights (weights=None) and is frozen, so that it never learns; load "
                    'weights, such as weights="imagenet", or train it',
                )
            ],
        ),
    ]


def _gets_weights(program: Program) -> bool:
    """Whether the program gives weights to anything: to what, is not asked."""
    return bool(program.given_weights) or any(
        isinstance(event, WeightsCall) or (isinstance(event, FileCall) and event.verb in ("load", "load_weights"))
        for event in program.events
    )


def _random_weights(base: Network) -> frozenset[Weight]:
    """The weights of a ready-made network that is made with random ones; none where that is not sure."""
    if not is_application(base) or base.arguments is None or base.arguments.open_keywords:
        return frozenset()
    if base.arguments.value("weights", 1, "imagenet") is not None:
        return frozenset()
    try:
        return frozenset(weight for weight, _ in base.all_weights())
    except Undetermined:
        return frozenset()
