"""Every spelling of a Keras name ends at one canonical name: `keras.layers.Dense`, `keras.Input`."""

from __future__ import annotations

from functools import lru_cache

#: Packages that are Keras, longest first.
_ROOTS = (
    "tensorflow.compat.v1.keras",
    "tensorflow.compat.v2.keras",
    "tensorflow.contrib.keras.api.keras",
    "tensorflow.contrib.keras.python.keras",
    "tensorflow.contrib.keras",
    "tensorflow.python.keras.api._v1.keras",
    "tensorflow.python.keras.api._v2.keras",
    "tensorflow.python.keras.api",
    "tensorflow.python.keras",
    "tensorflow.keras",
    "tensorflow._api.v1.keras",
    "tensorflow._api.v2.keras",
    "keras.api._v2.keras",
    "keras.api._v1.keras",
    "keras.api",
    "keras.src",
    "keras._tf_keras.keras",
    "tf_keras.src",
    "tf_keras",
    "tensorflow_core.python.keras.api._v1.keras",
    "tensorflow_core.python.keras.api._v2.keras",
    "tensorflow_core.python.keras",
    "tensorflow_core._api.v2.keras",
)

#: Sub-packages whose inner modules carry no meaning of their own.
_GROUPS = {
    "layers": "layers",
    "optimizers": "optimizers",
    "losses": "losses",
    "objectives": "losses",
    "metrics": "metrics",
    "callbacks": "callbacks",
    "initializers": "initializers",
    "initializations": "initializers",
    "regularizers": "regularizers",
    "constraints": "constraints",
    "activations": "activations",
    "ops": "ops",
    "models": "models",
    "utils": "utils",
    "backend": "backend",
    "random": "random",
}

#: Exact names behind the root.
_EXACT = {
    "layers.Input": "Input",
    "engine.Input": "Input",
    "engine.input_layer.Input": "Input",
    "engine.topology.Input": "Input",
    "engine.base_layer.Input": "Input",
    "layers.InputSpec": "InputSpec",
    "engine.InputSpec": "InputSpec",
    "engine.base_layer.InputSpec": "InputSpec",
    "engine.topology.InputSpec": "InputSpec",
    "models.Sequential": "Sequential",
    "engine.sequential.Sequential": "Sequential",
    "engine.Sequential": "Sequential",
    "models.Model": "Model",
    "models.Functional": "Model",
    "engine.Model": "Model",
    "engine.training.Model": "Model",
    "engine.functional.Functional": "Model",
    "Functional": "Model",
    "layers.Layer": "Layer",
    "engine.Layer": "Layer",
    "engine.topology.Layer": "Layer",
    "engine.base_layer.Layer": "Layer",
    "layers.InputLayer": "layers.InputLayer",
    "engine.InputLayer": "layers.InputLayer",
    "engine.input_layer.InputLayer": "layers.InputLayer",
    "engine.topology.InputLayer": "layers.InputLayer",
    "models.clone_model": "models.clone_model",
    "utils.np_utils.to_categorical": "utils.to_categorical",
    "models.Input": "Input",
}

#: The functions of `keras.layers` that merge tensors, by whatever module of theirs they are reached.
MERGING = frozenset({"add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate", "dot"})


@lru_cache(maxsize=4096)
def canonical(dotted: str) -> str:
    """The canonical name for a dotted name as the imports spell it; names outside Keras come back unchanged."""
    rest = _behind_root(dotted)
    if rest is None:
        return dotted
    if not rest:
        return "keras"
    if rest in _EXACT:
        return f"keras.{_EXACT[rest]}"
    parts = rest.split(".")
    if parts[0] == "legacy" and len(parts) > 1:
        parts = parts[1:]
    if parts[0] == "engine" and len(parts) > 1 and parts[-1][:1].isupper():
        return f"keras.layers.{parts[-1]}"
    if parts[:2] == ["backend", "config"]:
        parts = parts[1:]
    elif parts[:2] == ["backend", "common"]:
        parts = [parts[0], *parts[2:]]
    group = _GROUPS.get(parts[0])
    if group is None:
        return _application(parts)
    if len(parts) == 1:
        return f"keras.{group}"
    last = parts[-1]
    if group == "optimizers" and "schedules" in parts and last != "schedules":
        return f"keras.optimizers.schedules.{last}"
    if group == "layers" and len(parts) > 2 and last in MERGING:
        return f"keras.layers.{last}"
    if last[:1].isupper() or (group in ("activations", "losses", "metrics", "ops", "utils") and len(parts) > 2):
        name = f"{group}.{last}"
        return f"keras.{_EXACT.get(name, name)}"
    return f"keras.{'.'.join((group, *parts[1:]))}"


def _application(parts: list[str]) -> str:
    """`applications.vgg16.VGG16` is `applications.VGG16`; functions such as `preprocess_input` keep their module."""
    if parts[0] == "applications" and len(parts) > 2 and parts[-1][:1].isupper():
        return f"keras.applications.{parts[-1]}"
    return f"keras.{'.'.join(parts)}"


def _behind_root(dotted: str) -> str | None:
    if dotted == "keras":
        return ""
    for root in _ROOTS:
        if dotted == root:
            return ""
        if dotted.startswith(root + "."):
            return dotted[len(root) + 1 :]
    if dotted.startswith("keras."):
        return dotted[len("keras.") :]
    return None


def attribute(base: str, name: str) -> str:
    """The canonical name of attribute `name` of the canonical name `base`."""
    return canonical(f"{base}.{name}")
