"""Windows of time series.

Source: keras/src/utils/timeseries_dataset_utils.py, keras/src/legacy/preprocessing/sequence.py (Keras 3.15).
"""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.registry import Function
from kerascheck.data.samples import as_dim, prepared
from kerascheck.data.values import as_array, fresh_size, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


def _steps(run: Run, array: Array | None, shape: Shape, kind: str) -> Array | Unknown:
    """A batch of parts of a series: `shape` stands before the axes of one step."""
    if array is None or not isinstance(array.shape, tuple) or not array.shape:
        return Unknown("windows of a series that is not known")
    content = array.content.subset()
    return new_array(run, (*shape, *array.shape[1:]), array.dtype, content=content, kind=kind)


def _length(length: Dim, rate: Dim) -> Dim:
    """How many steps `series[start : start + length : rate]` has."""
    if rate == 1:
        return length
    return -(-length // rate) if isinstance(length, int) and isinstance(rate, int) and rate > 0 else None


def _windows(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`timeseries_dataset_from_array(data, targets, sequence_length, ..., batch_size=128)`: a `tf.data` pipeline."""
    data, targets = as_array(run, arguments.value("data", 0)), arguments.value("targets", 1)
    length, batch = as_dim(arguments.value("sequence_length", 2)), arguments.value("batch_size", 5, 128)
    if arguments.value("format", None, "tf") != "tf" or isinstance(batch, Unknown):
        return run.fresh(f"the result of {name}", site.node)
    if length is None:
        length = fresh_size(run, "sequence_length", site)
    if _are_same_steps(data, as_array(run, targets)):
        prepared(run, "unshifted", name, [], site, arguments)
    front: Shape = () if batch is None else (None,)
    x = _steps(run, data, (*front, length), "tensor")
    element = x if targets is None else (x, _steps(run, as_array(run, targets), front, "tensor"))
    shuffled = arguments.value("shuffle", 6, False)
    return Pipeline(
        element,
        batched=batch is not None,
        batch=as_dim(batch),
        shuffled=shuffled if isinstance(shuffled, bool) else None,
        birth=run.tick(),
    )


def _are_same_steps(data: Array | None, targets: Array | None) -> bool:
    """Whether the targets are some of the very numbers of the series, in the rows in which they stand there."""
    if data is None or targets is None or data.kind != "numpy" or targets.kind != "numpy":
        return False
    if not isinstance(data.shape, tuple) or not isinstance(targets.shape, tuple) or not data.shape or not targets.shape:
        return False
    if data.shape[0] != targets.shape[0]:
        return False
    return data is targets or data.content is targets.content or data.content.is_seen_by(targets.content)


def _generator(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`TimeseriesGenerator(data, targets, length, sampling_rate=1, stride=1, ..., batch_size=128)`."""
    data, targets = as_array(run, arguments.value("data", 0)), as_array(run, arguments.value("targets", 1))
    length = _length(as_dim(arguments.value("length", 2)), as_dim(arguments.value("sampling_rate", 3, 1)))
    batch = as_dim(arguments.value("batch_size", 9, 128))
    if length is None:
        length = fresh_size(run, "length", site)
    element = (_steps(run, data, (None, length), "numpy"), _steps(run, targets, (None,), "numpy"))
    shuffled = arguments.value("shuffle", 7, False)
    return Pipeline(
        element,
        "sequence",
        batched=True,
        batch=batch,
        count=_number_of_batches(arguments, data, batch),
        shuffled=shuffled if isinstance(shuffled, bool) else None,
        birth=run.tick(),
    )


def _number_of_batches(arguments: Arguments, data: Array | None, batch: Dim) -> Dim:
    """Source: `TimeseriesGenerator.__len__`."""
    length, stride = arguments.value("length", 2), arguments.value("stride", 4, 1)
    start, end = arguments.value("start_index", 5, 0), arguments.value("end_index", 6)
    if (
        end is None
        and data is not None
        and isinstance(data.shape, tuple)
        and data.shape
        and isinstance(data.shape[0], int)
    ):
        end = data.shape[0] - 1
    if not all(isinstance(value, int) for value in (length, stride, start, end, batch)):
        return None
    step = batch * stride
    return (end - start - length + step) // step if step > 0 else None


FUNCTIONS: dict[str, Function] = {
    "keras.utils.timeseries_dataset_from_array": _windows,
    "keras.preprocessing.timeseries_dataset_from_array": _windows,
    "keras.preprocessing.sequence.TimeseriesGenerator": _generator,
}
