"""`tf.data` pipelines: the elements that are claimed are those of TensorFlow."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.training import training_data
from kerascheck.symbolic.unknown import Guarded, Unknown
from tests.machine.helpers import execute_module, model, value_of

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.data import Dataset
AUTOTUNE = tf.data.AUTOTUNE
x = np.arange(240.0).reshape(20, 4, 3)
y = np.arange(20) % 5
images = (np.arange(20 * 8 * 8 * 3) % 256).astype('uint8').reshape(20, 8, 8, 3)
def scale(image, label):
    image = tf.cast(image, tf.float32) / 255.0
    return tf.image.resize(image, (4, 4)), tf.one_hot(label, 5)
def batches():
    while True:
        yield np.zeros((2, 3)), np.zeros(2)
"""

PIPELINES = {
    "arrays": "Dataset.from_tensor_slices(x)",
    "a tuple of arrays": "Dataset.from_tensor_slices((x, y))",
    "a dictionary": "Dataset.from_tensor_slices({'a': x, 'b': y})",
    "features by name and labels": "Dataset.from_tensor_slices(({'a': x, 'b': x[:, 0]}, y))",
    "lists": "Dataset.from_tensor_slices(([1, 2, 3], [[1.0], [2.0], [3.0]]))",
    "tensors": "Dataset.from_tensors((x, y))",
    "batches": "Dataset.from_tensor_slices((x, y)).batch(8)",
    "full batches": "Dataset.from_tensor_slices((x, y)).batch(8, drop_remainder=True)",
    "batches of batches": "Dataset.from_tensor_slices(x).batch(2).batch(3)",
    "single samples again": "Dataset.from_tensor_slices(x).batch(8).unbatch()",
    "shuffled and repeated": "Dataset.from_tensor_slices((x, y)).shuffle(20).repeat(2).batch(6).prefetch(AUTOTUNE)",
    "taken and skipped": "Dataset.from_tensor_slices((x, y)).skip(3).take(30).cache().batch(6)",
    "a lambda": "Dataset.from_tensor_slices((x, y)).map(lambda a, b: (a / 2, b))",
    "a function": "Dataset.from_tensor_slices((images, y)).map(scale, num_parallel_calls=AUTOTUNE).batch(4)",
    "a function of batches": "Dataset.from_tensor_slices((images, y)).batch(4).map(scale)",
    "swapped": "Dataset.from_tensor_slices((x, y)).map(lambda a, b: (b, a))",
    "a dictionary from a function": "Dataset.from_tensor_slices((x, y)).map(lambda a, b: ({'in': a}, b))",
    "one of a dictionary": "Dataset.from_tensor_slices({'a': x, 'b': y}).map(lambda d: (d['a'], d['b']))",
    "reshaped": "Dataset.from_tensor_slices(x).map(lambda a: tf.reshape(a, (-1,)))",
    "expanded": "Dataset.from_tensor_slices(x).map(lambda a: tf.expand_dims(a, -1))",
    "new axes": "Dataset.from_tensor_slices(x).map(lambda a: a[..., tf.newaxis])",
    "filtered": "Dataset.from_tensor_slices((x, y)).filter(lambda a, b: b > 1)",
    "zipped": "Dataset.zip((Dataset.from_tensor_slices(x), Dataset.from_tensor_slices(y))).batch(3)",
    "joined": "Dataset.from_tensor_slices(x).concatenate(Dataset.from_tensor_slices(x[:3]))",
    "counted": "Dataset.from_tensor_slices(x).enumerate()",
    "a range": "Dataset.range(10).batch(3)",
    "windows": "Dataset.range(10).window(4, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(4, True))",
    "parts of windows": "Dataset.range(10).window(4, 1, drop_remainder=True).flat_map(lambda w: w.batch(4, True))"
    ".map(lambda w: (w[:-1], w[-1]))",
    "interleaved": "Dataset.range(3).interleave(lambda n: Dataset.from_tensor_slices(x), cycle_length=2)",
    "a generator with a signature": "Dataset.from_generator(batches, output_signature=("
    "tf.TensorSpec((None, 3), tf.float32), tf.TensorSpec(shape=(None,), dtype=tf.int32)))",
    "a generator with types": "Dataset.from_generator(batches, (tf.float32, tf.int64), ((2, 3), (2,)))",
    "padded": "Dataset.from_tensor_slices(x).padded_batch(4, padded_shapes=(6, 3))",
    "augmented": "Dataset.from_tensor_slices(images).map(lambda i: tf.image.random_flip_left_right(i)).batch(2)",
    "grey": "Dataset.from_tensor_slices(images).map(tf.image.rgb_to_grayscale)",
    "layers": "Dataset.from_tensor_slices((images, y)).batch(5).map(lambda a, b: (keras.layers.Rescaling(1 / 255)(a), b))",
    "converted": "Dataset.from_tensor_slices(images).map(lambda i: tf.image.convert_image_dtype(i, tf.float32))",
    "cropped": "Dataset.from_tensor_slices(images).map(lambda i: tf.image.random_crop(i, (5, 5, 3)))",
    "stacked": "Dataset.from_tensor_slices(x).map(lambda a: tf.stack([a, a * 2]))",
    "a list of a function": "Dataset.from_tensor_slices(x).map(lambda a: [a, a])",
    "reduced": "Dataset.from_tensor_slices(x).map(lambda a: (tf.reduce_mean(a, axis=0), tf.argmax(a, axis=-1)))",
}  # fmt: skip


