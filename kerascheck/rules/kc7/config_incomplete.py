"""KC716: what a layer was made with is not in its configuration, and it has a default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.static import names_used
from kerascheck.machine.values import ClassValue, FunctionValue
from kerascheck.network.arguments import Given
from kerascheck.network.events import FileCall
from kerascheck.network.ir import Layer, Site
from kerascheck.network.program import Program
from kerascheck.rules._code import base_of, definition, is_keras_3, own_method
from kerascheck.rules._configs import BASE_KEYS, config_keys, parameters_of
from kerascheck.rules._serial import own_class, written_parts
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_VERBS = frozenset({"save", "clone", "pickle"})
_PLAIN = (int, float, str, bool, type(None))


class ConfigIncomplete(Rule):
    """A layer of a model that is saved has an argument that its `get_config` leaves out.

    ## What it does

    Looks at the models that the program saves, clones or pickles. It reports the `get_config` of a layer of the
    program that does not name an argument which `__init__` has a default for, where the layer in the model was made
    with another value.

    ## Why it is bad

    Keras makes the layer again from its configuration. What is not in there gets its default, without a word: the
    loaded model computes something else.

    ## Example

    ```python
    import keras

    class Clip(keras.layers.Layer):
        def __init__(self, low=-1.0, high=1.0, **kwargs):
            super().__init__(**kwargs)
            self.low, self.high = low, high

        def call(self, x):
            return keras.ops.clip(x, self.low, self.high)

        def get_config(self):
            return {**super().get_config(), "low": self.low}

    model = keras.Sequential([keras.Input((4,)), Clip(high=6.0)])
    model.save("model.keras")
    ```

    ## Use instead

    ```python
    import keras

    class Clip(keras.layers.Layer):
        def __init__(self, low=-1.0, high=1.0, **kwargs):
            super().__init__(**kwargs)
            self.low, self.high = low, high

        def call(self, x):
            return keras.ops.clip(x, self.low, self.high)

        def get_config(self):
            return {**super().get_config(), "low": self.low, "high": self.high}

    model = keras.Sequential([keras.Input((4,)), Clip(high=6.0)])
    model.save("model.keras")
    ```

    ## References

    - [Keras: saving custom objects](https://keras.io/guides/serialization_and_saving/#custom-objects)
    """

    code = "KC716"
    name = "config-incomplete"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, str]] = set()
        for event in program.events:
            if not isinstance(event, FileCall) or event.verb not in _VERBS or event.network is None:
                continue
            if event.guarded or not is_keras_3(event.site):
                continue
            for part in written_parts(event.network):
                cls = own_class(part)
                method = own_method(cls, "get_config") if cls is not None else None
                if cls is None or method is None or find_member(cls, "from_config") is not None:
                    continue
                for name in _left_out(cls, method, part):
                    if (id(cls.node), name) not in told:
                        told.add((id(cls.node), name))
                        yield Finding(
                            Site(method.site.file, definition(method)),
                            f"get_config of {cls.name} leaves {name!r} out, so the saved {part.name!r} comes back "
                            "with its "
                            f'default; add "{name}"',
                            anchor=event.site,
                        )

    VALID = [
        # all are there
        """
import keras
class Clip(keras.layers.Layer):
    def __init__(self, low=-1.0, high=1.0, **kwargs):
        super().__init__(**kwargs)
        self.low, self.high = low, high
    def call(self, x):
        return keras.ops.clip(x, self.low, self.high)
    def get_config(self):
        config = super().get_config()
        config.update({"low": self.low, "high": self.high})
        return config
model = keras.Sequential([keras.Input((4,)), Clip(high=6.0)])
model.save("model.keras")
""",
        # made with the default, or with nothing
        """
import keras
class Clip(keras.layers.Layer):
    def __init__(self, low=-1.0, high=1.0, **kwargs):
        super().__init__(**kwargs)
        self.low, self.high = low, high
    def call(self, x):
        return keras.ops.clip(x, self.low, self.high)
    def get_config(self):
        return {**super().get_config(), "low": self.low}
model = keras.Sequential([keras.Input((4,)), Clip(-2.0), Clip(high=1.0, name="last")])
model.save("model.keras")
""",
        # never saved
        """
import keras
class Clip(keras.layers.Layer):
    def __init__(self, high=1.0, **kwargs):
        super().__init__(**kwargs)
        self.high = high
    def call(self, x):
        return keras.ops.minimum(x, self.high)
    def get_config(self):
        return super().get_config()
model = keras.Sequential([keras.Input((4,)), Clip(high=6.0)])
""",
        # kept in another way, or not at all
        """
import keras
class Clip(keras.layers.Layer):
    def __init__(self, high=1.0, verbose=False, **kwargs):
        super().__init__(**kwargs)
        if verbose:
            print("made")
        self.bounds = (0.0, high)
    def call(self, x):
        return keras.ops.clip(x, *self.bounds)
    def get_config(self):
        return {**super().get_config(), "high": self.bounds[1]}
model = keras.Sequential([keras.Input((4,)), Clip(high=6.0, verbose=True)])
model.save("model.keras")
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
@keras.saving.register_keras_serializable()
class Clip(keras.layers.Layer):
    def __init__(self, low=-1.0, high=1.0, **kwargs):
        super().__init__(**kwargs)
        self.low = low
        self.high = high
    def call(self, x):
        return keras.ops.clip(x, self.low, self.high)
    def get_config(self):
        config = super().get_config()
        config["low"] = self.low
        return config
model = keras.Sequential([keras.Input((4,)), Clip(-5.0, 5.0)])
model.save("model.keras")
""",
            [
                (
                    11,
                    "get_config of Clip leaves 'high' out, so the saved 'clip' comes back with its default; add "
                    '"high"',
                )
            ],
        ),
    ]


def _left_out(cls: ClassValue, method: FunctionValue, layer: Layer) -> Iterator[str]:
    """The arguments of the layer that differ from their defaults and that its configuration does not name."""
    keys, taken = config_keys(cls), parameters_of(cls)
    init = cls.members.get("__init__")
    if keys is None or taken is None or layer.arguments is None or base_of(cls) not in BASE_KEYS:
        return
    if not isinstance(init, FunctionValue) or not isinstance(init.node, cst.FunctionDef):
        return
    params = (*init.node.params.params[1:], *init.node.params.kwonly_params)
    for place, param in enumerate(params):
        name = param.name.value
        given = layer.arguments.get(name, place)
        if name in keys or param.default is None or not isinstance(given, Given) or name in _OF_BASE:
            continue
        default = _literal(param.default)
        differs = isinstance(given.value, _PLAIN) and default is not _OTHER and given.value != default
        if differs and _is_kept(cls, init, name):
            yield name


#: What the base class looks after.
_OF_BASE = frozenset({"name", "trainable", "dtype"})
_OTHER = object()


def _literal(node: cst.BaseExpression) -> Any:
    """The value that is written there; `_OTHER` where it is another expression."""
    if isinstance(node, (cst.Integer, cst.Float, cst.SimpleString)):
        return node.evaluated_value
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        inner = _literal(node.expression)
        return -inner if isinstance(inner, (int, float)) else _OTHER
    if isinstance(node, cst.Name):
        return {"True": True, "False": False, "None": None}.get(node.value, _OTHER)
    return _OTHER


def _is_kept(cls: ClassValue, init: FunctionValue, name: str) -> bool:
    """Whether the object keeps the argument under its name, and another method reads it there."""
    file = init.site.file
    return any(
        name in names_used(file, member.node)
        for other, member in cls.members.items()
        if isinstance(member, FunctionValue) and other not in ("__init__", "get_config") and member.site.file is file
    )
