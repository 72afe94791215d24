"""KC877: `from_config` is no class method."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import base_of, classes_of, definition, own_method
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class FromConfigOfObject(Rule):
    """`from_config` of a layer, model, loss or metric is defined without `@classmethod`.

    ## What it does

    Reports a `from_config` without a decorator in a class that derives from Keras.

    ## Why it is bad

    Keras calls it on the class, before there is an object: "from_config() missing 1 required positional argument:
    'config'", when the model is loaded or cloned.

    ## Example

    ```python
    from keras import layers

    class Block(layers.Layer):
        def from_config(self, config):
            return Block(**config)
    ```

    ## Use instead

    ```python
    from keras import layers

    class Block(layers.Layer):
        @classmethod
        def from_config(cls, config):
            return cls(**config)
    ```

    ## References

    - [Keras: saving custom objects](https://keras.io/guides/serialization_and_saving/#custom-objects)
    """

    code = "KC877"
    name = "from-config-of-object"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            method = own_method(cls, "from_config") if base_of(cls) else None
            if method is None or definition(method).decorators:
                continue
            params = definition(method).params
            if len([*params.posonly_params, *params.params]) > 1:
                yield Finding(
                    Site(method.site.file, definition(method)),
                    f"Keras calls {cls.name}.from_config on the class; put @classmethod before it",
                )

    VALID = [
        # a class method, or a static one
        """
from keras import layers
class Block(layers.Layer):
    @classmethod
    def from_config(cls, config):
        return cls(**config)
class Other(layers.Layer):
    @staticmethod
    def from_config(config):
        return Other(**config)
""",
        # a class that has nothing to do with Keras
        """
import keras
class Trainer:
    def from_config(self, config):
        return config
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
class Weighted(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return keras.ops.mean(y_true - y_pred)
    def from_config(cls, config):
        return cls(**config)
""",
            [(6, "Keras calls Weighted.from_config on the class; put @classmethod before it")],
        ),
    ]
