"""`inspect.signature`: the names of the parameters of functions of the program, and of `call` of Keras's layers."""

from __future__ import annotations

from collections.abc import Hashable

import libcst as cst

from kerascheck.machine.expressions import all_parameters
from kerascheck.machine.libraries import namespace
from kerascheck.machine.run import Run
from kerascheck.machine.values import BoundMethod, FunctionValue, NativeMethod, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import BuiltinLayer, Site

_WITH_TRAINING = ("inputs", "training")
_IN_TIME = ("sequences", "initial_state", "mask", "training")

#: The parameters of `call` of the layers that have more than one, as in Keras 3.15.
_CALLS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("AlphaDropout", "Dense", "Dropout", "EinsumDense", "GaussianDropout"), _WITH_TRAINING),
    **dict.fromkeys(("GaussianNoise", "SpectralNormalization"), _WITH_TRAINING),
    **dict.fromkeys(("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"), _WITH_TRAINING),
    **dict.fromkeys(("Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), _IN_TIME),
    **dict.fromkeys(("GRU", "LSTM", "RNN", "SimpleRNN"), _IN_TIME),
    **dict.fromkeys(("BatchNormalization", "TimeDistributed"), ("inputs", "training", "mask")),
    **dict.fromkeys(("GlobalAveragePooling1D", "Softmax"), ("inputs", "mask")),
    "Lambda": ("inputs", "mask", "training"),
}

#: Layers whose `call` takes nothing but its inputs.
_PLAIN = frozenset(
    """
    Activation Add Average AveragePooling1D AveragePooling2D AveragePooling3D Concatenate Conv1D Conv1DTranspose Conv2D
    Conv2DTranspose Conv3D Conv3DTranspose Cropping1D Cropping2D Cropping3D DepthwiseConv1D DepthwiseConv2D Dot ELU
    Embedding Flatten GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
    GlobalMaxPooling3D GroupNormalization Identity LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D
    MaxPooling3D Maximum Minimum Multiply PReLU Permute ReLU RepeatVector Rescaling Reshape SeparableConv1D
    SeparableConv2D Subtract UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D
    ZeroPadding3D
    """.split()  # noqa: SIM905
)


def _signature(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """An object whose `parameters` have the right names; what else they tell is not known."""
    names = parameter_names(run, arguments.value("obj", 0))
    if names is None:
        return run.fresh("a signature", site.node)
    parameters: dict[Hashable, Value] = {one: run.fresh(f"the parameter {one}", site.node) for one in names}
    return namespace(run, "Signature", {"parameters": run.new_dict(parameters)}, site)


def parameter_names(run: Run, function: Value) -> tuple[str, ...] | None:
    """The names of the parameters, that of a bound receiver left out; None where they are not known."""
    if isinstance(function, NativeMethod) and function.name == "call" and isinstance(function.receiver, BuiltinLayer):
        if run.project.dialect < 3:
            return None  # older layers take other arguments
        cls = function.receiver.cls
        return _CALLS.get(cls, ("inputs",) if cls in _PLAIN else None)
    bound = isinstance(function, BoundMethod)
    function = function.function if isinstance(function, BoundMethod) else function
    if not isinstance(function, FunctionValue):
        return None
    params = function.node.params
    starred = [one for one in (params.star_arg, params.star_kwarg) if isinstance(one, cst.Param)]
    found = tuple(parameter.name.value for parameter in (*all_parameters(params), *starred))
    return found[1:] if bound else found


FUNCTIONS = {"inspect.signature": _signature}
