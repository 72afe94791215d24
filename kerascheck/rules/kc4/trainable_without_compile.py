"""KC436: `trainable` is changed between two trainings, and `compile` is not called again."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Absent
from kerascheck.network.ir import Layer, Weight
from kerascheck.network.networks import Network
from kerascheck.network.program import CompileCall, Program, TrainCall
from kerascheck.rules._mentions import writes
from kerascheck.rules._related import compiling, set_trainable
from kerascheck.rules._streams import other_backend
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Where each step is run as it is written, the flags hold at once.
_EAGER = ("run_functions_eagerly", "run_eagerly", "make_train_function")


class TrainableWithoutCompile(Rule):
    """Layers are frozen or released between two trainings, and `compile` is not called again.

    ## What it does

    Compares which weights train in two calls of `fit` or `train_on_batch` of a model, where `compile` was called before
    the first one and not between them.

    ## Why it is bad

    The first training makes a function of the training step, with the weights that train at that moment, and the
    second one uses it again. What was released does not move (or the optimizer refuses it), what was frozen goes on
    moving. Nothing is said.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(32, 8), np.random.rand(32, 1)
    base = Sequential([layers.Input((8,)), layers.Dense(16, activation="relu")])
    base.trainable = False
    model = Sequential([base, layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y)
    base.trainable = True
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import Sequential, layers

    x, y = np.random.rand(32, 8), np.random.rand(32, 1)
    base = Sequential([layers.Input((8,)), layers.Dense(16, activation="relu")])
    base.trainable = False
    model = Sequential([base, layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y)
    base.trainable = True
    model.compile(keras.optimizers.Adam(1e-5), "mse")
    model.fit(x, y)
    ```

    ## References

    - [Keras: transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/)
    - [An unfrozen block that does not move](https://github.com/keras-team/keras-cv/pull/1746)
    """

    code = "KC436"
    name = "trainable-without-compile"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        first: dict[int, TrainCall] = {}
        for call in program.trainings:
            compiled = call.compiled
            if call.method not in FITTING or compiled is None or call.weights is None or _is_eager(compiled):
                continue
            before = first.setdefault(id(compiled), call)
            if before is call or before.weights is None or before.network is not call.network:
                continue
            released = before.weights[1] & call.weights[0]
            frozen = before.weights[0] & call.weights[1]
            if not released and (not frozen or _is_part(call.network, program)):
                continue  # the discriminator of a GAN, frozen in the whole, shall go on training by itself
            names = _names(call, released or frozen)
            what = "on" if released else "off"
            yield Finding(
                call.site,
                f"{names}: trainable was turned {what} without effect, since the compiled training step is reused; "
                f"call compile() after changing trainable",
                related=(*set_trainable(program, released or frozen, before, call), *compiling(compiled)),
            )
            first[id(compiled)] = call

    VALID = [
        # compiled again
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(32, 8), np.random.rand(32, 1)
model = Sequential([layers.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
model.layers[0].trainable = False
model.compile("adam", "mse")
model.fit(x, y)
model.layers[0].trainable = True
model.compile("adam", "mse")
model.fit(x, y)
""",
        # the first training comes after the change
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(32, 8), np.random.rand(32, 1)
model = Sequential([layers.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile("adam", "mse")
print(model.evaluate(x, y))
model.layers[0].trainable = False
model.fit(x, y)
model.fit(x, y)
""",
        # a GAN: the discriminator is frozen in the other model only
        """
import numpy as np
from keras import Sequential, layers
d = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
g = Sequential([layers.Input((3,)), layers.Dense(4)])
d.compile("adam", "binary_crossentropy")
gan = Sequential([g, d])
d.trainable = False
gan.compile("adam", "binary_crossentropy")
for step in range(3):
    d.trainable = True
    d.train_on_batch(np.random.rand(8, 4), np.ones((8, 1)))
    d.trainable = False
    gan.train_on_batch(np.random.rand(8, 3), np.ones((8, 1)))
""",
        # a GAN whose discriminator was trained before: its own step goes on
        """
import numpy as np
from keras import Sequential, layers
d = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
g = Sequential([layers.Input((3,)), layers.Dense(4)])
d.compile("adam", "binary_crossentropy")
d.train_on_batch(np.random.rand(8, 4), np.ones((8, 1)))
d.trainable = False
gan = Sequential([g, d])
gan.compile("adam", "binary_crossentropy")
d.train_on_batch(np.random.rand(8, 4), np.ones((8, 1)))
""",
        # each step reads the flags
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(32, 8), np.random.rand(32, 1)
model = Sequential([layers.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile("sgd", "mse", run_eagerly=True)
model.fit(x, y)
model.layers[0].trainable = False
model.fit(x, y)
""",
        # what is trained is not known
        """
from elsewhere import make_model, x, y
model = make_model()
model.compile("adam", "mse")
model.fit(x, y)
model.trainable = False
model.fit(x, y)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(32, 8), np.random.rand(32, 1)
base = Sequential([layers.Input((8,)), layers.Dense(16, activation="relu", name="low"), layers.Dense(4, name="top")])
base.trainable = False
model = Sequential([base, layers.Dense(1, name="head")])
model.compile("adam", "mse")
model.fit(x, y)
for layer in base.layers[-1:]:
    layer.trainable = True
base.trainable = True
model.fit(x, y)
""",
            [
                (
                    13,
                    "'low' and 'top': trainable was turned on without effect, since the compiled training step is "
                    "reused; call compile() after changing trainable",
                )
            ],
        ),
        # in methods
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
class Trainer:
    def __init__(self):
        self.model = Sequential([layers.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
        self.model.compile("adam", "mse")
    def run(self, x, y):
        self.model.fit(x, y)
        self.model.layers[0].trainable = False
        self.model.fit(x, y)
Trainer().run(np.random.rand(32, 8), np.random.rand(32, 1))
""",
            [
                (
                    11,
                    "'dense': trainable was turned off without effect, since the compiled training step is reused; "
                    "call compile() after changing trainable",
                )
            ],
        ),
    ]


def _is_part(network: Network, program: Program) -> bool:
    """Whether it is in another model that is compiled, too."""
    wholes = {id(call.network): call.network for call in program.compiles if call.network is not network}
    return any(_holds(whole, network, 0) for whole in wholes.values())


def _holds(layer: Layer, wanted: Layer, depth: int) -> bool:
    return depth < 10 and any(one is wanted or _holds(one, wanted, depth + 1) for one in layer.sublayers())


def _is_eager(compiled: CompileCall) -> bool:
    """Whether the step may be run anew each time instead of being kept as a function."""
    asked = compiled.arguments.get("run_eagerly")
    return not isinstance(asked, Absent) or other_backend(compiled.site) or writes(compiled.site.file, _EAGER)


def _names(call: TrainCall, weights: frozenset[Weight]) -> str:
    """The layers that the weights belong to, the first few of them."""
    names: list[str] = []
    waiting: list[Layer] = list(call.network.layers)
    while waiting and len(names) < 4:
        layer = waiting.pop(0)
        inner = list(layer.sublayers())
        if inner:
            waiting = inner + waiting
        elif isinstance(layer.weights, list) and any(weight in weights for weight in layer.weights):
            names.append(repr(layer.name))
    if not names:
        return "a layer"
    if len(names) > 3:
        return f"{names[0]} and other layers"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
