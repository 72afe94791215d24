"""KC859: a function of the program is an initializer and does not take what Keras gives it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.values import FunctionValue
from kerascheck.network.arguments import Given
from kerascheck.network.ir import BuiltinLayer
from kerascheck.network.program import Program
from kerascheck.rules._code import is_keras_3, parameter_names
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class InitializerArguments(Rule):
    """A layer receives a function as an initializer that has no parameter `dtype`.

    ## What it does

    Reports functions of the program that a layer gets as `kernel_initializer` or another initializer, where they take
    neither `dtype` nor `**kwargs`.

    ## Why it is bad

    Keras calls `initializer(shape, dtype=dtype)` when it makes the weight: "got an unexpected keyword argument
    'dtype'".

    ## Example

    ```python
    import keras

    def small(shape):
        return 0.01 * keras.random.normal(shape)

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, kernel_initializer=small)])
    ```

    ## Use instead

    ```python
    import keras

    def small(shape, dtype=None):
        return 0.01 * keras.random.normal(shape, dtype=dtype)

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, kernel_initializer=small)])
    ```

    ## References

    - [Keras: layer weight initializers, creating custom initializers](https://keras.io/api/layers/initializers/#creating-custom-initializers)
    """

    code = "KC859"
    name = "initializer-arguments"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for layer in program.layers:
            if type(layer) is not BuiltinLayer or layer.arguments is None or layer.site is None:
                continue
            if layer.unknown is not None or not is_keras_3(layer.site):
                continue
            for name, given in layer.arguments.keywords.items():
                if not name.endswith("_initializer") or not isinstance(given, Given):
                    continue
                function = given.value
                if isinstance(function, FunctionValue) and not _takes_dtype(function):
                    yield Finding(
                        layer.site,
                        f"Keras calls this {name} as {function.name}(shape, dtype=...), which it does not take; add "
                        "a parameter dtype=None",
                    )
                    break

    VALID = [
        # it takes them
        """
import keras
def small(shape, dtype=None):
    return 0.01 * keras.random.normal(shape, dtype=dtype)
def open_one(shape, **kwargs):
    return keras.ops.zeros(shape)
keras.layers.Dense(3, kernel_initializer=small, bias_initializer=open_one)
""",
        # called: what it gives is the initializer
        """
import keras
def small(scale):
    return keras.initializers.RandomNormal(stddev=scale)
keras.layers.Dense(3, kernel_initializer=small(0.1))
""",
        # decorated, or partly given
        """
import functools
import keras
from mine import initializer
@initializer
def small(shape):
    return keras.random.normal(shape)
def other(scale, shape, dtype=None):
    return scale * keras.random.normal(shape)
keras.layers.Dense(3, kernel_initializer=small, bias_initializer=functools.partial(other, 0.1))
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
def small(shape):
    return 0.01 * keras.random.normal(shape)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, kernel_initializer=small)])
""",
            [
                (
                    5,
                    "Keras calls this kernel_initializer as small(shape, dtype=...), which it does not take; add a "
                    "parameter dtype=None",
                )
            ],
        ),
    ]


def _takes_dtype(function: FunctionValue) -> bool:
    """Whether it has a parameter for the dtype, or may have."""
    if not isinstance(function.node, (cst.FunctionDef, cst.Lambda)) or function.owner is not None or function.decorated:
        return True
    if getattr(function.node, "decorators", ()):
        return True
    names, is_open = parameter_names(function)
    return is_open or "dtype" in names
