"""KC719: the configuration of a layer holds another layer, and its constructor gets a dictionary back."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.static import names_used
from kerascheck.machine.values import ClassValue, FunctionValue, Instance
from kerascheck.network.events import FileCall
from kerascheck.network.ir import Layer, Site
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, base_of, definition, is_keras_3, own_method, own_nodes
from kerascheck.rules._serial import own_class, snapshot_of, written_parts
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_VERBS = frozenset({"save", "load", "pickle"})
#: By which a constructor may make a layer of its configuration.
_READING = frozenset({"deserialize", "deserialize_keras_object", "from_config", "isinstance", "get"})


class ConfigHoldsLayer(Rule):
    """`get_config` returns the layer that an object wraps, and nothing turns it back into a layer.

    ## What it does

    Looks at the layers of the program in models that are saved or loaded. It reports a `get_config` that names an
    attribute which holds a layer, or the `get_config()` of one, where the class has no `from_config` and its `__init__`
    takes the argument as it is.

    ## Why it is bad

    Keras writes the inner layer as a dictionary and gives this dictionary to `__init__`: "could not be deserialized
    properly", or "'dict' object is not callable".

    ## Example

    ```python
    import keras

    class Twice(keras.layers.Layer):
        def __init__(self, inner, **kwargs):
            super().__init__(**kwargs)
            self.inner = inner

        def call(self, x):
            return self.inner(self.inner(x))

        def get_config(self):
            return {**super().get_config(), "inner": self.inner}

    model = keras.Sequential([keras.Input((4,)), Twice(keras.layers.Dense(4))])
    model.save("model.keras")
    ```

    ## Use instead

    ```python
    import keras

    class Twice(keras.layers.Layer):
        def __init__(self, inner, **kwargs):
            super().__init__(**kwargs)
            self.inner = inner

        def call(self, x):
            return self.inner(self.inner(x))

        def get_config(self):
            return {**super().get_config(), "inner": keras.saving.serialize_keras_object(self.inner)}

        @classmethod
        def from_config(cls, config):
            config["inner"] = keras.saving.deserialize_keras_object(config["inner"])
            return cls(**config)

    model = keras.Sequential([keras.Input((4,)), Twice(keras.layers.Dense(4))])
    model.save("model.keras")
    ```

    ## References

    - [Keras: saving custom objects](https://keras.io/guides/serialization_and_saving/#custom-objects)
    """

    code = "KC719"
    name = "config-holds-layer"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[int] = set()
        for event in program.events:
            if not isinstance(event, FileCall) or event.verb not in _VERBS or event.guarded:
                continue
            held = snapshot_of(event.held) if event.verb == "load" else None
            network = held.origin if held is not None else event.network
            if network is None or not is_keras_3(event.site):
                continue
            for part in written_parts(network):
                cls = own_class(part)
                name = None if cls is None or id(cls.node) in told else _layer_in_config(cls, part)
                if cls is not None and name is not None:
                    told.add(id(cls.node))
                    method = cls.members["get_config"]
                    yield Finding(
                        Site(method.site.file, definition(method)),
                        f"Keras passes __init__ of {cls.name} a dictionary for {name[0]}, which get_config returns "
                        f"as {name[1]}; add a from_config that {name[2]}",
                        anchor=event.site,
                    )

    VALID = [
        # made again in from_config, or in the constructor
        """
import keras
class Twice(keras.layers.Layer):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner
    def call(self, x):
        return self.inner(self.inner(x))
    def get_config(self):
        return {**super().get_config(), "inner": self.inner}
    @classmethod
    def from_config(cls, config):
        config["inner"] = keras.layers.deserialize(config["inner"])
        return cls(**config)
class Thrice(keras.layers.Layer):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = keras.saving.deserialize_keras_object(inner) if isinstance(inner, dict) else inner
    def call(self, x):
        return self.inner(self.inner(self.inner(x)))
    def get_config(self):
        return {**super().get_config(), "inner": self.inner}
model = keras.Sequential([keras.Input((4,)), Twice(keras.layers.Dense(4)), Thrice(keras.layers.Dense(4))])
model.save("model.keras")
""",
        # a size is no layer, and a class that makes its own layers writes none
        """
import keras
class Block(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.inner = keras.layers.Dense(units)
    def call(self, x):
        return self.inner(x)
    def get_config(self):
        return {**super().get_config(), "units": self.units}
model = keras.Sequential([keras.Input((4,)), Block(4)])
model.save("model.keras")
""",
        # never saved
        """
import keras
class Twice(keras.layers.Layer):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner
    def call(self, x):
        return self.inner(self.inner(x))
    def get_config(self):
        return {**super().get_config(), "inner": self.inner}
model = keras.Sequential([keras.Input((4,)), Twice(keras.layers.Dense(4))])
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
@keras.saving.register_keras_serializable()
class Twice(keras.layers.Layer):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner
    def call(self, x):
        return self.inner(self.inner(x))
    def get_config(self):
        config = super().get_config()
        config["inner"] = self.inner
        return config
model = keras.Sequential([keras.Input((4,)), Twice(keras.layers.Dense(4))])
model.save("model.keras")
again = keras.models.load_model("model.keras")
""",
            [
                (
                    10,
                    "Keras passes __init__ of Twice a dictionary for inner, which get_config returns as a layer; add "
                    "a from_config that calls keras.saving.deserialize_keras_object on it",
                )
            ],
        ),
        Invalid(
            """
import keras
@keras.saving.register_keras_serializable()
class Twice(keras.layers.Layer):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner
    def call(self, x):
        return self.inner(self.inner(x))
    def get_config(self):
        return {**super().get_config(), "inner": self.inner.get_config()}
model = keras.Sequential([keras.Input((4,)), Twice(keras.layers.Dense(4))])
model.save("model.keras")
again = keras.models.load_model("model.keras")
""",
            [
                (
                    10,
                    "Keras passes __init__ of Twice a dictionary for inner, which get_config returns as the "
                    "configuration of a layer; add a from_config that makes a layer of it",
                )
            ],
        ),
    ]


_LAYER = ("a layer", "calls keras.saving.deserialize_keras_object on it")
_CONFIG = ("the configuration of a layer", "makes a layer of it")


def _layer_in_config(cls: ClassValue, layer: Layer) -> tuple[str, str, str] | None:
    """The argument of the constructor for which the configuration of the object has a layer; what, and the cure."""
    method, init = own_method(cls, "get_config"), cls.members.get("__init__")
    instance = getattr(layer, "instance", None)
    if method is None or not isinstance(init, FunctionValue) or not isinstance(instance, Instance):
        return None
    if base_of(cls) != "keras.Layer" or find_member(cls, "from_config") is not None or instance.unknown is not None:
        return None
    if not _READING.isdisjoint(names_used(init.site.file, init.node)):
        return None
    taken = {param.name.value for param in init.node.params.params}
    code = Code(method)
    for key, value in _entries(code):
        held = instance.attributes.get(code.is_own_attribute(_of_config(value)) or "")
        is_layer = isinstance(held, Layer) or (isinstance(held, Instance) and held.layer is not None)
        if key in taken and is_layer:
            return (key, *(_LAYER if _of_config(value) is value else _CONFIG))
    return None


def _of_config(value: cst.BaseExpression) -> cst.BaseExpression:
    """What the configuration is of, where the value is `self.inner.get_config()`; else the value."""
    is_config = isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute) and not value.args
    if is_config and value.func.attr.value == "get_config":  # type: ignore[attr-defined]
        return value.func.value  # type: ignore[attr-defined, no-any-return]
    return value


def _entries(code: Code) -> Iterator[tuple[str, cst.BaseExpression]]:
    """The entries that the method writes down, in a dictionary or one by one."""
    for node in own_nodes(code.file, code.node.body, cst.Dict, cst.Assign, cst.Call):
        if isinstance(node, cst.Dict):
            for element in node.elements:
                if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
                    yield str(element.key.evaluated_value), element.value
        elif isinstance(node, cst.Assign):
            target = node.targets[0].target
            part = target.slice[0].slice if isinstance(target, cst.Subscript) and len(target.slice) == 1 else None
            if isinstance(part, cst.Index) and isinstance(part.value, cst.SimpleString):
                yield str(part.value.evaluated_value), node.value
        elif isinstance(node, cst.Call):
            yield from ((arg.keyword.value, arg.value) for arg in node.args if arg.keyword is not None)