def stream_of(code: str) -> Pipeline:
    found = value_of(HEAD + "ds = " + code, "ds")
    assert isinstance(found, Pipeline), found
    return found


@pytest.mark.parametrize("code", PIPELINES.values(), ids=PIPELINES)
def test_elements_are_known(code: str) -> None:
    assert not any(isinstance(part, Unknown) for part in _leaves(stream_of(code).element))


def _leaves(element: Any) -> list[Any]:
    if isinstance(element, (tuple, list)):
        return [leaf for part in element for leaf in _leaves(part)]
    if isinstance(element, dict):
        return [leaf for part in element.values() for leaf in _leaves(part)]
    return [element]


@pytest.mark.oracle
@pytest.mark.parametrize("code", PIPELINES.values(), ids=PIPELINES)
def test_tensorflow_agrees(code: str) -> None:
    import numpy as np

    from tests.data.agreement import Sizes, disagreement

    stream = stream_of(code)
    names: dict[str, Any] = {}
    exec(HEAD + "ds = " + code, names)
    spec = names["ds"].element_spec
    _same_spec(stream.element, spec)
    if isinstance(stream.count, int):
        assert stream.count == names["ds"].cardinality().numpy()
    for element in names["ds"].take(3):
        real = [np.asarray(part) for part in _leaves(element)]
        for claimed, number in zip(_leaves(stream.element), real, strict=True):
            assert disagreement(claimed, number, Sizes()) is None


def _same_spec(element: Any, spec: Any) -> None:
    if isinstance(element, (tuple, list)):
        assert len(element) == len(spec)
        for part, of in zip(element, spec, strict=True):
            _same_spec(part, of)
    elif isinstance(element, dict):
        assert element.keys() == spec.keys()
        for key, part in element.items():
            _same_spec(part, spec[key])
    else:
        assert isinstance(element, Array)
        assert element.shape == tuple(spec.shape), (element, spec)
        if isinstance(element.dtype, str):
            assert element.dtype == spec.dtype.name, (element, spec)


# -- what is known beside the elements --------------------------------------------------------------------------------


def test_how_many_elements_there_are() -> None:
    assert stream_of("Dataset.from_tensor_slices((x, y)).batch(8)").count == 3
    assert stream_of("Dataset.from_tensor_slices((x, y)).batch(8, drop_remainder=True)").count == 2
    assert stream_of("Dataset.from_tensor_slices((x, y)).filter(lambda a, b: a)").count is None
    endless = stream_of("Dataset.from_tensor_slices((x, y)).repeat()")
    assert (endless.count, endless.infinite) == (None, True)
    assert stream_of("Dataset.from_tensor_slices((x, y)).repeat().take(7)").count == 7


