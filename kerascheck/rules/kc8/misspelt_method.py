"""KC804: a method that Keras would call if its name were written right."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import base_of, classes_of, is_layer_class, methods
from kerascheck.rules._mentions import mentions
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.spelling import is_slip

_LAYER = ("build", "call", "get_config", "compute_output_shape", "compute_mask")


_MODEL = (*_LAYER, "train_step", "test_step", "predict_step")


_CALLBACK = tuple(
    f"on_{where}"
    for what in ("train", "test", "predict")
    for where in (f"{what}_begin", f"{what}_end", f"{what}_batch_begin", f"{what}_batch_end")
)


#: The methods that Keras calls, by the class that a class of the program derives from.
_CALLED = {
    "keras.Layer": _LAYER,
    "keras.Model": _MODEL,
    "keras.metrics.Metric": ("update_state", "result", "reset_state", "get_config"),
    "keras.losses.Loss": ("call", "get_config"),
    "keras.callbacks.Callback": (*_CALLBACK, "on_epoch_begin", "on_epoch_end"),
}


class MisspeltMethod(Rule):
    """A method that nobody calls is one or two letters away from one that Keras calls.

    ## What it does

    Reports a method of a class that derives from Keras whose name is nearly that of a method that Keras calls
    (`biuld`, `on_epoch_ends`), where the class has no method of the right name and nothing in the file mentions the
    one that it has.

    ## Why it is bad

    Keras never calls it: the weights are not made, the callback does nothing.

    ## Example

    ```python
    import keras

    class Log(keras.callbacks.Callback):
        def on_epochs_end(self, epoch, logs=None):
            print(epoch, logs)
    ```

    ## Use instead

    ```python
    import keras

    class Log(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            print(epoch, logs)
    ```

    ## References

    - [Keras: writing your own callbacks](https://keras.io/guides/writing_your_own_callbacks/)
    """

    code = "KC804"
    name = "misspelt-method"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            base = base_of(cls)
            called = _CALLED.get(base, _LAYER if is_layer_class(cls) else ())
            for method in methods(cls):
                name = method.name
                if name in called or name.startswith("_") or method.decorated or name in _OTHERS:
                    continue
                near = [one for one in called if is_slip(name, one) and find_member(cls, one) is None]
                if len(near) == 1 and mentions(method.site, name) == 1:
                    yield Finding(
                        Site(method.site.file, method.node),
                        f"Keras never calls {cls.name}.{name}, and nothing here does; did you mean {near[0]}?",
                    )

    VALID = [
        # written right
        """
import keras
class Scale(keras.layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],))
    def call(self, x):
        return x * self.scale
""",
        # a helper that the class itself calls
        """
import keras
class Net(keras.Model):
    def cell(self, x):
        return x
    def call(self, x):
        return self.cell(x)
""",
        # both are there
        """
import keras
class Net(keras.Model):
    def builds(self):
        return 2
    def build(self, shape):
        pass
    def call(self, x):
        return x
""",
        # words of their own
        """
import keras
class Net(keras.Model):
    def bold(self):
        pass
    def on_epoch(self):
        pass
    def call(self, x):
        return x
""",
        # a method of Keras that is near to another one
        """
import keras
class Net(keras.Model):
    def call(self, x):
        return x
    def test_step(self, data):
        return {}
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
class Scale(keras.layers.Layer):
    def biuld(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],))
    def call(self, x):
        return x * self.scale
""",
            [(4, "Keras never calls Scale.biuld, and nothing here does; did you mean build?")],
        ),
        Invalid(
            """
import tensorflow as tf
class Net(tf.keras.Model):
    def call(self, x):
        return x
    def trainstep(self, data):
        return {}
""",
            [(6, "Keras never calls Net.trainstep, and nothing here does; did you mean train_step?")],
        ),
    ]


#: Words that are names in their own right.
_OTHERS = frozenset({"built", "builds", "builder", "calls", "results", "reset_states", "get_configs"})
