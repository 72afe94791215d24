"""KC712: a model is saved before it is trained, and not afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.machine.keras.saving import parts_of
from kerascheck.network.events import FileCall, WeightsCall
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject, Program, TrainCall
from kerascheck.rules._related import trained
from kerascheck.rules._serial import snapshot_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_TRAINING = frozenset({"fit", "fit_generator", "train_on_batch"})


_SAVING = frozenset({"save", "save_weights", "export", "pickle"})


class SavedBeforeTraining(Rule):
    """The file of a model is written before `fit`, and no other one after it.

    ## What it does

    Reports `model.save` where the model is trained later in the program, was not trained or filled with weights before,
    and is neither saved again nor kept by a callback.

    ## Why it is bad

    The file holds the random weights that the model began with.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.save("model.keras")
    model.fit(np.random.rand(64, 4), np.random.rand(64, 1))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.random.rand(64, 4), np.random.rand(64, 1))
    model.save("model.keras")
    ```

    ## References

    - [Keras: save, serialize and export models](https://keras.io/guides/serialization_and_saving/)
    """

    code = "KC712"
    name = "saved-before-training"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if program.start is not None:
            return  # other methods may come before or after it
        files = [event for event in program.events if isinstance(event, FileCall)]
        for event in files:
            network = event.network
            if event.verb != "save" or network is None or network.open is not None or _is_filled(program, network):
                continue
            before = program.trainings[: event.trainings]
            later = [call for call in program.trainings[event.trainings :] if _trains(call, network)]
            if not later or any(_trains(call, network) for call in before):
                continue
            kept = any(
                other is not event and other.network is network and other.verb in _SAVING for other in files
            ) or any(_has_callbacks(call) for call in later)
            read = any((held := snapshot_of(other.held)) is not None and held.origin is network for other in files)
            if not kept and not read:
                yield Finding(
                    event.site,
                    f"{network.name!r} is saved here with its initial weights, trained later and not saved "
                    "again; save it after fit",
                    related=tuple(trained(later[0])),
                )

    VALID = [
        # saved when it is trained
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(64, 4), np.random.rand(64, 1))
model.save("model.keras")
""",
        # saved before and behind
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.save("first.keras")
model.fit(np.random.rand(64, 4), np.random.rand(64, 1))
model.save("trained.keras")
""",
        # read again, to begin anew
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.save("first.keras")
model.fit(np.random.rand(64, 4), np.random.rand(64, 1))
again = keras.models.load_model("first.keras")
""",
        # a callback keeps the best
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.save("first.keras")
keep = keras.callbacks.ModelCheckpoint("best.keras", monitor="loss", save_best_only=True)
model.fit(np.random.rand(64, 4), np.random.rand(64, 1), callbacks=[keep])
""",
        # the pretrained part is what is saved
        """
import numpy as np
import keras
from keras import layers
base = keras.applications.MobileNetV2(include_top=False, pooling="avg", input_shape=(96, 96, 3))
base.compile("adam", "mse")
base.save("base.keras")
base.fit(np.random.rand(8, 96, 96, 3), np.random.rand(8, 1280))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(1)])
model.compile("adam", "mse")
model.save("model.keras")
model.fit(np.random.rand(64, 4), np.random.rand(64, 1), epochs=3)
print(model.evaluate(np.random.rand(64, 4), np.random.rand(64, 1)))
""",
            [
                (
                    6,
                    "'sequential' is saved here with its initial weights, trained later and not saved again; "
                    "save it after fit",
                )
            ],
        ),
    ]


def _trains(call: TrainCall, network: Network) -> bool:
    """Whether the call trains the model, or one that it is a part of."""
    if call.method not in _TRAINING:
        return False
    return call.network is network or any(part is network for part in parts_of(call.network))


def _has_callbacks(call: TrainCall) -> bool:
    """Whether a callback may save the model: a checkpoint, or one that is not known."""
    value = call.arguments.value("callbacks")
    items = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
    return any(not isinstance(one, KerasObject) or one.qualname.endswith(_KEEPING) for one in items)


_KEEPING = ("ModelCheckpoint", "BackupAndRestore", "LambdaCallback")


def _is_filled(program: Program, network: Network) -> bool:
    """Whether the model may have weights that were trained before: loaded, set, or of a model of Keras."""
    parts = parts_of(network)
    if any(isinstance(part, Network) and part is not network for part in parts):
        return True
    if network.kind == "functional" and network.qualname.startswith("keras.applications"):
        return True
    for event in program.events:
        if isinstance(event, WeightsCall) and any(part is event.layer for part in parts):
            return True
        if isinstance(event, FileCall) and event.verb == "load_weights" and event.network is network:
            return True
    return any(getattr(part, "instance", None) is not None for part in parts)
