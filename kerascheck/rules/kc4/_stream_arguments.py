"""KC423 and KC424: streams of batches as the data of `fit`, `evaluate` and `predict`."""

from __future__ import annotations

from kerascheck.data.pipeline import Pipeline
from kerascheck.data.training import training_data
from kerascheck.network.program import TrainCall


def _stream(call: TrainCall) -> Pipeline | None:
    return training_data(call).stream