def test_whether_it_is_shuffled_and_batched() -> None:
    stream = stream_of("Dataset.from_tensor_slices((x, y)).shuffle(3).batch(4)")
    assert (stream.shuffled, stream.batched, stream.batch) == (True, True, 4)
    assert stream_of("Dataset.from_tensor_slices((x, y))").batched is False


def test_numbers_are_followed() -> None:
    images, labels = stream_of(PIPELINES["a function"]).element
    assert (images.content.low, images.content.high) == (0, 1)
    assert labels.content.one_hot is True


def test_random_functions_leave_a_mark() -> None:
    assert "augmented" in stream_of(PIPELINES["augmented"]).tags
    assert "augmented" not in stream_of(PIPELINES["grey"]).tags


def test_files_and_records() -> None:
    code = """
def read(path, label):
    image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
    return tf.image.resize(image, [32, 32]) / 255.0, label
paths = tf.data.Dataset.list_files('*/*.jpg')
ds = tf.data.Dataset.zip((paths, Dataset.from_tensor_slices(y))).map(read).batch(4)
spec = {'image': tf.io.FixedLenFeature([], tf.string), 'label': tf.io.FixedLenFeature([3], tf.int64)}
records = tf.data.TFRecordDataset(['a', 'b']).map(lambda one: tf.io.parse_single_example(one, spec))
labels = records.map(lambda one: one['label']).batch(5)
"""
    names = execute_module(HEAD + code)[1].vars
    image, _ = names["ds"].element
    assert image.shape == (None, 32, 32, 3)
    assert (image.content.low, image.content.high) == (0, 1)
    assert names["labels"].element.shape == (None, 3)
    assert names["labels"].element.dtype == "int64"


def test_a_loop_over_a_pipeline_meets_an_element() -> None:
    code = "ds = Dataset.from_tensor_slices((x, y)).batch(4)\nfor step, (a, b) in enumerate(ds):\n    c = a\nd, e = next(iter(ds))\nf, g = list(ds.take(1))[0]"
    names = execute_module(HEAD + code)[1].vars
    kept = names["c"]  # the element of the first round, or of a later one
    assert isinstance(kept, Guarded)
    assert {element.shape for _, element in kept.alternatives} == {(None, 4, 3)}
    assert names["d"].shape == (None, 4, 3)
    assert names["e"].shape == (None,)


def test_a_streams_function_of_something_unknown() -> None:
    stream = stream_of("Dataset.from_tensor_slices((input(), y)).map(lambda a, b: (a, b + 1))")
    first, second = stream.element
    assert isinstance(first, Unknown)
    assert second.shape == ()


def test_shapes_that_the_program_vouches_for() -> None:
    code = """
def load(path):
    image = tf.py_function(read, [path], tf.float32)
    image = tf.ensure_shape(image, (64, 64, 3))
    return image
ds = Dataset.list_files('*').map(load).batch(2)
"""
    assert value_of(HEAD + code, "ds").element.shape == (None, 64, 64, 3)


def test_elements_are_copies() -> None:
    code = "ds = Dataset.from_tensor_slices(x)\nx[:] = 1000\n"
    assert value_of(HEAD + code, "ds").element.content.high <= 240


def test_a_model_built_by_a_pipeline() -> None:
    made = model(
        HEAD
        + """
model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(5)])
model.compile('adam', 'mse')
model.fit(Dataset.from_tensor_slices((x, y)).batch(4))
"""
    )
    assert made.status() == "exact"
    assert made.params() == 12 * 5 + 5


def test_names_of_layers_do_not_change() -> None:
    """Functions on data are no part of a graph and use no names."""
    code = """
ds = Dataset.from_tensor_slices(images).batch(2).map(lambda i: tf.add(tf.cast(i, tf.float32), 1.0))
inner = keras.Input((3,))
made = keras.layers.Add()([inner, inner])
name = made._keras_history.operation.name
layer = keras.layers.Add()
model = keras.Model(inner, made)
"""
    made = model(HEAD + code)
    assert [layer.name for layer in made.layers][1] == "add"


# -- data sets of TensorFlow ------------------------------------------------------------------------------------------

TFDS = "import tensorflow_datasets as tfds\n"


