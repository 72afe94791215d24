"""What is found where data meets a model."""

from __future__ import annotations

from dataclasses import dataclass

from kerascheck.network.ir import Layer, Site
from kerascheck.network.program import TrainCall


@dataclass(frozen=True)
class Clash:
    """Something that Keras refuses, or takes in a way that nobody means (`refused` is False).

    `kind` names the rule that tells it: "input-shape", "input-structure", "index", "samples", "target-shape", "spread",
    "target-structure", "missing", "weights", "classes".
    """

    kind: str
    message: str
    site: Site
    call: TrainCall
    refused: bool = True
    layer: Layer | None = None  # the one inside the model that it is about
    only_keras_3: bool = False  # whether an older Keras does not refuse it, and nothing shows which one is meant
