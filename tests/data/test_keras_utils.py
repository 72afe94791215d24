"""`keras.utils` and `keras.preprocessing`: what is claimed of their results is true of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerascheck.data.array import Array
from kerascheck.network.dims import SymDim
from kerascheck.symbolic.unknown import Unknown
from tests.data.agreement import Sizes, disagreement
from tests.data.real import check, run_both
from tests.machine.helpers import build, execute_module, known, plain, value_of

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.preprocessing.sequence import TimeseriesGenerator, pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer, text_to_word_sequence
from tensorflow.keras.utils import (
    img_to_array, normalize, split_dataset, timeseries_dataset_from_array, to_categorical,
)
"""

# -- against the real Keras -------------------------------------------------------------------------------------------

ORACLE = {
    "to_categorical": """
a = to_categorical([0, 2, 1])
b = to_categorical(np.array([[0], [1], [3]]), 5)
c = to_categorical(np.array([[0, 1], [2, 0]]))
d = to_categorical(np.zeros(4), num_classes=3)
e = to_categorical([0, 0])
f = to_categorical(tf.constant([0, 1, 1]), 2).numpy()
""",
    "normalize": """
a = normalize(np.array([[1.0, 2.0], [3.0, 4.0]]))
b = normalize(np.array([[1, -2], [3, 4]]), axis=0)
c = normalize(np.ones((3, 4), 'float32'), order=1)
""",
    "pad_sequences": """
s = [[1, 2], [3], [4, 5, 6]]
a = pad_sequences(s)
b = pad_sequences(s, maxlen=2)
c = pad_sequences(s, maxlen=5, padding='post', value=-1)
d = pad_sequences(s, 4, dtype='float32')
e = pad_sequences([[[1, 2]], [[3, 4], [5, 6]]], maxlen=3)
f = pad_sequences(np.array([[1, 2, 3], [4, 5, 6]]), maxlen=2)
g = pad_sequences([[], [7]])
""",
    "a tokenizer": """
texts = ['Well done!', 'Good work', 'well, well', 'a b']
t = Tokenizer()
t.fit_on_texts(texts)
a = len(t.word_index) + 1
b = t.texts_to_sequences(texts)
c = pad_sequences(b, maxlen=3)
d = t.texts_to_matrix(texts)
e = t.texts_to_matrix(['well done'], mode='count')
f = t.word_index['well']
g = text_to_word_sequence('Hello, World again')
""",
    "a tokenizer with few words": """
texts = ['x y y z z z', 'z q']
t = Tokenizer(num_words=3, oov_token='?')
t.fit_on_texts(texts)
t.fit_on_texts(['q q q q'])
a = t.texts_to_sequences(texts)
b = t.texts_to_matrix(texts, mode='freq')
c = len(t.word_index)
d = t.texts_to_sequences(['q new', ''])
""",
    "a tokenizer of characters": """
t = Tokenizer(char_level=True, lower=False)
t.fit_on_texts(['abA'])
a = t.texts_to_sequences(['bA', 'c'])
b = t.index_word[1]
""",
    "images": """
a = img_to_array(np.zeros((4, 5)))
b = img_to_array(np.ones((4, 5, 3), 'uint8'))
c = img_to_array(np.ones((4, 5, 3)), dtype='float64')
""",
    "preprocess_input": """
x = np.random.RandomState(0).randint(0, 256, (4, 8, 8, 3))
a = keras.applications.vgg16.preprocess_input(x)
b = keras.applications.mobilenet_v2.preprocess_input(x)
c = keras.applications.densenet.preprocess_input(x)
d = keras.applications.efficientnet.preprocess_input(x)
y = x.astype('float32')
e = keras.applications.xception.preprocess_input(y)
f = y * 1
z = x.astype('float64')
h = keras.applications.resnet50.preprocess_input(z)
""",
    "a generator of images": """
x = np.random.RandomState(0).randint(0, 256, (20, 8, 8, 3)).astype('uint8')
y = np.arange(20) % 3
g = ImageDataGenerator(rescale=1 / 255)
a, b = next(g.flow(x, y, batch_size=4))
c = next(ImageDataGenerator(horizontal_flip=True, zoom_range=0.2).flow(x, batch_size=5))
d = len(g.flow(x, y, batch_size=3))
e, f = g.flow(x, to_categorical(y), batch_size=4)[0]
h = g.flow(x, y, batch_size=4).n
""",
    "series": """
x = np.arange(60.0).reshape(20, 3)
y = np.arange(20)
g = TimeseriesGenerator(x, y, length=5, batch_size=4)
a, b = g[0]
c = len(g)
d, e = next(iter(timeseries_dataset_from_array(x, y, sequence_length=6, batch_size=4)))
f, h = TimeseriesGenerator(x, x, length=6, sampling_rate=2, batch_size=4)[0]
""",
}


