"""Which operations hand a gradient on, and which ask about a tensor without a look at its numbers."""

from __future__ import annotations

import libcst as cst

#: Operations without a gradient, by the last part of the names that TensorFlow, keras.ops and the backend give them.
CUTTING = frozenset(
    {
        "argmax", "argmin", "round", "rint", "sign", "floor", "ceil", "trunc", "equal", "not_equal", "greater", "less",
        "greater_equal", "less_equal", "logical_and", "logical_or", "logical_not", "one_hot", "stop_gradient",
        "argsort", "floordiv", "floor_divide", "isnan", "is_nan", "isfinite", "is_finite", "is_inf", "isinf",
        "count_nonzero", "in_top_k", "bincount", "searchsorted", "digitize", "histogram", "numpy_function",
        "convert_to_numpy", "isclose", "any", "all", "reduce_any", "reduce_all",
    }
)  # fmt: skip
#: What tells something of a tensor that does not hang on its values.
ABOUT = frozenset(
    {
        "shape", "size", "rank", "ndim", "int_shape", "dtype", "ones_like", "zeros_like", "is_tensor",
        "is_keras_tensor", "standardize_dtype", "full_like", "get_static_value", "assert_equal", "assert_rank", "print",
    }
)  # fmt: skip
#: Operations of which nothing is said here.
NOT_JUDGED = frozenset(
    {"py_function", "py_func", "custom_gradient", "Variable", "GradientTape", "map_fn", "while_loop", "cond", "scan"}
)
ON_TENSORS = ("tensorflow.", "keras.ops.", "keras.backend.", "keras.losses.", "keras.random.", "keras.activations.")
ON_ARRAYS = ("numpy.", "scipy.", "sklearn.", "math.")
#: Functions of numpy that ask for the shape alone.
NUMPY_OF_SHAPES = frozenset({"numpy.shape", "numpy.ndim", "numpy.size"})
NAMES_OF_SHAPES = frozenset({"shape", "dtype", "ndim", "name", "rank", "device"})
#: Comparisons that give a tensor where one side is a tensor.
ORDERS = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)
