"""Finds the definition of a layer by any name Keras has ever given it."""

from __future__ import annotations

import importlib
from functools import lru_cache

from kerascheck.layers.base import LayerDef

#: The modules of this package that hold layer definitions; their LayerDef subclasses with a name are registered.
FAMILIES = (
    "core",
    "activations",
    "reshaping",
    "convolutional",
    "pooling",
    "normalization",
    "regularization",
    "recurrent",
    "recurrent_cells",
    "merging",
    "wrappers",
    "attention",
    "preprocessing",
    "augmentation",
    "foreign",
    "removed",
)

#: Names that Keras 3 no longer exports, with the last generation that did.
REMOVED = {
    "AtrousConv1D": 1,
    "AtrousConv2D": 1,
    "AtrousConvolution1D": 2,
    "AtrousConvolution2D": 2,
    "CuDNNGRU": 2,
    "CuDNNLSTM": 2,
    "Deconv2D": 2,
    "Deconv3D": 2,
    "Deconvolution2D": 2,
    "Deconvolution3D": 2,
    "Highway": 2,
    "LocallyConnected1D": 2,
    "LocallyConnected2D": 2,
    "MaxoutDense": 2,
    "Merge": 2,
    "ParametricSoftplus": 1,
    "RandomHeight": 2,
    "RandomWidth": 2,
    "SReLU": 1,
    "SyncBatchNormalization": 2,
    "ThresholdedReLU": 2,
    "TimeDistributedDense": 1,
}


@lru_cache(maxsize=1)
def definitions() -> dict[str, LayerDef]:
    """Every known layer class, by its Keras 3 name and by its old names."""
    found: dict[str, LayerDef] = {}
    for family in FAMILIES:
        module = importlib.import_module(f"kerascheck.layers.{family}")
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, LayerDef)
                and value.name
                and value.__module__ == module.__name__
            ):
                definition = value()
                for name in (value.name, *value.old_names):
                    if name in found:
                        raise ValueError(f"two definitions for layer {name}")
                    found[name] = definition
    return found


def find(name: str) -> LayerDef | None:
    """The definition of the layer class called `name` (`Dense`, `Convolution2D`), or None."""
    return definitions().get(name)
