"""KC508: names of files that Keras 3 does not save to."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.machine.modules.paths import ends_with, tail
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.program import Program
from kerascheck.rules._gone import severity_of
from kerascheck.rules._training import value_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_MODELS: tuple[str, ...] = (".keras", ".h5", ".hdf5")


_CHECKPOINTS = (".keras", ".h5")


_WEIGHTS = (".weights.h5",)


class WrongFileEnding(Rule):
    """A model or its weights are saved under a name that Keras 3 refuses.

    ## What it does

    Keras 3 tells the format by the ending: `model.save` takes `.keras` (and `.h5`, `.hdf5`), `ModelCheckpoint` takes
    `.keras` and `.h5`, `save_weights` and `ModelCheckpoint(save_weights_only=True)` take `.weights.h5`. Names without
    an ending, which `tf.keras` took for folders, are refused, with `save_format="tf"` as well.

    A program for which an older Keras is known to be meant may use them. Where nothing but its own style shows an older
    Keras, the finding is a note.

    ## Why it is bad

    Keras raises ValueError: `model.save` after all the training.

    ## Example

    ```python
    from keras import Sequential, callbacks, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.save("my_model")
    model.save_weights("weights.h5")
    saver = callbacks.ModelCheckpoint("best.hdf5")
    ```

    ## Use instead

    ```python
    from keras import Sequential, callbacks, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.save("my_model.keras")
    model.save_weights("my.weights.h5")
    saver = callbacks.ModelCheckpoint("best.keras")
    ```

    ## References

    - [Keras: saving and loading](https://keras.io/guides/serialization_and_saving/)
    """

    code = "KC508"
    name = "wrong-file-ending"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for name, arguments, site in program.calls:
            found, severity = _refused(name, arguments), severity_of(site.file)
            if found is not None and severity is not None:
                given, message = found
                yield Finding(value_site(site, given), message, anchor=site, severity=severity)

    VALID = [
        # endings that Keras 3 knows
        """
from pathlib import Path
from keras import Sequential, callbacks, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.save("a.keras")
model.save(Path("models") / "a.h5")
model.save("a.hdf5")
model.save_weights("a.weights.h5")
one = callbacks.ModelCheckpoint("weights-{epoch:02d}.keras")
two = callbacks.ModelCheckpoint("best.h5", save_best_only=True)
three = callbacks.ModelCheckpoint("best.weights.h5", save_weights_only=True)
""",
        # as a folder, which is asked for
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.save("folder", zipped=False)
model.export("folder")
model.save_weights("a.weights.json", max_shard_size=1)
""",
        # an ending that is not known
        """
import sys
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.save(sys.argv[1])
model.save(f"model{sys.argv[1]}")
model.save_weights("w" + sys.argv[1])
""",
        # meant for Keras 2
        """
import tf_keras
model = tf_keras.Sequential([tf_keras.layers.Dense(1)])
model.save("folder")
""",
        # ready for it
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
try:
    model.save("folder")
except ValueError:
    model.export("folder")
""",
    ]
    INVALID = [
        Invalid(
            """
import os
import sys
from keras import Sequential, callbacks, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.save("my_model")
model.save(os.path.join(sys.argv[1], "final"), save_format="tf")
model.save_weights("first.h5")
model.save_weights(f"{sys.argv[1]}/weights")
saver = callbacks.ModelCheckpoint(sys.argv[1] + "-{epoch:02d}.hdf5")
other = callbacks.ModelCheckpoint(filepath="best.h5", save_weights_only=True)
""",
            [
                (6, "Keras 3 saves models to .keras or .h5, not to 'my_model'; use model.export for a folder"),
                (7, "Keras 3 saves models to .keras or .h5, not to 'final'; use model.export for a folder"),
                (8, "Keras 3 saves weights to .weights.h5, not to 'first.h5'"),
                (9, "Keras 3 saves weights to .weights.h5, not to 'weights'"),
                (10, "ModelCheckpoint of Keras 3 saves models to .keras or .h5, not to '-{epoch:02d}.hdf5'"),
                (11, "ModelCheckpoint of Keras 3 saves weights to .weights.h5, not to 'best.h5'"),
            ],
            """
import os
import sys
from keras import Sequential, callbacks, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.save("my_model.keras")
model.save(os.path.join(sys.argv[1], "final.keras"))
model.save_weights("first.weights.h5")
model.save_weights(f"{sys.argv[1]}/weights.weights.h5")
saver = callbacks.ModelCheckpoint(sys.argv[1] + "-{epoch:02d}.keras")
other = callbacks.ModelCheckpoint(filepath="best.weights.h5", save_weights_only=True)
""",
        ),
        # folders, whose names are for the program's author to choose anew
        Invalid(
            """
import sys
from keras import Sequential, callbacks, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.save_weights("runs/first/")
saver = callbacks.ModelCheckpoint(sys.argv[1] + "/")
""",
            [
                (5, "Keras 3 saves weights to .weights.h5, not to 'first/'"),
                (6, "ModelCheckpoint of Keras 3 saves models to .keras or .h5, not to '/'"),
            ],
        ),
    ]


def _refused(name: str, arguments: Arguments) -> tuple[Given, str] | None:
    """The path that a call is given and Keras 3 refuses, and what to say of it."""
    place, subject, kind = 0, "Keras 3", "models to .keras or .h5"
    endings: tuple[str, ...] = _MODELS
    if name in ("keras.models.save_model", "keras.saving.save_model"):
        place = 1
    elif name == "keras.Model.save_weights":
        endings, kind = _WEIGHTS, "weights to .weights.h5"
    elif name == "keras.callbacks.ModelCheckpoint":
        subject, endings = "ModelCheckpoint of Keras 3", _CHECKPOINTS
        only = arguments.value("save_weights_only", 4, False)
        if only is True:
            endings, kind = _WEIGHTS, "weights to .weights.h5"
        elif only is not False:
            return None
    elif name != "keras.Model.save":
        return None
    given = arguments.get("filepath", place)
    if not isinstance(given, Given) or arguments.open_keywords or ends_with(given.value, endings) is not False:
        return None
    if any(option in arguments.keywords for option in ("zipped", "max_shard_size")):
        return None
    path = tail(given.value) or ""
    shown = path.rstrip("/").rpartition("/")[2] + "/" * path.endswith("/")
    message = f"{subject} saves {kind}, not to {shown!r}"
    is_folder = endings is _MODELS and "." not in shown
    return given, f"{message}; use model.export for a folder" if is_folder else message
