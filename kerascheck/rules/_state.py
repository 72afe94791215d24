"""Calls that make variables: layers with weights or random numbers, optimizers, variables themselves."""

from __future__ import annotations

import libcst as cst

from kerascheck.keras.attributes import WEIGHT_METHODS
from kerascheck.machine.values import ClassValue, FunctionValue
from kerascheck.rules._code import Code, argument, is_layer_class, surely_run
from kerascheck.symbolic.unknown import Symbol

#: Layers of Keras that make variables: weights, or the state of their random numbers.
STATEFUL = frozenset(
    {
        "AdditiveAttention", "AlphaDropout", "BatchNormalization", "Bidirectional", "Conv1D", "Conv1DTranspose",
        "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Dense",
        "DepthwiseConv1D", "DepthwiseConv2D", "Dropout", "EinsumDense", "Embedding", "GRU", "GaussianDropout",
        "GaussianNoise", "GroupNormalization", "LSTM", "LayerNormalization", "MultiHeadAttention", "PReLU",
        "RMSNormalization", "SeparableConv1D", "SeparableConv2D", "SimpleRNN", "SpatialDropout1D", "SpatialDropout2D",
        "SpatialDropout3D",
    }
)  # fmt: skip
_RATED = frozenset(
    {
        "AlphaDropout",
        "Dropout",
        "GaussianDropout",
        "GaussianNoise",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
    }
)
_VARIABLES = frozenset({"tensorflow.Variable", "keras.Variable", "keras.backend.variable"})


def made_variables(code: Code, call: cst.Call) -> str | None:
    """What the call makes that has variables: the class as it is written. None where that is not sure."""
    meaning = code.meaning(call.func)
    written = call.func.attr.value if isinstance(call.func, cst.Attribute) else getattr(call.func, "value", "")
    if isinstance(meaning, ClassValue):
        return written if is_layer_class(meaning) and _has_parts(meaning) else None
    if not isinstance(meaning, Symbol):
        is_own = code.is_own_attribute(call.func) in WEIGHT_METHODS
        return f"self.{written}" if is_own else None
    name = meaning.name
    if name in _VARIABLES:
        return written
    cls = name.removeprefix("keras.layers.")
    if name != f"keras.layers.{cls}" or cls not in STATEFUL:
        return None
    if cls in _RATED and not _is_positive(argument(call, "rate", 0) or argument(call, "stddev", 0)):
        return None
    return written


def makes_variables_when_called(code: Code, call: cst.Call) -> bool:
    """Whether it is a layer of Keras that has variables only once it has seen an input."""
    name = code.symbol(call.func)
    return name.startswith("keras.layers.") and name.rpartition(".")[2] not in _RATED


def _has_parts(cls: ClassValue) -> bool:
    """Whether a class of the program surely makes something with variables where it is made or first called."""
    for name in ("__init__", "build"):
        method = cls.members.get(name)
        if isinstance(method, FunctionValue) and isinstance(method.node, cst.FunctionDef):
            code = Code(method)
            for node in surely_run(method.node.body):
                meaning = code.meaning(node.func) if isinstance(node, cst.Call) else None
                if isinstance(meaning, ClassValue):
                    continue
                if isinstance(node, cst.Call) and made_variables(code, node) is not None:
                    return True
    return False


def _is_positive(node: cst.BaseExpression | None) -> bool:
    """Whether it is a number above zero."""
    return isinstance(node, (cst.Float, cst.Integer)) and float(node.value.replace("_", "")) > 0