def test_well_known_data_sets() -> None:
    stream = value_of(TFDS + "ds = tfds.load('mnist', split='train', as_supervised=True, shuffle_files=True)", "ds")
    image, label = stream.element
    assert (image.shape, image.dtype, label.shape, stream.count) == ((28, 28, 1), "uint8", (), 60000)


def test_splits_and_information() -> None:
    code = TFDS + "(a, b), info = tfds.load('cifar10', split=['train', 'test'], with_info=True, as_supervised=True)"
    assert value_of(code, "b").element[0].shape == (32, 32, 3)
    assert value_of(TFDS + "a = tfds.load('mnist', as_supervised=True)['test']", "a").count == 10000


def test_other_data_sets() -> None:
    stream = value_of(TFDS + "a, b = tfds.load('my_own', split=['train', 'test'], as_supervised=True)", "a")
    assert isinstance(stream, Pipeline)
    assert isinstance(stream.element, Unknown)


# -- tensors that hold data -------------------------------------------------------------------------------------------

TENSORS = {
    "a constant": "tf.constant([[1, 2], [3, 4]])",
    "floats": "tf.constant([1.5, 2])",
    "a cast": "tf.cast(tf.constant([1, 2]), tf.float32)",
    "zeros": "tf.zeros((2, 3))",
    "ones of whole numbers": "tf.ones([4], dtype=tf.int32)",
    "random": "tf.random.normal((5, 2))",
    "uniform": "tf.random.uniform((50, 2))",
    "a range": "tf.range(7)",
    "one-hot": "tf.one_hot([0, 2, 1], 3)",
    "one-hot beyond": "tf.one_hot(tf.constant([0, 5]), 3)",
    "reshaped": "tf.reshape(tf.range(6), (2, 3))",
    "expanded": "tf.expand_dims(x, 0)",
    "stacked": "tf.stack([x, x], axis=1)",
    "joined": "tf.concat([x, x], axis=0)",
    "transposed": "tf.transpose(x)",
    "a sum": "tf.reduce_sum(x, axis=1)",
    "a mean": "tf.reduce_mean(images.astype('float32'))",
    "a largest": "tf.argmax(x, axis=1)",
    "arithmetic": "tf.add(tf.constant(x), 1.0) * 2 - 1",
    "sigmoid": "tf.sigmoid(tf.constant(x))",
    "relu": "tf.nn.relu(tf.constant([-1.0, 2.0]))",
    "clipped": "tf.clip_by_value(tf.constant(x), 10.0, 20.0)",
    "compared": "tf.equal(tf.constant([1, 2]), tf.constant([1, 3]))",
    "an image": "tf.image.resize(images, (16, 16))",
    "ops": "keras.ops.mean(keras.ops.convert_to_tensor(x), axis=0)",
    "gathered": "tf.gather(x, [0, 2])",
    "squeezed": "tf.squeeze(tf.constant([[[1.0]]]))",
    "the backend": "keras.ops.one_hot([0, 1], 4)",
    "a numpy array again": "tf.constant([1, 2]).numpy()",
    "exp": "tf.exp(tf.constant([0.0, 1.0]))",
}


@pytest.mark.parametrize("code", TENSORS.values(), ids=TENSORS)
def test_tensors_are_data(code: str) -> None:
    found = value_of(HEAD + "t = " + code, "t")
    assert isinstance(found, Array)
    assert isinstance(found.shape, tuple)


@pytest.mark.oracle
@pytest.mark.parametrize("code", TENSORS.values(), ids=TENSORS)
def test_tensors_agree(code: str) -> None:
    import numpy as np

    from tests.data.agreement import Sizes, disagreement

    names: dict[str, Any] = {}
    exec(HEAD + "t = " + code, names)
    assert disagreement(value_of(HEAD + "t = " + code, "t"), np.asarray(names["t"]), Sizes()) is None


# -- layers that prepare data -----------------------------------------------------------------------------------------


