"""`tf.data` pipelines. Source: https://www.tensorflow.org/api_docs/python/tf/data/Dataset

To add a method: a row in `METHODS`; a function: a row in `FUNCTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kerascheck.data.array import Array
from kerascheck.data.content import Content
from kerascheck.data.elements import common, map_element
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.registry import Function
from kerascheck.data.samples import as_dim, prepared
from kerascheck.data.tf_elements import call_on_element, result_element, tensor_of
from kerascheck.data.values import dtype_of, fresh_size, new_array, shape_argument
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import DictValue, ListValue, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Dim, ceil_div
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

Method = Callable[[Run, Pipeline, Arguments, Site], Value]

# -- sources --------------------------------------------------------------------------------------------------------


def _structure(run: Run, value: Value) -> Any:
    """Arrays in tuples and dictionaries, as `tf.data` sees a structure: a list is one tensor."""
    if isinstance(value, tuple):
        return tuple(_structure(run, part) for part in value)
    if isinstance(value, DictValue):
        if value.unknown is not None:
            return value.unknown
        return {key: _structure(run, part) for key, part in value.items.items()}
    return tensor_of(run, value)


def arrays_in(element: Any) -> list[Array]:
    """The arrays in an element."""
    found: list[Array] = []
    map_element(element, lambda part: found.append(part) if isinstance(part, Array) else None)
    return found


def _first_axis(element: Any) -> Dim:
    """The common size of the first axis of all arrays."""
    sizes = [array.shape[0] for array in arrays_in(element) if isinstance(array.shape, tuple) and array.shape]
    return next((size for size in sizes if isinstance(size, int)), sizes[0] if sizes else None)


def _sliced(array: Any) -> Any:
    """One item along the first axis."""
    if not isinstance(array, Array):
        return array
    made = array.snapshot()
    made.items, made.content = None, array.content.subset()
    if isinstance(array.shape, tuple) and array.shape:
        made.shape = array.shape[1:]
    else:
        made.shape = Unknown("an item of an array of unknown rank")
    return made


def _from_slices(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    whole = _structure(run, arguments.value("tensors", 0))
    arrays = arrays_in(whole)
    if len(arrays) > 1 and not run.guarded:
        prepared(run, "slices", name, list(arrays), site, arguments)
    element = map_element(whole, _sliced)
    orders = {array.rows.order for array in arrays if array.rows is not None}
    return Pipeline(
        element,
        batched=False,
        count=_first_axis(whole),
        shuffled=True if orders == {"shuffled"} else None,
        birth=run.tick(),
    )


def _from_tensors(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return Pipeline(_structure(run, arguments.value("tensors", 0)), batched=False, count=1, birth=run.tick())


def _from_generator(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`from_generator(generator, output_types, output_shapes, args, output_signature)`."""
    signature = arguments.value("output_signature", 4)
    types, shapes = arguments.value("output_types", 1), arguments.value("output_shapes", 2)
    if signature is not None:
        element = _as_structure(run, signature, lambda spec: spec.snapshot() if isinstance(spec, Array) else _UNKNOWN)
    elif types is not None:
        element = _typed(run, types, shapes, site)
    else:
        element = Unknown("a generator without a signature")
    return Pipeline(element, "tf.data", shuffled=None, birth=run.tick())


_UNKNOWN = Unknown("an element that is not described")


def _as_structure(run: Run, value: Value, leaf: Callable[[Value], Any]) -> Any:
    if isinstance(value, tuple):
        return tuple(_as_structure(run, part, leaf) for part in value)
    if isinstance(value, DictValue) and value.unknown is None:
        return {key: _as_structure(run, part, leaf) for key, part in value.items.items()}
    return leaf(value)


