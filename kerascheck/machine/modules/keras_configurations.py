"""Functions of Keras that read and write configurations."""

from __future__ import annotations

from kerascheck.machine.keras.configurations import deserialize, from_config, model_from_config, serialize
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import Symbol


def _serialize(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`keras.activations.serialize(relu)` is the name; of other objects what `get` makes the same object of again."""
    value = arguments.positional[0].value if arguments.positional else None
    if isinstance(value, Symbol) and value.name.startswith("keras.activations."):
        return value.name.rpartition(".")[2]
    plain = isinstance(value, KerasObject) or value is None
    return value if plain else run.fresh("a serialized object", site.node)


FUNCTIONS = {
    **{f"keras.{module}.serialize": _serialize for module in ("activations", "initializers", "regularizers")},
    **{f"keras.{module}.serialize": _serialize for module in ("constraints", "losses", "metrics", "optimizers")},
    "keras.layers.from_config": from_config,  # of any layer, see `find`
    "keras.layers.serialize": serialize,
    "keras.layers.deserialize": deserialize,
    **{f"keras.{module}.serialize_keras_object": serialize for module in ("saving", "utils")},
    **{f"keras.{module}.deserialize_keras_object": deserialize for module in ("saving", "utils")},
    "keras.Sequential.from_config": model_from_config,
    "keras.Model.from_config": model_from_config,
    "keras.models.model_from_json": model_from_config,
}
