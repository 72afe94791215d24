"""KC804: a method that Keras would call if its name were written right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.attributes import find_member
from kerascheck.machine.static import once_in_outline
from kerascheck.network.ir import Program, Site
from kerascheck.rules._code import base_of, classes_of, is_layer_class, methods
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.outline import Outline

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
                near = [one for one in called if _is_near(name, one) and find_member(cls, one) is None]
                if len(near) == 1 and _mentions(method.site, name) == 1:
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


def _mentions(site: Site, name: str) -> int:
    """How often the name is written in the file."""
    return _names(site.file, site.file.tree)[name]


@once_in_outline
def _names(outline: Outline, tree: cst.CSTNode) -> Counter[str]:
    return Counter(node.value for node in outline.below(tree, cst.Name))


def _is_near(written: str, meant: str) -> bool:
    """Whether it takes one slip of the keyboard: a letter more, less, another one, or two that changed places."""
    if abs(len(written) - len(meant)) > 1 or written == meant or written[0] != meant[0]:
        return False
    if len(written) == len(meant):
        differing = [i for i, (a, b) in enumerate(zip(written, meant, strict=True)) if a != b]
        if len(meant) < 5:
            return len(differing) == 2 and _are_swapped(written, meant, differing)
        return len(differing) == 1 or (len(differing) == 2 and _are_swapped(written, meant, differing))
    shorter, longer = sorted((written, meant), key=len)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))) and len(meant) > 4


def _are_swapped(one: str, other: str, places: list[int]) -> bool:
    first, second = places
    return second == first + 1 and one[first] == other[second] and one[second] == other[first]
