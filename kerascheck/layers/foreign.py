"""Layers around code of other frameworks: what they do is not known from their arguments."""

from __future__ import annotations

from collections.abc import Sequence

from kerascheck.layers.base import Config, LayerDef
from kerascheck.network.dims import Shape
from kerascheck.network.ir import Weight
from kerascheck.symbolic.unknown import Undetermined


class _Foreign(LayerDef):
    """A layer whose weights and outputs are another framework's."""

    def weights_for(self, c: Config, shapes: Sequence[Shape]) -> list[Weight]:
        raise Undetermined(f"what {self.name} holds is not known")


class JaxLayer(_Foreign):
    """A JAX function. https://keras.io/api/layers/backend_specific_layers/jax_layer/"""

    name = "JaxLayer"
    signature = "call_fn, init_fn=None, params=None, state=None, seed=None, native_serialization_platforms=None"


class FlaxLayer(_Foreign):
    """A Flax module. https://keras.io/api/layers/backend_specific_layers/flax_layer/"""

    name = "FlaxLayer"
    signature = "module, method=None, variables=None"


class TorchModuleWrapper(_Foreign):
    """A PyTorch module. https://keras.io/api/layers/backend_specific_layers/torch_module_wrapper/"""

    name = "TorchModuleWrapper"
    signature = "module, name=None, output_shape=None"


class TFSMLayer(_Foreign):
    """A TensorFlow SavedModel. https://keras.io/api/layers/backend_specific_layers/tfsm_layer/"""

    name = "TFSMLayer"
    signature = "filepath, call_endpoint='serve', call_training_endpoint=None, trainable=True, name=None, dtype=None"