@pytest.mark.oracle
@pytest.mark.parametrize("code", ORACLE.values(), ids=ORACLE)
def test_keras_agrees(code: str) -> None:
    claimed, real = run_both(HEAD + code)
    for name in [name for name in "abcdefhi" if name in real]:
        assert not isinstance(claimed[name], Unknown), name
        value = real[name].numpy() if isinstance(real[name], real["tf"].Tensor) else real[name]
        assert disagreement(claimed[name], value, Sizes()) is None, name


# -- to_categorical ---------------------------------------------------------------------------------------------------


def test_one_hot_has_as_many_columns_as_there_are_classes() -> None:
    array = value_of(HEAD + "(x, y), _ = keras.datasets.mnist.load_data()\na = to_categorical(y)", "a")
    assert array.shape == (60000, 10)
    assert array.content.one_hot is True
    assert array.rows.part == "train"


def test_a_part_of_the_labels_may_lack_the_last_class() -> None:
    array = value_of(HEAD + "y = np.array([0, 1, 2, 3])[:3]\na = to_categorical(y)", "a")
    assert not isinstance(array.shape[1], int) or array.shape == (3, 3)


def test_labels_drawn_at_random_contain_all_classes_where_there_are_many() -> None:
    assert value_of(HEAD + "a = to_categorical(np.random.randint(10, size=1000))", "a").shape == (1000, 10)
    assert isinstance(value_of(HEAD + "a = to_categorical(np.random.randint(10, size=20))", "a").shape[1], SymDim)


def test_labels_that_are_not_known() -> None:
    array = value_of(HEAD + "y = input()\na = to_categorical(y, 7)", "a")
    assert isinstance(array.shape, Unknown)
    assert array.known_last() == 7


def test_too_few_classes_are_refused() -> None:
    program = build(HEAD + "to_categorical([0, 1, 5], num_classes=3)").paths[0]
    assert [one.error.kind for one in program.raised] == ["argument"]


def test_the_call_is_noted() -> None:
    names = [name for name, _, _ in build(HEAD + "to_categorical([0, 1])").paths[0].calls]
    assert "keras.utils.to_categorical" in names


@pytest.mark.parametrize(
    "spelling",
    [
        "from keras.utils import to_categorical as f",
        "from keras.utils.np_utils import to_categorical as f",
        "from keras.utils import np_utils\nf = np_utils.to_categorical",
        "from tensorflow.keras.utils import to_categorical as f",
        "import tensorflow as tf\nf = tf.keras.utils.to_categorical",
    ],
)
def test_spellings_of_to_categorical(spelling: str) -> None:
    assert value_of(f"{spelling}\na = f([0, 1, 2])", "a").shape == (3, 3)


# -- texts ------------------------------------------------------------------------------------------------------------


