"""KC711: a get_config that gives what the constructor does not take."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.static import names_used
from kerascheck.machine.values import ClassValue
from kerascheck.network.events import FileCall
from kerascheck.network.ir import Site
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules._code import base_of, classes_of, definition, is_keras_3, own_method
from kerascheck.rules._configs import BASE_KEYS, config_keys, parameters_of, untaken
from kerascheck.rules._serial import own_class, snapshot_of, written_parts
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class ConfigNotTaken(Rule):
    """What `get_config` returns does not fit the parameters of `__init__`.

    ## What it does

    Compares the keys that `get_config` of a layer, model, loss or metric of the program returns, those of the base
    class included, with the parameters of its `__init__`. Where the program loads or clones a model that holds such a
    class without a `get_config`, it looks at what Keras itself puts into the configuration.

    ## Why it is bad

    Loading calls the class with the configuration: "__init__() got an unexpected keyword argument 'trainable'", or
    "missing 1 required positional argument". The file was written without a word.

    ## Example

    ```python
    from keras import layers

    class Scale(layers.Layer):
        def __init__(self, factor):
            super().__init__()
            self.factor = factor

        def call(self, x):
            return self.factor * x

        def get_config(self):
            return {**super().get_config(), "factor": self.factor}
    ```

    ## Use instead

    ```python
    from keras import layers

    class Scale(layers.Layer):
        def __init__(self, factor, **kwargs):
            super().__init__(**kwargs)
            self.factor = factor

        def call(self, x):
            return self.factor * x

        def get_config(self):
            return {**super().get_config(), "factor": self.factor}
    ```

    ## References

    - [Keras: saving custom objects](https://keras.io/guides/serialization_and_saving/#custom-objects)
    """

    code = "KC711"
    name = "config-not-taken"
    severity = Severity.WARNING
    only_keras_3 = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            method = own_method(cls, "get_config")
            if method is None or not is_keras_3(cls.site):
                continue
            keys = config_keys(cls)
            fault = untaken(cls, keys) if keys is not None else None
            if fault is not None:
                yield Finding(
                    Site(method.site.file, definition(method)),
                    f"a saved {cls.name} cannot be loaded: get_config returns a configuration {fault}",
                    severity=Severity.INFO if _never_saves(program, method.site) else None,
                )
        for event in program.events:
            if not isinstance(event, FileCall) or event.guarded or not is_keras_3(event.site):
                continue
            held = snapshot_of(event.held) if event.verb == "load" else None
            network = held.origin if held is not None else event.network if event.verb == "clone" else None
            fault = None if network is None else _not_restorable(network, event.verb)
            if fault is not None:
                yield Finding(event.site, fault, severity=Severity.ERROR)

    VALID = [
        # they fit
        """
from keras import layers
class Scale(layers.Layer):
    def __init__(self, factor=2, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
    def call(self, x):
        return self.factor * x
    def get_config(self):
        config = super().get_config()
        config.update({"factor": self.factor})
        return config
""",
        # the class takes the configuration apart itself
        """
from keras import layers
class Scale(layers.Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor
    def call(self, x):
        return self.factor * x
    def get_config(self):
        return {**super().get_config(), "factor": self.factor}
    @classmethod
    def from_config(cls, config):
        return cls(config["factor"])
""",
        # nothing of the base class
        """
from keras import layers
class Scale(layers.Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor
    def call(self, x):
        return self.factor * x
    def get_config(self):
        return {"factor": self.factor}
""",
        # what else is in it is not known
        """
from keras import layers
from mine import settings
class Scale(layers.Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor
    def call(self, x):
        return self.factor * x
    def get_config(self):
        return settings(self)
""",
        # the rest goes to a base class of the program
        """
import keras
class Affine(keras.layers.Layer):
    def __init__(self, scale=True, offset=True, **kwargs):
        super(Affine, self).__init__(**kwargs)
        self.scale, self.offset = scale, offset
    def call(self, x):
        return self.scale * x + self.offset
    def get_config(self):
        return {**super().get_config(), "scale": self.scale, "offset": self.offset}
class Normal(Affine):
    def __init__(self, epsilon=1e-3, **kwargs):
        super(Normal, self).__init__(**kwargs)
        self.epsilon = epsilon
    def get_config(self):
        config = {"epsilon": self.epsilon}
        base_config = super(Normal, self).get_config()
        return dict(list(base_config.items()) + list(config.items()))
""",
        # the rest is swallowed
        """
import keras
class Scale(keras.layers.Layer):
    def __init__(self, factor=2, **kwargs):
        super().__init__()
        self.factor = factor
    def call(self, x):
        return self.factor * x
    def get_config(self):
        return {**super().get_config(), "factor": self.factor, "kind": "scale"}
""",
        # the rest is for an inner layer
        """
import keras
class Block(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__()
        self.dense = keras.layers.Dense(4, **kwargs)
    def call(self, x):
        return self.dense(x)
    def get_config(self):
        return {"activation": "relu", "use_bias": False}
""",
        # what becomes of the rest is not known
        """
from keras import layers
class Scale(layers.Layer):
    def __init__(self, **kwargs):
        self.factor = kwargs.pop("factor", 2)
        super().__init__(**kwargs)
    def call(self, x):
        return self.factor * x
    def get_config(self):
        config = super().get_config()
        config["factor"] = self.factor
        return config
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
class Scale(tf.keras.layers.Layer):
    def __init__(self, factor, **kwargs):
        super(Scale, self).__init__(**kwargs)
        self.factor = factor
    def call(self, x):
        return self.factor * x
    def get_config(self):
        config = super(Scale, self).get_config()
        config.update({"scale": self.factor})
        return config
class Shift(tf.keras.layers.Layer):
    def __init__(self, by, **kwargs):
        super().__init__(**kwargs)
        self.by = by
    def call(self, x):
        return x + self.by
    def get_config(self):
        base_config = super().get_config()
        return dict(list(base_config.items()))
""",
            [
                (
                    9,
                    "a saved Scale cannot be loaded: get_config returns a configuration which __init__ does not take: "
                    "'scale'",
                ),
                (
                    19,
                    "a saved Shift cannot be loaded: get_config returns a configuration without 'by', "
                    "which __init__ needs",
                ),
            ],
        ),
        # the base class of the program sets one of them itself
        Invalid(
            """
import keras
class Affine(keras.layers.Layer):
    def __init__(self, scale, offset, **kwargs):
        super().__init__(**kwargs)
        self.scale, self.offset = scale, offset
    def call(self, x):
        return self.scale * x + self.offset
    def get_config(self):
        return {**super().get_config(), "scale": self.scale, "offset": self.offset}
class Shift(Affine):
    def __init__(self, **kwargs):
        super().__init__(1.0, **kwargs)
    def get_config(self):
        config = super().get_config()
        config["centre"] = 0
        return config
""",
            [
                (
                    14,
                    "a saved Shift cannot be loaded: get_config returns a configuration which __init__ does not take: "
                    "'scale' and 'centre'",
                ),
            ],
        ),
        Invalid(
            """
import keras
from keras import layers
@keras.saving.register_keras_serializable()
class Scale(layers.Layer):
    def __init__(self, factor=2):
        super().__init__()
        self.factor = factor
    def call(self, x):
        return self.factor * x
model = keras.Sequential([layers.Input((4,)), Scale(3)])
copy = keras.models.clone_model(model)
model.save("model.keras")
again = keras.models.load_model("model.keras")
""",
            [
                (
                    12,
                    "Scale cannot be recreated: Keras also passes 'trainable' and 'dtype' to its __init__; "
                    "accept **kwargs and pass them to super().__init__(**kwargs)",
                ),
                (
                    14,
                    "Scale cannot be recreated: Keras also passes 'trainable' and 'dtype' to its __init__; "
                    "accept **kwargs and pass them to super().__init__(**kwargs)",
                ),
            ],
        ),
    ]


#: What says that models are saved, copied or made again somewhere in a file.
_SAVING = frozenset(
    {
        "save", "save_model", "load_model", "clone_model", "from_config", "ModelCheckpoint", "BackupAndRestore",
        "model_from_json", "to_json", "register_keras_serializable", "dump", "deepcopy", "deserialize",
    }
)  # fmt: skip


def _never_saves(program: Program, site: Site) -> bool:
    """Whether the file is a whole program that trains and never saves; one with layers alone is there for others."""
    return bool(program.trainings) and _SAVING.isdisjoint(names_used(site.file, site.file.tree))


def _not_restorable(network: Network, verb: str) -> str | None:
    """Why the model cannot be recreated from its configuration."""
    for part in written_parts(network):
        cls = own_class(part)
        if cls is None or base_of(cls) not in ("keras.Layer", "keras.Model"):
            continue
        if isinstance(part, Network) and (verb == "clone" or part.kind != "subclass"):
            continue
        if find_member(cls, "get_config") is not None:
            keys = _inherited_keys(cls)
            fault = untaken(cls, keys) if keys is not None else None
            if fault is not None:
                return f"{cls.name} cannot be recreated: its get_config returns a configuration {fault}"
            continue
        taken = parameters_of(cls)
        if taken is None or taken.hands_on or find_member(cls, "from_config") is not None:
            continue
        lacking = [name for name in ("trainable", "dtype") if name not in taken.names]
        if lacking:
            return (
                f"{cls.name} cannot be recreated: Keras also passes {' and '.join(map(repr, lacking))} to its "
                "__init__; accept **kwargs and pass them to super().__init__(**kwargs)"
            )
    return None


def _inherited_keys(cls: ClassValue) -> list[str] | None:
    for one in cls.mro():
        if isinstance(one, ClassValue) and "get_config" in one.members:
            return config_keys(one) if one is cls else None
    return list(BASE_KEYS[base_of(cls)])