def _typed(run: Run, types: Value, shapes: Value, site: Site) -> Any:
    """An element out of parallel structures of dtypes and shapes."""
    if isinstance(types, tuple):
        parts = items_of(run, shapes) if isinstance(shapes, (tuple, ListValue)) else None
        known = parts if isinstance(parts, list) and len(parts) == len(types) else [None] * len(types)
        return tuple(_typed(run, one, shape, site) for one, shape in zip(types, known, strict=True))
    if isinstance(types, DictValue) and types.unknown is None:
        of = shapes.items if isinstance(shapes, DictValue) and shapes.unknown is None else {}
        return {key: _typed(run, one, of.get(key), site) for key, one in types.items.items()}
    dtype = dtype_of(types)
    shape = Unknown("a shape that is not given") if shapes is None else shape_argument(run, shapes, site)
    return new_array(run, shape, dtype if dtype is not None else Unknown("a dtype"), kind="tensor")


def _spec(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.TensorSpec(shape, dtype)`: what a tensor of it is like. Ragged and sparse ones have no such shape."""
    shape = shape_argument(run, arguments.value("shape", 0), site)
    dtype = dtype_of(arguments.value("dtype", 1, "float32")) or "float32"
    return new_array(run, shape, dtype, kind="tensor")


def _range(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    values = [given.value for given in arguments.positional]
    count: Dim = None
    if all(isinstance(value, int) for value in values) and 1 <= len(values) <= 3 and 0 not in values[2:]:
        count = len(range(*values))
    elif len(values) == 1:
        count = as_dim(values[0])
    content = Content(0, count - 1) if isinstance(count, int) and count > 0 and len(values) == 1 else Content()
    return Pipeline(new_array(run, (), "int64", content=content, kind="tensor"), batched=False, count=count)


def _texts(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """Lines, records, names of files: text."""
    return Pipeline(new_array(run, (), "str", kind="tensor"), batched=False, birth=run.tick())


def _zip(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`Dataset.zip(a, b)` and, as it was, `Dataset.zip((a, b))`."""
    values = [given.value for given in arguments.positional] or [arguments.value("datasets")]
    return _zipped(run, values[0] if len(values) == 1 else tuple(values))


def _zipped(run: Run, value: Value) -> Value:
    streams: list[Pipeline] = []

    def leaf(part: Value) -> Any:
        if isinstance(part, Pipeline):
            streams.append(part)
            return part.element
        return Unknown("an element of a stream that is not known")

    element = _as_structure(run, value, leaf)
    counts = [stream.count for stream in streams]
    same = {stream.batched for stream in streams}
    made = Pipeline(
        element,
        batched=same.pop() if len(same) == 1 else None,
        batch=next((stream.batch for stream in streams), None),
        count=_least(counts),
        infinite=bool(streams) and all(stream.infinite for stream in streams),
        tags=frozenset().union(*(stream.tags for stream in streams)),
        birth=run.tick(),
    )
    made.parts = tuple(streams)
    return made


def _least(counts: Sequence[Dim]) -> Dim:
    numbers = [count for count in counts if isinstance(count, int)]
    if len(numbers) == len(counts) and numbers:
        return min(numbers)
    return counts[0] if counts and all(count == counts[0] for count in counts) else None


# -- batches --------------------------------------------------------------------------------------------------------


def _batch(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    """`batch(batch_size, drop_remainder=False)`: the first axis has a size only where the remainder is dropped."""
    size, drop = as_dim(arguments.value("batch_size", 0)), arguments.value("drop_remainder", 1, False)
    if size is None:
        size = fresh_size(run, "batch_size", site)
    axis = size if drop is True else None
    count: Dim = None
    if isinstance(stream.count, int) and isinstance(size, int) and size > 0 and isinstance(drop, bool):
        count = stream.count // size if drop else ceil_div(stream.count, size)
    element = map_element(stream.element, lambda part: _grouped(part, axis))
    return stream.derive(element=element, batched=True, batch=size, count=count, birth=run.tick())


def _grouped(part: Any, axis: Dim) -> Any:
    if not isinstance(part, Array) or not isinstance(part.shape, tuple):
        return part
    made = part.snapshot()
    made.shape = (axis, *part.shape)
    return made


def _padded_batch(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    """`padded_batch(batch_size, padded_shapes=None, padding_values=None, drop_remainder=False)`."""
    shapes = arguments.value("padded_shapes", 1)
    element = stream.element
    if shapes is not None:
        element = _padded(run, element, shapes, site)
    rest = Arguments(
        arguments.positional[:1],
        {name: given for name, given in arguments.keywords.items() if name in ("batch_size", "drop_remainder")},
    )
    return _batch(run, stream.derive(element=map_element(element, _with_padding)), rest, site)


def _with_padding(part: Any) -> Any:
    """Numbers may be padded with zeros (or something else)."""
    if isinstance(part, Array):
        made = part.snapshot()
        made.content = Content(tags=part.content.tags)
        return made
    return part


def _padded(run: Run, element: Any, shapes: Value, site: Site) -> Any:
    if isinstance(element, tuple):
        parts = items_of(run, shapes) if isinstance(shapes, (tuple, ListValue)) else None
        known = parts if isinstance(parts, list) and len(parts) == len(element) else [Unknown("a shape")] * len(element)
        return tuple(_padded(run, part, shape, site) for part, shape in zip(element, known, strict=True))
    if isinstance(element, dict):
        of = shapes.items if isinstance(shapes, DictValue) and shapes.unknown is None else {}
        return {key: _padded(run, part, of.get(key, Unknown("a shape")), site) for key, part in element.items()}
    if not isinstance(element, Array):
        return element
    made = element.snapshot()
    shape = shape_argument(run, shapes, site)
    if isinstance(shape, tuple) and isinstance(element.shape, tuple) and len(shape) == len(element.shape):
        made.shape = tuple(old if new in (None, -1) else new for old, new in zip(element.shape, shape, strict=True))
    else:
        made.shape = shape if isinstance(shape, tuple) and None not in shape else Unknown("a padded shape")
    return made


def _unbatch(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    element = map_element(stream.element, _sliced)
    return stream.derive(element=element, batched=False, batch=None, count=None, birth=run.tick())


def _rebatch(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    single = stream.derive(element=map_element(stream.element, _sliced), count=None)
    return _batch(run, single, arguments, site)


# -- functions of the program -----------------------------------------------------------------------------------------


def _map(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    """`map(map_func, num_parallel_calls)`: what the function gives for one element."""
    function = arguments.value("map_func", 0)
    drawn = run.drawn
    element = result_element(run, call_on_element(run, function, stream.element, site))
    augmented = any("augmented" in array.content.tags for array in arrays_in(element))
    tags = stream.tags | ({"augmented"} if augmented else frozenset())
    if augmented or run.drawn > drawn:
        tags |= {"random"}
    return stream.derive(element=element, tags=tags, birth=run.tick())


def _flat_map(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    """`flat_map(function)` and `interleave`: the function gives a pipeline for each element."""
    inner = call_on_element(run, arguments.value("map_func", 0), stream.element, site)
    if isinstance(inner, Pipeline):
        return inner.derive(count=None, infinite=stream.infinite or inner.infinite, birth=run.tick())
    unknown = Unknown("what a function of the program gives as a stream")
    return stream.derive(element=unknown, batched=None, batch=None, count=None, birth=run.tick())


def _filter(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    call_on_element(run, arguments.value("predicate", 0), stream.element, site)
    return stream.derive(count=None, birth=run.tick())


def _apply(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    result = run.call(arguments.value("transformation_func", 0), Arguments([Given(stream)], {}), site)
    return result if isinstance(result, Pipeline) else _of_unknown(run, "a transformation that is not known")


def _of_unknown(run: Run, reason: str) -> Pipeline:
    return Pipeline(Unknown(reason), birth=run.tick())


# -- order and length -----------------------------------------------------------------------------------------------


def _same(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    return stream.derive(birth=run.tick())


def _shuffle(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    return stream.derive(shuffled=True, birth=run.tick())


def _repeat(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    times = arguments.value("count", 0)
    if times is None or times == -1:
        return stream.derive(infinite=True, count=None, birth=run.tick())
    count = stream.count * times if isinstance(stream.count, int) and isinstance(times, int) else None
    return stream.derive(count=count, birth=run.tick())


def _take(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    count = as_dim(arguments.value("count", 0))
    if count == -1:
        return stream.derive(birth=run.tick())
    if not isinstance(count, int) or not (isinstance(stream.count, int) or stream.infinite):
        return stream.derive(count=None, infinite=False, birth=run.tick())
    whole = count if stream.infinite or not isinstance(stream.count, int) else min(count, stream.count)
    return stream.derive(count=whole, infinite=False, birth=run.tick())


def _skip(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    count, left = as_dim(arguments.value("count", 0)), None
    if isinstance(count, int) and count >= 0 and isinstance(stream.count, int):
        left = max(stream.count - count, 0)
        if left == 0 < count and stream.count > 0:
            prepared(
                run, "emptied", f"{stream.count} {'batches' if stream.batched else 'elements'}", [], site, arguments
            )
    return stream.derive(count=left, birth=run.tick())


def _shard(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    return stream.derive(count=None, birth=run.tick())


def _concatenate(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    other = arguments.value("dataset", 0)
    if not isinstance(other, Pipeline):
        return _of_unknown(run, "a stream that goes on with something unknown")
    both = isinstance(stream.count, int) and isinstance(other.count, int)
    return stream.derive(
        element=common(stream.element, other.element),
        batched=stream.batched if stream.batched == other.batched else None,
        batch=stream.batch if stream.batch == other.batch else None,
        count=stream.count + other.count if both else None,  # type: ignore[operator]
        shuffled=None,
        tags=stream.tags | other.tags,
        birth=run.tick(),
    )


def _enumerate(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    index = new_array(run, (), "int64", kind="tensor")
    return stream.derive(element=(index, stream.element), birth=run.tick())


def _zip_with(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    return _zipped(run, (stream, *(given.value for given in arguments.positional)))


def _window(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    """`window(size, shift, stride, drop_remainder)`: each element is a pipeline of some elements."""
    size = as_dim(arguments.value("size", 0))
    is_plain = isinstance(stream.element, Array)
    inner = stream.derive(count=size, infinite=False, shuffled=None)
    element = inner if is_plain else Unknown("windows of a structure")
    return stream.derive(element=element, batched=False, count=None, birth=run.tick())


def _numpy_iterator(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    return stream.derive(kind="iterator", birth=run.tick())


def _cardinality(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
    return -1 if stream.infinite else stream.length(run)


def _unknown(what: str) -> Method:
    def method(run: Run, stream: Pipeline, arguments: Arguments, site: Site) -> Value:
        return run.fresh(what, site.node)

    return method


METHODS: dict[str, Method] = {
    "batch": _batch,
    "padded_batch": _padded_batch,
    "unbatch": _unbatch,
    "rebatch": _rebatch,
    "map": _map,
    "flat_map": _flat_map,
    "interleave": _flat_map,
    "filter": _filter,
    "apply": _apply,
    "shuffle": _shuffle,
    "repeat": _repeat,
    "take": _take,
    "skip": _skip,
    "shard": _shard,
    "take_while": _filter,
    "concatenate": _concatenate,
    "enumerate": _enumerate,
    "zip": _zip_with,
    "window": _window,
    "as_numpy_iterator": _numpy_iterator,
    "make_one_shot_iterator": _numpy_iterator,
    "make_initializable_iterator": _numpy_iterator,
    "cardinality": _cardinality,
    "reduce": _unknown("what a stream is reduced to"),
    **dict.fromkeys(("cache", "prefetch", "with_options", "ignore_errors", "snapshot"), _same),
}

FUNCTIONS: dict[str, Function] = {
    "tensorflow.data.Dataset.from_tensor_slices": _from_slices,
    "tensorflow.data.Dataset.from_tensors": _from_tensors,
    "tensorflow.data.Dataset.from_generator": _from_generator,
    "tensorflow.data.Dataset.range": _range,
    "tensorflow.data.Dataset.zip": _zip,
    "tensorflow.data.Dataset.list_files": _texts,
    "tensorflow.data.TextLineDataset": _texts,
    "tensorflow.data.TFRecordDataset": _texts,
    "tensorflow.TensorSpec": _spec,
}
