"""Uses of layers, models, tensors and optimizers that Keras 3 does not know: noted, and read as they are meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import libcst as cst

from kerascheck.keras.changes import LAYER, all_changes, find_member
from kerascheck.machine.keras.lists import KerasList
from kerascheck.machine.run import Run
from kerascheck.machine.static import attributes_set
from kerascheck.machine.values import FunctionValue, ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Layer, Site, Tensor, is_symbolic
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject, OldForm

_TENSOR = "keras.KerasTensor"
#: Attributes that could be set once, and are properties in Keras 3: of all layers, and of models.
CLOSED_OF_LAYERS = frozenset({"losses", "metrics", "non_trainable_weights", "trainable_weights", "weights"})
CLOSED = CLOSED_OF_LAYERS | {"input_shape", "inputs", "layers", "metrics_names", "output_shape", "outputs"}


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
    if name not in _members() or name in attributes_set(run.file, run.file.tree):
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
    """Note that a loss is added outside of a call: to a functional model, or a symbolic tensor, or a function."""
    given = arguments.positional[0].value if arguments.positional else None
    is_functional = isinstance(layer, Network) and layer.kind == "functional"
    is_function = isinstance(layer, Network) and isinstance(given, FunctionValue)
    if not run.tracing and (is_functional or is_function or (isinstance(given, Tensor) and is_symbolic(given))):
        note(run, "member", "keras.Model", "add_loss", site)


def note_added_metric(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    """Note that a metric is added to a layer or a model, which Keras 3 refuses wherever it is done."""
    note(run, "member", LAYER, "add_metric", site)
    return None


def note_set(run: Run, value: KerasObject | Layer, name: str, site: Site) -> None:
    """Note that the program sets an attribute that Keras 3 does not read, of an optimizer, or that cannot be set."""
    if isinstance(value, Layer):
        if name in CLOSED and value.instance is None and (name in CLOSED_OF_LAYERS or _has_ends(value)):
            note(run, "closed", "keras.Model" if isinstance(value, Network) else LAYER, name, site)
    elif any(find_member((owner,), name) is not None for owner in _owners(value)):
        note(run, "set", value.qualname, name, site)


def _has_ends(layer: Layer) -> bool:
    """Whether it is a model whose ends are known when it is made."""
    return isinstance(layer, Network) and layer.kind in ("functional", "sequential")


def note_popped(run: Run, layers: KerasList, site: Site) -> None:
    """Note that a layer is taken from the list that a model has handed out, which is a copy."""
    func = site.node.func if isinstance(site.node, cst.Call) else None
    held = func.value if isinstance(func, cst.Attribute) else None
    if layers.what == "layers" and isinstance(held, cst.Attribute) and held.attr.value == "layers":
        note(run, "copy", "keras.Model", "layers", site)


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

#: Functions of TensorFlow that Keras 3 lets nobody call on a placeholder: tried by tests/machine/test_gone.py.
_TENSORFLOW = frozenset(
    {
        "abs", "acos", "add", "add_n", "argmax", "argmin", "argsort", "asin", "atan", "atan2", "boolean_mask",
        "broadcast_to", "cast", "clip_by_norm", "clip_by_value", "complex", "concat", "convert_to_tensor", "cos",
        "cosh", "cumsum", "divide", "dynamic_partition", "einsum", "ensure_shape", "equal", "exp", "expand_dims",
        "floor", "gather", "gather_nd", "greater", "greater_equal", "identity", "identity_n", "less", "less_equal",
        "logical_and", "logical_not", "logical_or", "matmul", "maximum", "meshgrid", "minimum", "multiply",
        "negative", "norm", "not_equal", "one_hot", "ones_like", "pad", "pow", "rank", "realdiv",
        "reduce_all", "reduce_any", "reduce_logsumexp", "reduce_max", "reduce_mean", "reduce_min", "reduce_prod",
        "reduce_sum", "repeat", "reshape", "reverse", "roll", "round", "sequence_mask", "shape",
        "sigmoid", "sign", "sin", "sinh", "size", "slice", "sort", "space_to_batch", "split", "sqrt", "square",
        "squeeze", "stack", "stop_gradient", "strided_slice", "subtract", "tan", "tanh", "tensordot", "tile",
        "transpose", "truediv", "unique", "unstack", "where", "zeros_like",
        "image.adjust_brightness", "image.adjust_contrast", "image.adjust_gamma", "image.adjust_hue",
        "image.adjust_saturation", "image.central_crop", "image.crop_and_resize", "image.draw_bounding_boxes",
        "image.flip_left_right", "image.flip_up_down", "image.hsv_to_rgb", "image.per_image_standardization",
        "image.psnr", "image.random_brightness", "image.random_contrast", "image.random_crop",
        "image.random_flip_left_right", "image.random_flip_up_down", "image.random_hue", "image.random_saturation",
        "image.resize", "image.resize_with_crop_or_pad", "image.resize_with_pad", "image.rgb_to_grayscale",
        "image.rgb_to_hsv", "image.rgb_to_yuv", "image.rot90", "image.ssim", "image.ssim_multiscale",
        "image.transpose", "image.yuv_to_rgb",
        "linalg.adjoint", "linalg.band_part", "linalg.cholesky", "linalg.cross", "linalg.det", "linalg.diag",
        "linalg.diag_part", "linalg.eigh", "linalg.expm", "linalg.inv", "linalg.l2_normalize", "linalg.logdet",
        "linalg.matmul", "linalg.matrix_transpose", "linalg.matvec", "linalg.norm", "linalg.normalize",
        "linalg.pinv", "linalg.qr", "linalg.set_diag", "linalg.solve", "linalg.svd", "linalg.tensordot",
        "linalg.trace",
        "math.abs", "math.accumulate_n", "math.acos", "math.add", "math.add_n", "math.argmax", "math.argmin",
        "math.asin", "math.atan", "math.atan2", "math.ceil", "math.cos", "math.count_nonzero", "math.cumprod",
        "math.cumsum", "math.divide", "math.divide_no_nan", "math.equal", "math.erf", "math.exp", "math.expm1",
        "math.floor", "math.floordiv", "math.floormod", "math.greater", "math.greater_equal", "math.in_top_k",
        "math.is_finite", "math.is_inf", "math.is_nan", "math.l2_normalize", "math.less", "math.less_equal",
        "math.log", "math.log1p", "math.log_sigmoid", "math.log_softmax", "math.logical_and", "math.logical_not",
        "math.logical_or", "math.logical_xor", "math.maximum", "math.minimum", "math.mod", "math.multiply",
        "math.multiply_no_nan", "math.not_equal", "math.pow", "math.reciprocal", "math.reciprocal_no_nan",
        "math.reduce_all", "math.reduce_any", "math.reduce_euclidean_norm", "math.reduce_logsumexp",
        "math.reduce_max", "math.reduce_mean", "math.reduce_min", "math.reduce_prod", "math.reduce_std",
        "math.reduce_sum", "math.reduce_variance", "math.rint", "math.rsqrt", "math.segment_max",
        "math.segment_mean", "math.segment_sum", "math.sigmoid", "math.sign", "math.sin", "math.sinh",
        "math.softmax", "math.softplus", "math.softsign", "math.sqrt", "math.square", "math.squared_difference",
        "math.subtract", "math.tan", "math.tanh", "math.top_k", "math.truediv", "math.unsorted_segment_sum",
        "math.xlogy",
        "nn.atrous_conv2d", "nn.avg_pool", "nn.avg_pool2d", "nn.bias_add", "nn.conv2d", "nn.conv3d",
        "nn.convolution", "nn.crelu", "nn.ctc_loss", "nn.depth_to_space", "nn.depthwise_conv2d", "nn.dropout",
        "nn.elu", "nn.embedding_lookup", "nn.gelu", "nn.in_top_k", "nn.l2_loss", "nn.l2_normalize", "nn.leaky_relu",
        "nn.local_response_normalization", "nn.log_softmax", "nn.lrn", "nn.max_pool", "nn.max_pool2d",
        "nn.max_pool_with_argmax", "nn.moments", "nn.relu", "nn.relu6", "nn.selu", "nn.sigmoid",
        "nn.sigmoid_cross_entropy_with_logits", "nn.silu", "nn.softmax", "nn.softmax_cross_entropy_with_logits",
        "nn.softplus", "nn.softsign", "nn.space_to_depth", "nn.sparse_softmax_cross_entropy_with_logits",
        "nn.swish", "nn.tanh", "nn.top_k",
        "signal.dct", "signal.fft", "signal.fft2d", "signal.frame", "signal.ifft", "signal.ifft2d", "signal.irfft",
        "signal.overlap_and_add", "signal.rfft", "signal.rfft2d", "signal.stft",
    }
)  # fmt: skip
#: Those of `tf.keras.backend`, which are TensorFlow's.
_BACKEND = frozenset(
    {
        "abs", "all", "any", "argmax", "argmin", "batch_dot", "batch_flatten", "binary_crossentropy",
        "binary_focal_crossentropy", "cast", "categorical_crossentropy", "categorical_focal_crossentropy", "clip",
        "concatenate", "conv2d", "conv2d_transpose", "conv3d", "cos", "cumprod", "cumsum", "depthwise_conv2d",
        "dot", "dropout", "elu", "equal", "exp", "expand_dims", "flatten", "gather", "greater", "greater_equal",
        "hard_sigmoid", "in_top_k", "l2_normalize", "less", "less_equal", "log", "max", "maximum", "mean", "min",
        "minimum", "ndim", "not_equal", "one_hot", "ones_like", "permute_dimensions", "pool2d", "pow", "prod",
        "relu", "repeat_elements", "reshape", "resize_images", "reverse", "rnn", "round", "separable_conv2d",
        "shape", "sigmoid", "sign", "sin", "softmax", "softplus", "softsign", "sparse_categorical_crossentropy",
        "spatial_2d_padding", "spatial_3d_padding", "sqrt", "square", "squeeze", "stack", "std", "stop_gradient",
        "sum", "switch", "tanh", "temporal_padding", "tile", "transpose", "var", "zeros_like",
    }
)  # fmt: skip
_NUMPY = frozenset(
    {
        "abs", "absolute", "add", "all", "amax", "amin", "any", "append", "argmax", "argmin", "argsort", "around",
        "array", "asarray", "average", "broadcast_to", "ceil", "clip", "column_stack", "concatenate", "cos", "cosh",
        "count_nonzero", "cross", "cumprod", "cumsum", "diag", "divide", "dot", "einsum", "equal", "exp",
        "expand_dims", "expm1", "floor", "floor_divide", "full_like", "greater", "greater_equal", "hstack", "inner",
        "isclose", "isfinite", "isinf", "isnan", "less", "less_equal", "log", "log10", "log1p", "log2", "logaddexp",
        "logical_and", "logical_not", "logical_or", "matmul", "max", "maximum", "mean", "median", "min", "minimum",
        "mod", "moveaxis", "multiply", "nanmax", "nanmean", "nanmin", "nansum", "negative", "nonzero",
        "not_equal", "ones_like", "outer", "pad", "percentile", "power", "prod", "quantile", "ravel", "repeat",
        "reshape", "roll", "rot90", "round", "sign", "sin", "sinh", "sort", "split", "sqrt", "square", "stack",
        "std", "subtract", "sum", "swapaxes", "take", "tan", "tanh", "tensordot", "tile", "trace", "transpose",
        "var", "vstack", "where", "zeros_like",
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
