"""Uses of layers, models, tensors and optimizers that Keras 3 does not know: noted, and read as they are meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import libcst as cst

from kerascheck.keras.changes import LAYER, all_changes, find_member
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import KerasObject, Layer, Network, OldForm, Site, Tensor, is_symbolic

_TENSOR = "keras.KerasTensor"


@lru_cache(maxsize=1)
def _members() -> frozenset[str]:
    """The names of all methods and attributes that there are no more."""
    return frozenset(row.old for row in all_changes() if row.kind in ("method", "attribute") and row.raises is None)


def note(run: Run, kind: str, owner: str, name: str, site: Site) -> None:
    """Note an old form; not where the program is ready to catch what happens."""
    if not run.guarded and run.project.target.old_forms != "pass":
        run.reach(site)
        run.program.gone.append(OldForm(kind, owner, name, site))


def note_member(run: Run, value: Layer | Tensor | KerasObject, name: str, node: cst.CSTNode) -> None:
    """Note that an attribute is read that objects of Keras 3 do not have."""
    if name not in _members() or f".{name} = " in run.file.code:
        return
    if isinstance(value, Tensor) and (run.tracing or not is_symbolic(value)):
        return  # with TensorFlow, the tensors in a call are those of TensorFlow
    owners = tuple(_owners(value))
    row = find_member(owners, name)
    if row is not None and row.kind == "attribute" and row.owner.endswith(".LossScaleOptimizer"):
        return  # its objects have these, set by their constructor
    if row is not None and not any(owner in row.but for owner in owners):
        note(run, "member", row.owner, name, Site(run.file, node))


def note_added_loss(run: Run, layer: Layer, arguments: Arguments, site: Site) -> None:
    """Note that a loss is added outside of a call: to a functional model, or one that is a symbolic tensor."""
    given = arguments.positional[0].value if arguments.positional else None
    is_functional = isinstance(layer, Network) and layer.kind == "functional"
    if not run.tracing and (is_functional or (isinstance(given, Tensor) and is_symbolic(given))):
        note(run, "member", "keras.Model", "add_loss", site)


def note_added_metric(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    """Note that a metric is added to a layer or a model, which Keras 3 refuses wherever it is done."""
    note(run, "member", LAYER, "add_metric", site)
    return None


def note_set(run: Run, value: KerasObject, name: str, site: Site) -> None:
    """Note that the program sets an attribute that an optimizer of Keras 3 does not read."""
    if any(find_member((owner,), name) is not None for owner in _owners(value)):
        note(run, "set", value.qualname, name, site)


def _owners(value: Layer | Tensor | KerasObject) -> Iterator[str]:
    """The classes of Keras that a value is an object of, the nearest first."""
    if isinstance(value, Tensor):
        yield _TENSOR
    elif isinstance(value, Network):
        if value.is_sequential:
            yield "keras.Sequential"
        yield from ("keras.Model", LAYER)
    elif isinstance(value, Layer):
        yield from (value.qualname, LAYER)
    elif value.qualname.startswith("keras.metrics."):
        yield "keras.metrics.Metric"
    elif value.qualname.rpartition(".")[2] == "LossScaleOptimizer":
        yield from ("keras.mixed_precision.LossScaleOptimizer", "keras.optimizers.Optimizer")
    elif value.qualname.count(".") == 2 and value.qualname.startswith("keras.optimizers."):
        yield "keras.optimizers.Optimizer"


# -- shapes ---------------------------------------------------------------------------------------------------------

#: What a `TensorShape` has and a tuple has not.
OF_SHAPES = frozenset({"as_list", "rank", "dims", "ndims", "is_fully_defined", "is_compatible_with", "as_proto"})


def note_shape(run: Run, tensor: Tensor) -> None:
    """Remember whose shape was read last: the shape of a placeholder is a tuple in Keras 3."""
    shape = tensor.shape
    run.shape_read = shape if isinstance(shape, tuple) and not run.tracing and is_symbolic(tensor) else None


def note_use_of_shape(run: Run, shape: tuple[Value, ...], name: str, node: cst.CSTNode) -> None:
    """Note that a method of `TensorShape` is looked for in the shape that was read last."""
    if shape is run.shape_read:
        note(run, "shape", _TENSOR, name, Site(run.file, node))


# -- functions of other packages --------------------------------------------------------------------------------------

#: Functions of TensorFlow that Keras 3 lets nobody call on a placeholder: tried by tests/machine/keras/test_gone.py.
_TENSORFLOW = frozenset(
    {
        "abs", "add", "argmax", "argmin", "argsort", "boolean_mask", "broadcast_to", "cast", "clip_by_value", "concat",
        "convert_to_tensor", "cos", "cumsum", "divide", "einsum", "ensure_shape", "equal", "exp", "expand_dims",
        "gather", "gather_nd", "greater", "greater_equal", "identity", "less", "less_equal", "logical_not", "matmul",
        "maximum", "minimum", "multiply", "negative", "norm", "not_equal", "one_hot", "ones_like", "pad", "pow",
        "rank", "reduce_all", "reduce_any", "reduce_max", "reduce_mean", "reduce_min", "reduce_prod", "reduce_sum",
        "repeat", "reshape", "reverse", "round", "shape", "sigmoid", "sign", "sin", "size", "slice", "split", "sqrt",
        "square", "squeeze", "stack", "stop_gradient", "subtract", "tanh", "tensordot", "tile", "transpose", "unstack",
        "where", "zeros_like",
        "math.abs", "math.add", "math.argmax", "math.cos", "math.divide", "math.equal", "math.exp", "math.greater",
        "math.less", "math.log", "math.maximum", "math.minimum", "math.multiply", "math.pow", "math.reduce_max",
        "math.reduce_mean", "math.reduce_min", "math.reduce_std", "math.reduce_sum", "math.reduce_variance",
        "math.rsqrt", "math.sigmoid", "math.sign", "math.sin", "math.softplus", "math.sqrt", "math.square",
        "math.subtract", "math.tanh", "math.top_k", "math.l2_normalize",
        "nn.relu", "nn.relu6", "nn.elu", "nn.selu", "nn.leaky_relu", "nn.softmax", "nn.softplus", "nn.sigmoid",
        "nn.tanh", "nn.l2_normalize", "nn.log_softmax", "nn.bias_add", "nn.moments", "nn.dropout", "nn.max_pool2d",
        "nn.avg_pool2d", "nn.conv2d", "nn.depth_to_space", "nn.space_to_depth",
        "linalg.norm", "linalg.matmul", "image.resize",
    }
)  # fmt: skip
#: Those of `tf.keras.backend`, which are TensorFlow's.
_BACKEND = frozenset(
    {
        "abs", "all", "any", "argmax", "argmin", "batch_dot", "batch_flatten", "binary_crossentropy", "cast", "clip",
        "concatenate", "cos", "dot", "elu", "equal", "exp", "expand_dims", "flatten", "gather", "greater",
        "hard_sigmoid", "l2_normalize", "less", "log", "max", "maximum", "mean", "min", "minimum", "ndim", "one_hot",
        "ones_like", "permute_dimensions", "pow", "prod", "relu", "repeat_elements", "reshape", "resize_images",
        "round", "shape", "sigmoid", "sign", "sin", "softmax", "softplus", "sqrt", "square", "squeeze", "stack", "std",
        "stop_gradient", "sum", "tanh", "tile", "transpose", "var", "zeros_like",
    }
)  # fmt: skip
_NUMPY = frozenset(
    {
        "abs", "add", "argmax", "array", "asarray", "clip", "concatenate", "dot", "exp", "expand_dims", "isnan", "log",
        "matmul", "max", "maximum", "mean", "min", "minimum", "multiply", "ones_like", "power", "prod", "reshape",
        "round", "sqrt", "square", "stack", "std", "sum", "tile", "transpose", "zeros_like",
    }
)  # fmt: skip
_REFUSING = {"tensorflow": _TENSORFLOW, "keras.backend": _BACKEND, "numpy": _NUMPY}


def is_refused_on_placeholders(name: str) -> bool:
    """Whether the function, by its canonical name, surely raises on a placeholder of Keras 3."""
    return any(
        name.startswith(f"{package}.") and name[len(package) + 1 :] in names for package, names in _REFUSING.items()
    )


def note_function(run: Run, name: str, arguments: Arguments, site: Site) -> None:
    """Note that a function of another package is called on a placeholder, outside of the call of a layer."""
    if run.tracing or not is_refused_on_placeholders(name):
        return
    given = [one.value for one in (*arguments.positional, *arguments.keywords.values())]
    if any(isinstance(tensor, Tensor) and is_symbolic(tensor) for tensor in _flat(given)):
        note(run, "function", name.rpartition(".")[0], name.rpartition(".")[2], site)


def _flat(values: Iterable[Value]) -> Iterator[Value]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from value
        elif isinstance(value, ListValue):
            yield from value.items
        else:
            yield value
