"""The names that Keras 3 knows for activations, initializers, regularizers, constraints and data types.

Keras 3 looks these up in fixed tables. Only initializers may have names that the program registers: whoever reports an
unknown name looks at that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kerascheck.keras.changes import find
from kerascheck.layers.values import describe_wrong, is_plain, layer_class
from kerascheck.network.ir import is_symbolic
from kerascheck.symbolic.unknown import KerasError, Symbol
from kerascheck.text.spelling import is_misspelt, most_like

ACTIVATIONS = frozenset(
    {
        "celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish",
        "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid",
        "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax",
        "squareplus", "swish", "tanh", "tanh_shrink", "threshold",
    }
)  # fmt: skip
REGULARIZERS = frozenset(
    {
        "L1", "L1L2", "L2", "OrthogonalRegularizer", "Regularizer", "l1", "l1l2", "l2", "orthogonal_regularizer",
        "regularizer",
    }
)  # fmt: skip
CONSTRAINTS = frozenset(
    {
        "Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "constraint", "max_norm", "min_max_norm",
        "non_neg", "unit_norm",
    }
)  # fmt: skip

INITIALIZERS = frozenset(
    {
        "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity", "IdentityInitializer",
        "Initializer", "LecunNormal", "LecunUniform", "Ones", "Orthogonal", "OrthogonalInitializer", "RandomNormal",
        "RandomUniform", "STFT", "STFTInitializer", "TruncatedNormal", "VarianceScaling", "Zeros", "constant",
        "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "identity", "initializer", "lecun_normal",
        "lecun_uniform", "normal", "one", "ones", "orthogonal", "random_normal", "random_uniform", "stft",
        "truncated_normal", "uniform", "variance_scaling", "zero", "zeros",
    }
)  # fmt: skip
DTYPES = frozenset(
    {
        "float16", "float32", "float64", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64",
        "bfloat16", "bool", "string", "float8_e4m3fn", "float8_e5m2", "complex64", "complex128", "int",
    }
)  # fmt: skip

#: How the names of parameters end, what they take, and the names for it.
_TABLES = (
    ("activation", "activation", ACTIVATIONS),
    ("_initializer", "initializer", INITIALIZERS),
    ("_regularizer", "regularizer", REGULARIZERS),
    ("_constraint", "constraint", CONSTRAINTS),
)


def check_spelling(layer: str, values: Mapping[str, Any]) -> None:
    """Raise KerasError for a name that no Keras has, and that is a letter or two away from one that all have.

    An older Keras has names that are not in these tables, looks up those that a program registers, and takes classes of
    layers by name: only what is surely misspelt is refused.
    """
    for parameter, value in values.items():
        for ending, kind, known in _TABLES:
            if isinstance(value, str) and parameter.endswith(ending):
                if _is_misspelt(value, kind, known):
                    raise unknown_name(layer, kind, value, known)
                break


def _is_misspelt(value: str, kind: str, known: frozenset[str]) -> bool:
    is_class = not value.islower()  # an older Keras takes names of classes
    return not is_class and is_misspelt(value, known) and find("string", f"keras.{kind}s", value) is None


def check_names(layer: str, values: Mapping[str, Any]) -> None:
    """Raise KerasError for an argument that Keras 3 takes for no activation, initializer and so on."""
    for parameter, value in values.items():
        for ending, kind, known in _TABLES:
            if parameter.endswith(ending):
                _check_name(layer, parameter, value, kind, known)
                break


def _check_name(layer: str, parameter: str, value: Any, kind: str, known: frozenset[str]) -> None:
    if isinstance(value, str):
        # "Package>name" is what another module may have registered.
        if value not in known and ">" not in value:
            raise unknown_name(layer, kind, value, known)
    elif (
        isinstance(value, (bool, int, float, list, tuple))
        or is_symbolic(value)
        or (kind == "activation" and layer_class(value) is not None)
    ):
        raise KerasError(
            f"{layer} expects a name or a function for {parameter}, got {describe_wrong(layer, value)}", "argument"
        )
    elif isinstance(value, Symbol) and value.name == f"keras.{kind}s":
        raise KerasError(f"{layer} expects one {kind} for {parameter}, got the module {value.name}", "argument")


def unknown_name(owner: str, kind: str, value: str, known: frozenset[str]) -> KerasError:
    """The refusal of a name that is in no table of Keras's, with the nearest that is."""
    close = most_like(value.lower(), known)
    hint = f"; did you mean {close!r}?" if close else ""
    error = KerasError(f"{owner}: Keras has no {kind} called {value!r}{hint}", "unknown-name")
    error.unknown_name = value
    if close:
        error.mended = (value, close)
    return error


def check_base(layer: str, values: Mapping[str, Any]) -> None:
    """Raise KerasError for what the base class of all layers refuses in Keras 3."""
    name, trainable, dtype = (values.get(key) for key in ("name", "trainable", "dtype"))
    if _is_wrong_name(name):
        kind = "old-argument" if isinstance(name, str) else "argument"  # Keras 2 takes slashes
        raise KerasError(f"{layer} expects a string without a slash for name in Keras 3, got {name!r}", kind)
    if "trainable" in values and not isinstance(trainable, bool) and is_plain(trainable):
        raise KerasError(f"{layer} expects True or False for trainable, got {trainable!r}", "argument")
    if isinstance(dtype, str) and dtype.removeprefix("mixed_") not in DTYPES and "_from_" not in dtype:
        raise unknown_name(layer, "data type", dtype, DTYPES)


def _is_wrong_name(name: Any) -> bool:
    """Whether Keras surely refuses the name of a layer."""
    return (isinstance(name, str) and "/" in name) or isinstance(name, (int, float, list, tuple, dict))
