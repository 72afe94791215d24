"""KC713: a layer writes another one into its configuration, and never makes it again from that."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.static import names_used
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, base_of, classes_of, definition, is_keras_3, own_method, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_WRITING = frozenset(
    {"keras.saving.serialize_keras_object", "keras.layers.serialize", "keras.utils.serialize_keras_object"}
)
#: What makes an object of its configuration again, by any of its names.
_READING = frozenset({"deserialize", "deserialize_keras_object", "from_config", "get"})


class NestedNotRestored(Rule):
    """`get_config` serializes a layer that `__init__` takes, and nothing deserializes it.

    ## What it does

    Reports a `get_config` that gives `serialize_keras_object(self.inner)` or `layers.serialize(self.inner)` under the
    name of a parameter which `__init__` keeps as it is, in a class without a `from_config`.

    ## Why it is bad

    `load_model` hands the dictionary to `__init__` in place of the layer: "'dict' object has no attribute 'build'", or
    "object is not callable", when the model is loaded.

    ## Example

    ```python
    import keras

    class Residual(keras.layers.Layer):
        def __init__(self, inner, **kwargs):
            super().__init__(**kwargs)
            self.inner = inner

        def call(self, x):
            return x + self.inner(x)

        def get_config(self):
            return {**super().get_config(), "inner": keras.saving.serialize_keras_object(self.inner)}
    ```

    ## Use instead

    ```python
    import keras

    class Residual(keras.layers.Layer):
        def __init__(self, inner, **kwargs):
            super().__init__(**kwargs)
            self.inner = inner

        def call(self, x):
            return x + self.inner(x)

        def get_config(self):
            return {**super().get_config(), "inner": keras.saving.serialize_keras_object(self.inner)}

        @classmethod
        def from_config(cls, config):
            config["inner"] = keras.saving.deserialize_keras_object(config["inner"])
            return cls(**config)
    ```

    ## References

    - [Keras: serialization, passing a layer](https://keras.io/guides/serialization_and_saving/#custom-objects)
    """

    code = "KC713"
    name = "nested-not-restored"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            method, init = own_method(cls, "get_config"), own_method(cls, "__init__")
            if method is None or init is None or not is_keras_3(cls.site) or not base_of(cls).startswith("keras."):
                continue
            if find_member(cls, "from_config") is not None or base_of(cls) in ("keras.Model", "keras.Sequential"):
                continue
            if not _READING.isdisjoint(names_used(cls.site.file, definition(init))):
                continue
            code = Code(method, program.objects)
            kept = _kept(Code(init, program.objects))
            for node in own_nodes(code.file, definition(method).body):
                if not isinstance(node, cst.Call) or code.symbol(node.func) not in _WRITING or not node.args:
                    continue
                name = code.is_own_attribute(node.args[0].value)
                if name in kept:
                    yield Finding(
                        code.site(node),
                        f"a saved {cls.name} cannot be loaded: its __init__ receives a dictionary for {kept[name]!r}; "
                        "write a from_config that deserializes it",
                    )

    VALID = [
        # made again
        """
import keras
class Residual(keras.layers.Layer):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner
    def get_config(self):
        return {**super().get_config(), "inner": keras.saving.serialize_keras_object(self.inner)}
    @classmethod
    def from_config(cls, config):
        config["inner"] = keras.saving.deserialize_keras_object(config["inner"])
        return cls(**config)
""",
        # in the constructor
        """
import keras
class Residual(keras.layers.Layer):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = keras.layers.deserialize(inner) if isinstance(inner, dict) else inner
    def get_config(self):
        return {**super().get_config(), "inner": keras.layers.serialize(self.inner)}
""",
        # an activation is found by its name or its configuration
        """
import keras
class Scale(keras.layers.Layer):
    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.activation = keras.activations.get(activation)
    def get_config(self):
        return {**super().get_config(), "activation": keras.activations.serialize(self.activation)}
""",
        # the wrapper of Keras does it
        """
import keras
class Twice(keras.layers.Wrapper):
    def call(self, x):
        return 2 * self.layer(x)
    def get_config(self):
        return {**super().get_config(), "kind": 1}
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
class Residual(keras.layers.Layer):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner
    def call(self, x):
        return x + self.inner(x)
    def get_config(self):
        config = super().get_config()
        config["inner"] = keras.saving.serialize_keras_object(self.inner)
        return config
""",
            [
                (
                    11,
                    "a saved Residual cannot be loaded: its __init__ receives a dictionary for 'inner'; write a "
                    "from_config that deserializes it",
                )
            ],
        ),
    ]


def _kept(init: Code) -> dict[str | None, str]:
    """The attributes that hold a parameter as it was given, and which."""
    params = {param.name.value for param in (*init.node.params.params, *init.node.params.kwonly_params)}
    found: dict[str | None, str] = {}
    for node in own_nodes(init.file, init.node.body):
        if isinstance(node, cst.Assign) and isinstance(node.value, cst.Name) and node.value.value in params:
            for target in node.targets:
                name = init.is_own_attribute(target.target)
                if name is not None:
                    found[name] = node.value.value
    return found