def test_a_vocabulary_that_is_not_known_has_a_name() -> None:
    code = HEAD + "texts = input()\ntok = Tokenizer()\ntok.fit_on_texts(texts)\nn = len(tok.word_index) + 1\n"
    assert str(value_of(code, "n")) == "len(tok.word_index) + 1"
    assert str(value_of(code + "v = len(tok.word_index)\na = tok.texts_to_matrix(texts)", "a").shape[1]) == (
        "len(tok.word_index) + 1"
    )


def test_sequences_of_texts_that_are_not_known() -> None:
    code = HEAD + "texts = input()\ntok = Tokenizer(num_words=500)\ntok.fit_on_texts(texts)\n"
    code += "s = tok.texts_to_sequences(texts)\na = pad_sequences(s, maxlen=40)\nn = len(texts)"
    claimed = execute_module(code)[1].vars
    assert claimed["a"].shape == (claimed["n"], 40)
    assert (claimed["a"].dtype, claimed["a"].content.low, claimed["a"].content.high) == ("int32", 0, 499)


def test_the_longest_sequence_is_not_known() -> None:
    code = HEAD + "s = input()\na = pad_sequences(s)\nb = pad_sequences(s, maxlen=9, dtype='float32')"
    assert str(value_of(code, "a").shape[1]) == "a.shape[1]"
    assert isinstance(value_of(code, "b").shape, Unknown)


def test_a_tokenizer_fitted_in_a_loop_knows_its_last_round_alone() -> None:
    code = HEAD + "t = Tokenizer()\nfor name in input():\n    t.fit_on_texts(['a b'])\nx = len(t.word_index)\n"
    code += "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(x)])"
    model = value_of(code, "model")
    assert (model.status(), model.params()) == ("symbolic", 5 * model.output_shapes()[0][1])
    assert str(model.output_shapes()[0][1]) == "x"


# -- images -----------------------------------------------------------------------------------------------------------

STREAMS: list[tuple[str, Any, Any]] = [
    ("g.flow_from_directory('d')", (None, 256, 256, 3), "one-hot"),
    ("g.flow_from_directory('d', (64, 48), class_mode='binary')", (None, 64, 48, 3), (None,)),
    ("g.flow_from_directory('d', target_size=(64, 64), color_mode='grayscale')", (None, 64, 64, 1), "one-hot"),
    ("g.flow_from_directory('d', classes=['a', 'b', 'c'])", (None, 256, 256, 3), (None, 3)),
    ("g.flow_from_directory('d', class_mode='sparse', color_mode='rgba')", (None, 256, 256, 4), (None,)),
    ("g.flow_from_dataframe(frame, 'd', class_mode='raw')", (None, 256, 256, 3), None),
    ("keras.utils.image_dataset_from_directory('d')", (None, 256, 256, 3), (None,)),
    ("keras.utils.image_dataset_from_directory('d', label_mode='binary', image_size=(9, 8))", (None, 9, 8, 3), (None, 1)),
    ("keras.utils.image_dataset_from_directory('d', label_mode='categorical')", (None, 256, 256, 3), "one-hot"),
    ("keras.utils.image_dataset_from_directory('d', color_mode='grayscale', batch_size=None)", (256, 256, 1), ()),
    ("keras.utils.text_dataset_from_directory('d')", (None,), (None,)),
    ("keras.preprocessing.image_dataset_from_directory('d', image_size=(n, n))", None, (None,)),
]  # fmt: skip


@pytest.mark.parametrize(("call", "images", "labels"), STREAMS)
def test_images_in_directories(call: str, images: Any, labels: Any) -> None:
    stream = value_of(HEAD + f"n = input()\nframe = input()\ng = ImageDataGenerator()\na = {call}", "a")
    x, y = stream.element
    if images is not None:
        assert x.shape == images
    if labels == "one-hot":
        assert len(y.shape) == 2
        assert isinstance(y.shape[1], SymDim)
        assert y.content.one_hot is True
    elif labels is not None:
        assert y.shape == labels