def test_texts_become_numbers() -> None:
    code = """
train = keras.utils.text_dataset_from_directory('texts')
vectorize = keras.layers.TextVectorization(max_tokens=2000, output_sequence_length=50)
vectorize.adapt(train.map(lambda text, label: text))
ds = train.map(lambda text, label: (vectorize(text), label))
n = len(vectorize.get_vocabulary())
"""
    names = execute_module(HEAD + code)[1].vars
    numbers, _ = names["ds"].element
    assert (numbers.shape, numbers.dtype) == ((None, 50), "int64")
    assert (numbers.content.low, numbers.content.high) == (0, 1999)
    assert str(names["n"]) == "len(text_vectorization.get_vocabulary())"


def test_layers_scale_numbers() -> None:
    code = "ds = keras.utils.image_dataset_from_directory('d').map(lambda a, b: (keras.layers.Rescaling(1 / 127.5, -1)(a), b))"
    content = value_of(HEAD + code, "ds").element[0].content
    assert (content.low, content.high, content.attained) == (-1, 1, True)


def test_adapting_is_a_step_of_preparation() -> None:
    run, _ = execute_module(HEAD + "keras.layers.Normalization().adapt(x)")
    assert [(one.kind, one.name) for one in run.program.preparations] == [("fit", "keras.layers.Normalization")]


# -- generators and sequences of the program --------------------------------------------------------------------------

FIT = """
model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(5)])
model.compile('adam', 'mse')
"""

STREAMS = {
    "a generator": ("model.fit(batches(), steps_per_epoch=3)", (None, 3), (None,)),
    "batches of an array": (
        "def parts(n):\n    while True:\n        for i in range(0, len(x), n):\n            yield x[i:i + n], y[i:i + n]\n"
        "model.fit(parts(4), steps_per_epoch=3)",
        (None, 4, 3),
        (None,),
    ),
    "a loop over something unknown": (
        "def parts(files):\n    for name in files:\n        yield np.zeros((2, 7)), np.zeros((2, 5))\n"
        "model.fit(parts(input()), epochs=3)",
        (None, 7),
        (None, 5),
    ),
    "batches of different lengths": (
        "def parts():\n    yield np.zeros((2, 7, 1)), np.zeros(2)\n    yield np.zeros((2, 9, 1)), np.zeros(2)\n"
        "model.fit(parts())",
        (None, None, 1),
        (None,),
    ),
    "a sequence": (
        "class Parts(keras.utils.Sequence):\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n"
        "    def __len__(self):\n        return len(self.x) // 5\n    def __getitem__(self, i):\n"
        "        part = slice(5 * i, 5 * (i + 1))\n        return self.x[part], keras.utils.to_categorical(self.y[part], 5)\n"
        "model.fit(Parts(x, y))",
        (None, 4, 3),
        (None, 5),
    ),
    "the old name": ("model.fit_generator(batches(), steps_per_epoch=2)", (None, 3), (None,)),
}


@pytest.mark.parametrize(("code", "features", "targets"), STREAMS.values(), ids=STREAMS)
def test_streams_of_the_program(code: str, features: Any, targets: Any) -> None:
    run, _ = execute_module(HEAD + FIT + code)
    (call,) = run.program.trainings
    data = training_data(call)
    assert data.stream is not None
    assert isinstance(data.x, Array)
    assert isinstance(data.y, Array)
    assert (data.x.shape, data.y.shape) == (features, targets)


def test_how_many_batches_a_sequence_has() -> None:
    run, _ = execute_module(HEAD + FIT + STREAMS["a sequence"][0])
    stream = training_data(run.program.trainings[0]).stream
    assert stream is not None
    assert (stream.count, stream.batch, stream.kind) == (4, 5, "sequence")


def test_a_generator_that_raises_gives_nothing() -> None:
    run, _ = execute_module(HEAD + FIT + "def bad():\n    raise ValueError\n    yield 1\nmodel.fit(bad())\nz = 1")
    data = training_data(run.program.trainings[0])
    assert isinstance(data.x, Unknown)


def test_features_by_name() -> None:
    code = TFDS + "ds = tfds.load('mnist', split='train').map(lambda d: (d['image'], d['label'])).batch(8)"
    assert value_of(code, "ds").element[0].shape == (None, 28, 28, 1)


# -- chains of methods ------------------------------------------------------------------------------------------------

