"""The names that Keras 3 knows for activations, regularizers and constraints.

Keras 3 looks these up in fixed tables: a name registered by the program does not count. (Initializers are different:
there, custom names do work.)
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from kerascheck.symbolic import KerasError

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


def check_names(layer: str, values: Mapping[str, Any]) -> None:
    """Raise KerasError for a name of an activation, regularizer or constraint that Keras 3 does not know."""
    for parameter, value in values.items():
        if not isinstance(value, str):
            continue
        if parameter.endswith("activation"):
            kind, known = "activation", ACTIVATIONS
        elif parameter.endswith("_regularizer"):
            kind, known = "regularizer", REGULARIZERS
        elif parameter.endswith("_constraint"):
            kind, known = "constraint", CONSTRAINTS
        else:
            continue
        if value not in known:
            close = difflib.get_close_matches(value.lower(), sorted(known), n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise KerasError(f"{layer}: Keras knows no {kind} called {value!r}{hint}", "argument")