def test_equal_directories_have_equal_classes() -> None:
    code = (
        HEAD
        + "g = ImageDataGenerator()\na = g.flow_from_directory('d', subset='training')\nb = g.flow_from_directory('d', subset='validation')\n"
    )
    claimed = execute_module(
        code + "n = len(a.class_indices)\nm = b.num_classes\nk = len(g.flow_from_directory('e').class_indices)"
    )[1].vars
    assert claimed["n"] == claimed["m"]
    assert claimed["n"] != claimed["k"]
    assert str(claimed["n"]) == "len(a.class_indices)"


def test_names_of_classes() -> None:
    code = (
        HEAD + "ds = keras.utils.image_dataset_from_directory('d', label_mode='categorical')\nn = len(ds.class_names)"
    )
    assert str(value_of(code, "n")) == "len(ds.class_names)"
    assert value_of(code, "ds").element[1].shape[1] == value_of(code, "n")


@pytest.mark.parametrize(
    ("options", "low", "high"),
    [
        ("", 0, 255),
        ("rescale=1 / 255", 0, 1),
        ("rescale=1. / 255, horizontal_flip=True", 0, 1),
        ("rescale=2, fill_mode='constant', cval=-5, rotation_range=3", -10, 510),
        ("samplewise_center=True", None, None),
        ("rescale=n", None, None),
        ("preprocessing_function=lambda image: image / 127.5 - 1", -1, 1),
        ("preprocessing_function=keras.applications.mobilenet.preprocess_input", -1, 1),
        ("preprocessing_function=n", None, None),
    ],
)
def test_the_range_of_images(options: str, low: float | None, high: float | None) -> None:
    code = HEAD + f"n = input()\na = ImageDataGenerator({options}).flow_from_directory('d')"
    content = value_of(code, "a").element[0].content
    assert (content.low, content.high) == (low, pytest.approx(high) if high is not None else None)


def test_random_changes_leave_a_mark() -> None:
    assert value_of(HEAD + "a = ImageDataGenerator(zoom_range=0.2).flow_from_directory('d')", "a").tags == {"augmented"}
    assert value_of(HEAD + "a = ImageDataGenerator(rescale=0.1).flow_from_directory('d')", "a").tags == set()


def test_images_of_another_rank_are_refused() -> None:
    program = build(HEAD + "ImageDataGenerator().flow(np.zeros((5, 28, 28)))").paths[0]
    assert [one.error.kind for one in program.raised] == ["rank"]


def test_an_image_from_a_file() -> None:
    code = (
        HEAD
        + "img = keras.utils.load_img('a.png', target_size=(32, 24))\na = img_to_array(img)\nb = np.array(img)\nw = img.size"
    )
    claimed = execute_module(code)[1].vars
    assert (claimed["a"].shape, claimed["a"].dtype) == ((32, 24, 3), "float32")
    assert (claimed["b"].shape, claimed["b"].dtype) == ((32, 24, 3), "uint8")
    assert known(code, "w") == (24, 32)


def test_floats_are_prepared_in_place() -> None:
    code = (
        HEAD + "x = img_to_array(keras.utils.load_img('a.png'))\na = keras.applications.mobilenet.preprocess_input(x)"
    )
    claimed = execute_module(code)[1].vars
    assert isinstance(claimed["x"], Array)
    assert (claimed["x"].content.low, claimed["x"].content.high) == (-1, 1)
    assert "preprocess:mobilenet" in claimed["a"].content.tags


@pytest.mark.oracle
def test_directories_agree(tmp_path: Any) -> None:
    image = pytest.importorskip("PIL.Image")
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
        for number in range(4):
            image.new("RGB", (10, 12), (number * 60, 0, 255)).save(tmp_path / name / f"{number}.png")
    code = """
g = ImageDataGenerator(rescale=1 / 255)
a, b = next(g.flow_from_directory(directory, target_size=(6, 5), batch_size=4))
c, d = next(g.flow_from_directory(directory, class_mode='sparse', color_mode='grayscale', batch_size=4))
e, f = next(iter(keras.utils.image_dataset_from_directory(directory, image_size=(7, 7), batch_size=4)))
h, i = next(iter(keras.utils.image_dataset_from_directory(directory, label_mode='categorical', batch_size=4)))
"""
    check(HEAD + code, *"abcdefhi", directory=str(tmp_path))


