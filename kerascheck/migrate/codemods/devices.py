"""`multi_gpu_model` is gone: the model itself runs, on one device."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.migrate.arguments import argument
from kerascheck.migrate.context import Context, Step

_PAGE = "https://keras.io/guides/distributed_training_with_tensorflow/"


def find(context: Context) -> Iterator[Step]:
    """A step for each call."""
    for call, name in context.called():
        if name in ("keras.utils.multi_gpu_model", "keras.utils.training_utils.multi_gpu_model"):
            yield steps(call)


def steps(call: cst.Call) -> Step:
    """The step for one call."""
    model = argument(call, "model", 0)
    if model is None or not isinstance(model.value, (cst.Name, cst.Attribute)):
        return Step("devices", call, "multi_gpu_model is gone: build the model in the scope of a strategy", page=_PAGE)
    note = "the model runs on one device; build it in the scope of tf.distribute.MirroredStrategy for several"
    return Step("devices", call, "multi_gpu_model is gone", (Rewrite(call, (model.value,)),), page=_PAGE, note=note)
