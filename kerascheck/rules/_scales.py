"""How numbers are scaled when they reach a network, and what its first layers do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from kerascheck.data.array import Array
from kerascheck.network.ir import Layer, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._graph import DROPOUTS, applied_activation, input_tensors, known_number

#: Layers that leave the scale of the numbers as it is.
_PASSING = DROPOUTS | {
    "InputLayer", "Identity", "Reshape", "Flatten", "Permute", "RepeatVector", "ZeroPadding1D", "ZeroPadding2D",
    "ZeroPadding3D", "Cropping1D", "Cropping2D", "Cropping3D", "UpSampling1D", "UpSampling2D", "UpSampling3D",
    "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Resizing", "CenterCrop", "RandomCrop",
    "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom", "RandomContrast", "RandomHeight", "RandomWidth",
    "Masking",
}  # fmt: skip
#: Layers that bring any numbers to one scale.
_NORMALIZING = frozenset(
    {
        "BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization", "UnitNormalization",
        "Normalization",
    }
)  # fmt: skip
#: Layers that multiply what they get with weights.
_WEIGHING = frozenset(
    {
        "Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose",
        "SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D", "LSTM", "GRU", "SimpleRNN",
        "LocallyConnected1D", "LocallyConnected2D",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Entrance:
    """What the numbers of an input meet first.

    `kind`: "weights" (they are multiplied as they are), "application" (a ready-made network gets them as they are),
    "rescaling" (a layer multiplies them by a number), "other" (something brings them to scale, or it is not known).
    """

    kind: str
    layer: Layer | None = None
    then: Entrance | None = None  # what they meet behind a layer that multiplies them, where all of them meet the same


_OTHER = Entrance("other")


def entrance(network: Network, program: Program) -> Entrance:
    """What the numbers meet first in a network of one input."""
    inputs = input_tensors(network)
    if network.open is not None or network.unknown is not None or network.kind == "subclass" or len(inputs) != 1:
        return _OTHER
    for other in program.networks:
        if is_application(other) and (other is network or (other.inputs and other.inputs[0] is inputs[0])):
            return Entrance("application", other) if _begins_by_itself(other) else _OTHER
    found = _followed(network, inputs[0], 0)
    kinds = {item.kind for item in found}
    return found[0] if len(kinds) == 1 else _OTHER


def _followed(
    network: Network, tensor: Tensor, depth: int, beyond: Callable[[], list[Entrance]] | None = None
) -> list[Entrance]:
    """What each of the layers meets that take the tensor; `beyond` tells it of what the network gives."""
    nodes = [node for node in network.nodes if any(one is tensor for one in node.inputs)]
    nodes = [node for node in nodes if node.layer.cls != "InputLayer"]
    if depth > 30:
        return [_OTHER]
    if not nodes:
        gives = len(network.outputs) == 1 and network.outputs[0] is tensor
        return beyond() if beyond is not None and gives else [_OTHER]
    found: list[Entrance] = []
    for node in nodes:
        layer = node.layer
        if layer.unknown is not None or len(node.inputs) != 1 or len(node.outputs) != 1:
            return [_OTHER]
        if isinstance(layer, Network):
            inner = input_tensors(layer)
            if is_application(layer):
                found.append(Entrance("application", layer) if _begins_by_itself(layer) else _OTHER)
            elif layer.open is None and layer.kind != "subclass" and len(inner) == 1:
                after = partial(_followed, network, node.outputs[0], depth + 1, beyond)
                found += _followed(layer, inner[0], depth + 1, after)
            else:
                return [_OTHER]
        elif layer.cls == "Rescaling":
            behind = _followed(network, node.outputs[0], depth + 1, beyond)
            found.append(Entrance("rescaling", layer, behind[0] if len(behind) == 1 else None))
        elif layer.cls in _PASSING:
            found += _followed(network, node.outputs[0], depth + 1, beyond)
        elif layer.cls in _WEIGHING and not _is_normalized_after(network, layer, node.outputs[0]):
            found.append(Entrance("weights", layer))
        else:
            return [_OTHER]
    return found


def _is_normalized_after(network: Network, layer: Layer, output: Tensor) -> bool:
    """Whether what the layer gives is brought to scale at once, so that the scale before is no matter."""
    if applied_activation(layer) != "linear":
        return False
    after = [node.layer for node in network.nodes if any(one is output for one in node.inputs)]
    return bool(after) and all(one.cls in _NORMALIZING or one.cls not in _WEIGHING for one in after) and any(
        one.cls in _NORMALIZING for one in after
    )  # fmt: skip


# -- ready-made networks -----------------------------------------------------------------------------------------------

#: The modules of `keras.applications` by what their `preprocess_input` does. None: nothing, the network does it.
#: Source: keras/src/applications (Keras 3.15).
_MODES: dict[str, str | None] = {
    **dict.fromkeys(("resnet", "resnet50", "vgg16", "vgg19"), "caffe"),
    **dict.fromkeys(
        ("inception_resnet_v2", "inception_v3", "mobilenet", "mobilenet_v2", "nasnet", "resnet_v2", "xception"), "tf"
    ),
    "densenet": "torch",
    **dict.fromkeys(("convnext", "efficientnet", "efficientnet_v2", "mobilenet_v3"), None),
}
#: Beginnings of the names of the functions, longest first, and their modules.
_MODULES = (
    ("InceptionResNetV2", "inception_resnet_v2"), ("EfficientNetV2", "efficientnet_v2"),
    ("EfficientNet", "efficientnet"), ("MobileNetV2", "mobilenet_v2"), ("MobileNetV3", "mobilenet_v3"),
    ("MobileNet", "mobilenet"), ("InceptionV3", "inception_v3"), ("ResNet50V2", "resnet_v2"),
    ("ResNet101V2", "resnet_v2"), ("ResNet152V2", "resnet_v2"), ("ResNet", "resnet"), ("DenseNet", "densenet"),
    ("ConvNeXt", "convnext"), ("NASNet", "nasnet"), ("VGG16", "vgg16"), ("VGG19", "vgg19"), ("Xception", "xception"),
)  # fmt: skip
#: What the modes make of 0 to 255, and how the numbers then look.
RANGES = {
    "caffe": "BGR around 0, from -124 to 151",
    "tf": "-1 to 1",
    "torch": "the deviations of ImageNet",
    None: "0 to 255",
}


@dataclass(frozen=True)
class Application:
    """A ready-made network with its ImageNet weights, and the images that it wants."""

    name: str
    module: str
    mode: str | None


def is_application(layer: Layer) -> bool:
    """Whether it was made by a function of `keras.applications`."""
    return layer.qualname.startswith("keras.applications.")


def _begins_by_itself(layer: Layer) -> bool:
    """Whether no layers of the program stand before it, as they do where its `input_tensor` is one of their outputs."""
    given = None if layer.arguments is None else layer.arguments.value("input_tensor", 2)
    if not isinstance(given, Tensor):
        return given is None
    return given.node is None or given.node.layer.cls == "InputLayer"


def pretrained(layer: Layer | None) -> Application | None:
    """The application, where it surely has the weights of ImageNet; None else."""
    if layer is None or layer.arguments is None or not is_application(layer):
        return None
    name = layer.qualname.rpartition(".")[2]
    module = next((module for start, module in _MODULES if name.startswith(start)), None)
    if module is None or layer.arguments.value("weights", 1, "imagenet") != "imagenet":
        return None
    if layer.arguments.value("include_preprocessing", None, True) is not True:
        return None
    return Application(name, module, _MODES[module])


# -- scales of data ---------------------------------------------------------------------------------------------------


def scale_of(array: Array) -> str | None:
    """How the numbers surely are scaled; None where that is not known.

    One of "0 to 255", "0 to 1", "-1 to 1" (images), "caffe", "tf", "torch" (after `preprocess_input`), "standardized",
    "scaled" (by a scaler); "0 to 1000" and the like where pixels were multiplied, as `rescale=1/.255` does.
    """
    content = array.content
    modules = [tag.partition(":")[2] for tag in content.tags if tag.startswith("preprocess:")]
    if modules:
        mode = _MODES.get(modules[0], "") if len(modules) == 1 else ""
        if mode != "":
            return mode if mode is not None else "0 to 255"
        return None
    if "standardized" in content.tags:
        return "standardized"
    if "pixels" in content.tags and content.attained and content.low is not None and content.high is not None:
        if content.low == 0 and content.high >= 100:
            return "0 to 255" if content.high < 256 else f"0 to {content.high:.0f}"
        if content.low == 0 and 0.9 < content.high <= 1.01:
            return "0 to 1"
        if -1.01 <= content.low < -0.9 and 0.9 < content.high <= 1.01:
            return "-1 to 1"
        return None
    return "scaled" if "scaled" in content.tags else None


#: Of images, as they are named above.
_LIMITS = {"0 to 255": (0.0, 255.0), "0 to 1": (0.0, 1.0), "-1 to 1": (-1.0, 1.0)}


def factor_of(layer: Layer) -> float | None:
    """What a `Rescaling` layer multiplies with; None where that is not known."""
    return None if layer.arguments is None else known_number(layer.arguments.value("scale", 0))


def rescaled(scale: str, layer: Layer) -> str | None:
    """How images of this scale look behind a `Rescaling` layer; None where that is none of the usual ones."""
    limits = _LIMITS.get(scale)
    factor = factor_of(layer)
    offset = None if layer.arguments is None else known_number(layer.arguments.value("offset", 1, 0.0))
    if limits is None or factor is None or offset is None:
        return None
    low, high = (limit * factor + offset for limit in limits)
    for name, (least, most) in _LIMITS.items():
        if abs(low - least) + abs(high - most) < 0.02 * (most - least):
            return name
    return None


def features_of(call: TrainCall) -> Array | None:
    """The features of a call on one input, where they are known."""
    from kerascheck.data.training import training_data

    x = training_data(call).x
    return x if isinstance(x, Array) else None
