"""What `predict` gives: an array for each output, with a row for each sample."""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.data.content import AS_PREDICTED, Content, Rows
from kerascheck.data.observations import PREDICTION
from kerascheck.data.training import training_data
from kerascheck.data.values import fresh_size, new_array
from kerascheck.layers.base import activation_name
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.dims import Dim, Shape
from kerascheck.network.ir import Site, Tensor
from kerascheck.network.program import TrainCall
from kerascheck.symbolic.unknown import Unknown

_METHODS = frozenset({"predict", "predict_on_batch", "predict_generator", "predict_proba"})
#: Activations whose values lie between 0 and 1.
_PROBABILITIES = frozenset({"sigmoid", "softmax", "hard_sigmoid"})


def result_of(run: Run, call: TrainCall, site: Site) -> Value:
    """The value of a training call: predictions are arrays, the rest is not known."""
    network, outputs = call.network, call.outputs
    if call.method in ("fit", "fit_generator"):
        return run.fresh(f"what {call.method} gives", site.node)
    if call.method not in _METHODS or network.open is not None or network.unknown is not None or not outputs:
        return run.fresh(f"what {call.method} gives", site.node)
    listed = isinstance(call.gives, (list, tuple))
    plain = call.gives is None or isinstance(call.gives, Tensor)
    if network.kind == "subclass" or not (plain or (listed and all(isinstance(t, Tensor) for t in call.gives))):
        return run.fresh(f"what {call.method} gives", site.node)
    if any(map(network.refuses, call.inputs)):
        return run.fresh("what a model gives whose inputs are refused", site.node)
    count, rows = _samples(run, call, site)
    index = run.program.trainings.index(call)
    made = [_predictions(run, tensor, count, rows, index, site) for tensor in outputs]
    if plain or (len(made) == 1 and isinstance(call.gives, list)):
        return made[0]
    return tuple(made) if isinstance(call.gives, tuple) else run.new_list(made)


def _samples(run: Run, call: TrainCall, site: Site) -> tuple[Dim, Rows | None]:
    """How many samples are predicted, and which."""
    data = training_data(call)
    parts = list(data.x.values()) if isinstance(data.x, dict) else data.x if isinstance(data.x, list) else [data.x]
    first = parts[0] if parts else None
    if data.is_stream or not isinstance(first, Array) or not isinstance(first.shape, tuple) or not first.shape:
        return fresh_size(run, "?.shape[0]", site), None
    return first.shape[0], first.rows


def _predictions(run: Run, tensor: Tensor, count: Dim, rows: Rows | None, index: int, site: Site) -> Array:
    content = Content(tags=frozenset({f"{PREDICTION}{index}", AS_PREDICTED}))
    if tensor.node is not None and activation_name(tensor.node.layer.config.get("activation")) in _PROBABILITIES:
        content.low, content.high = 0.0, 1.0
    shape: Shape | Unknown = Unknown("the shape of predictions")
    if isinstance(tensor.shape, tuple):
        sizes = [fresh_size(run, "?.shape", site) if size is None else size for size in tensor.shape[1:]]
        shape = (count, *sizes)
    return new_array(run, shape, tensor.dtype, content=content, rows=rows)
