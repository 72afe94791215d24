"""Functions of Keras that read and write configurations."""

from __future__ import annotations

from kerascheck.interp.keras.configurations import deserialize, from_config, model_from_config, serialize

FUNCTIONS = {
    "keras.layers.from_config": from_config,  # of any layer, see `find`
    "keras.layers.serialize": serialize,
    "keras.layers.deserialize": deserialize,
    **{f"keras.{module}.serialize_keras_object": serialize for module in ("saving", "utils")},
    **{f"keras.{module}.deserialize_keras_object": deserialize for module in ("saving", "utils")},
    "keras.Sequential.from_config": model_from_config,
    "keras.Model.from_config": model_from_config,
    "keras.models.model_from_json": model_from_config,
}