_STEPS = [
    ".batch(3)", ".batch(2, drop_remainder=True)", ".shuffle(4)", ".repeat(2)", ".take(5)", ".skip(2)", ".cache()",
    ".prefetch(1)", ".unbatch()", ".map(lambda a, b: (a * 2.0, b))", ".map(lambda a, b: (tf.expand_dims(a, -1), b))",
    ".map(lambda a, b: (tf.reduce_sum(a, axis=-1), b))", ".map(lambda a, b: (tf.cast(a, tf.float32) / 255.0, b))",
    ".map(lambda a, b: (a, tf.one_hot(b, 5)))", ".filter(lambda a, b: True)", ".map(lambda a, b: (b, a))",
    ".map(lambda a, b: (tf.concat([a, a], 0), b))", ".map(lambda a, b: (tf.stack([a, a], 0), b))",
    ".map(lambda a, b: (tf.reshape(a, [-1]), b))", ".map(lambda a, b: (a - tf.reduce_mean(a), b))",
]  # fmt: skip


@pytest.mark.oracle
@given(st.lists(st.sampled_from(_STEPS), max_size=6))
@settings(max_examples=80, deadline=None)
def test_chains_agree(steps: list[str]) -> None:
    import numpy as np

    from tests.data.agreement import Sizes, disagreement

    code = HEAD + "ds = Dataset.from_tensor_slices((x, y))" + "".join(steps)
    names: dict[str, Any] = {}
    try:
        exec(code, names)
        first = next(iter(names["ds"]), None)
    except Exception:
        return  # TensorFlow does not take these steps
    stream = value_of(code, "ds")
    assert isinstance(stream, Pipeline), stream
    _same_spec_where_known(stream.element, names["ds"].element_spec)
    if isinstance(stream.count, int):
        assert stream.count == names["ds"].cardinality().numpy()
    if first is not None:
        for claimed, number in zip(_leaves(stream.element), _leaves(first), strict=True):
            assert disagreement(claimed, np.asarray(number), Sizes()) is None


def _same_spec_where_known(element: Any, spec: Any) -> None:
    for part, of in zip(_leaves(element), _leaves(spec), strict=True):
        if isinstance(part, Array) and isinstance(part.shape, tuple):
            _same_spec(part, of)


def test_what_is_not_data_has_a_part_in_the_numbers() -> None:
    code = "a = tf.concat([tf.constant([1.0, 2.0]), [50.0]], 0)\nb = tf.where(tf.constant([True, False]), tf.constant([1.0, 2.0]), 9.0)\n"
    code += "c = tf.gather(tf.constant([1.0, 2.0]), tf.constant([1, 1]))\nd = tf.one_hot([0, 1], 2, on_value=5.0, off_value=0.0)"
    names = execute_module(HEAD + code)[1].vars
    assert (names["a"].content.low, names["a"].content.high) == (1, 50)
    assert names["b"].content.high is None
    assert (names["c"].dtype, names["c"].content.high) == ("float32", 2)
    assert names["d"].content.high is None


def test_a_layer_that_was_not_adapted_does_not_standardize() -> None:
    code = "layer = keras.layers.Normalization()\na = layer(x)\nlayer.adapt(x)\nb = layer(x)"
    names = execute_module(HEAD + code)[1].vars
    assert "standardized" not in names["a"].content.tags
    assert "standardized" in names["b"].content.tags


# -- loops over data --------------------------------------------------------------------------------------------------


def test_behind_an_unknown_condition_of_a_later_round_nothing_surely_goes_wrong() -> None:
    code = """
parts = []
for index, angle in enumerate(np.linspace(0.0, 360.0, 120)):
    if index % 5 == 0 and index > 0:
        whole = tf.stack(parts, axis=0)
        tf.concat([whole, tf.zeros((5, 1))], axis=1)
        parts = [tf.zeros((3,))]
    else:
        parts.append(tf.zeros((3,)))
"""
    run, _ = execute_module(HEAD + code)
    assert run.program.raised == []


def test_moments_over_axes() -> None:
    mean = value_of(HEAD + "mean, variance = tf.nn.moments(tf.constant(x), axes=[0])", "mean")
    assert mean.shape == (4, 3)