_WORDS = st.text("ab C.!", max_size=12)


@pytest.mark.oracle
@given(
    st.lists(_WORDS, min_size=1, max_size=5),
    st.sampled_from([None, 2, 3]),
    st.sampled_from([None, "?"]),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_texts_are_numbered_as_keras_does_it(
    texts: list[str], words: int | None, oov: str | None, lower: bool, characters: bool
) -> None:
    options = f"num_words={words}, oov_token={oov!r}, lower={lower}, char_level={characters}"
    code = f"t = Tokenizer({options})\nt.fit_on_texts({texts!r})\na = t.texts_to_sequences({[*texts[::-1], 'new a']!r})\nn = len(t.word_index)"
    claimed, real = run_both(HEAD + code)
    assert plain(claimed["a"]) == real["a"]
    assert claimed["n"] == real["n"]


MASKS = """
import tensorflow as tf
from tensorflow.keras.utils import to_categorical
from tensorflow.keras.preprocessing.image import ImageDataGenerator, img_to_array, load_img
g = ImageDataGenerator(horizontal_flip=True)
"""


@pytest.mark.parametrize(
    "line",
    [
        "next(g.flow_from_directory('masks', class_mode=None, color_mode='grayscale'))",
        "next(g.flow_from_dataframe(frame(), 'masks', class_mode=None, color_mode='grayscale'))",
        "img_to_array(load_img('mask.png', color_mode='grayscale'))",
        "tf.io.decode_png(tf.io.read_file('mask.png'), channels=1)",
    ],
)
def test_images_of_one_channel_may_be_masks(line: str) -> None:
    array = value_of(f"{MASKS}x = {line}", "x")
    assert (array.content.low, array.content.high, array.content.attained) == (0, 255, False)


@pytest.mark.parametrize(
    "line",
    [
        "next(g.flow_from_directory('digits', color_mode='grayscale'))[0]",
        "next(g.flow_from_directory('photos', class_mode=None))",
        "img_to_array(load_img('photo.png'))",
        "tf.io.decode_png(tf.io.read_file('photo.png'), channels=3)",
    ],
)
def test_other_images_reach_255(line: str) -> None:
    assert value_of(f"{MASKS}x = {line}", "x").content.attained


@pytest.mark.parametrize(
    ("batch", "parts"),
    [
        ("(x, y)", (1, 2, None)),
        ("(x, y, w)", (1, 2, 3)),
        ("[x]", (1, None, None)),
        ("x", (1, None, None)),
    ],
)
def test_parts_of_a_batch(batch: str, parts: tuple[int | None, ...]) -> None:
    code = f"import keras\nx, y, w = 1, 2, 3\nc = keras.utils.unpack_x_y_sample_weight({batch})"
    assert value_of(code, "c") == parts


def test_parts_of_a_batch_that_is_not_known() -> None:
    parts = value_of("import keras\nfrom lib import batch\nc = keras.utils.unpack_x_y_sample_weight(f(batch))", "c")
    assert isinstance(parts, tuple) and all(isinstance(part, Unknown) for part in parts)


@pytest.mark.parametrize(("length", "largest"), [("maxlen=4", 9), ("maxlen=3", 9), ("maxlen=2", None)])
def test_padding_that_cuts_nothing_off_keeps_the_numbers(length: str, largest: int | None) -> None:
    """What `Embedding` must have a row for."""
    array = value_of(
        f"from keras.utils import pad_sequences\na = pad_sequences([[3, 9], [1, 2, 3]], {length})",
        "a",
    )
    assert (array.content.high if array.content.attained else None) == largest
