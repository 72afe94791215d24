"""Layers that the models of `keras.applications` bring along: classes of Keras's, but none of `keras.layers`."""

from __future__ import annotations

from collections.abc import Sequence

from kerascheck.layers.base import Config, LayerDef, MultiInput, SingleInput
from kerascheck.layers.registry import find
from kerascheck.network.dims import Shape
from kerascheck.network.ir import Weight


class LayerScale(SingleInput):
    """Multiplies each channel by a number that is learnt (ConvNeXt)."""

    name = "LayerScale"
    signature = "init_values, projection_dim"

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        return [Weight("variable", (c.dim("projection_dim"),))]


class CustomScaleLayer(MultiInput):
    """Adds to its first input the second, scaled (Inception-ResNet)."""

    name = "CustomScaleLayer"
    signature = "scale"

    def output(self, c: Config, shapes: Sequence[Shape]) -> Shape:
        return shapes[0]


#: The modules of Keras that define them.
HOMES = {
    "LayerScale": "keras.src.applications.convnext",
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
}
_OWN: dict[str, LayerDef] = {"LayerScale": LayerScale(), "CustomScaleLayer": CustomScaleLayer()}


def find_layer(name: str) -> LayerDef | None:
    """The definition of a layer class by the name it has in a record."""
    return _OWN.get(name) or find(name)
