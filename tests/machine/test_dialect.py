"""For which Keras a source is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Severity
from kerascheck.engine import check_source
from kerascheck.machine import analyze
from kerascheck.project.source import Source


@pytest.mark.parametrize(
    ("text", "generation"),
    [
        ("model.fit(x, y, nb_epoch=3)", 1),
        ("Convolution2D(32, 3, 3)", 1),
        ("Conv2D(32, (3, 3), border_mode='same')", 1),
        ("Dense(output_dim=6, activation='relu')", 1),
        ("Dense(6, init='uniform')", 1),
        ("Dropout(p = 0.5)", 1),
        ("Model(input=i, output=x)", 1),
        ("LSTM(8, dropout_W=0.2)", 1),
        ("from keras.layers.core import Dense", 2),
        ("model.fit_generator(g)", 2),
        ("from tensorflow.keras.layers.experimental import preprocessing", 2),
        ("import tensorflow_addons as tfa\nfrom tensorflow import keras", 2),
        ("from tf_keras import layers", 2),
        ("import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'\nfrom tensorflow import keras", 2),
        # No proof of an old Keras:
        ("os.environ['TF_USE_LEGACY_KERAS'] = '0'", 3),
        ("# tensorflow_addons is not needed any more", 3),
        ("nb_epoch = 10", 3),
        ("Embedding(input_dim=9, output_dim=4)", 3),
        ("GradientBoostingClassifier(subsample=0.5)", 3),
        ("Convolution2D(32, 3)", 3),
        ("KMeans(3, init='k-means++')", 3),
        ("from tensorflow.keras.layers import Dense\nDense(output_dim=6)", 3),
        ("from tensorflow.keras import layers\nmodel.fit_generator(g)", 3),
        ("tf.keras.layers.Conv2D(32, 3, 3)\ntrain(nb_epoch=3)", 3),
    ],
)
def test_the_generation_is_guessed_from_names_that_only_it_has(text: str, generation: int) -> None:
    assert Source(text.encode(), "program.py").target.dialect == generation


@pytest.mark.parametrize("target", ["keras1", "keras2", "tf-keras", "keras3"])
def test_a_misspelled_argument_is_refused_by_every_keras(target: str) -> None:
    text = b"from keras.layers import Dense\nDense(3, activaton='relu')\n"
    (found,) = check_source(text, "program.py", Settings(target=target)).diagnostics
    assert found.message == "Dense has no argument activaton; did you mean activation?"


#: What Keras 1 and 2 take, one way or the other, and Keras 3 refuses.
TAKEN_BEFORE = [
    "Dense(10.0)",
    "Dense(np.int64(3))",
    "Sequential([Dense(3, input_shape=(4))])",
    "Dense(3)([Input((3,))])",
    "Dense(3, batch_input_shape=(1, 2, 3))",
    "BatchNormalization(fused=True)",
    "LSTM(3, implementation=2, time_major=False)",
    "Dense(3, name='a/b')",
    "Conv2D(8, (3.0, 3))",
    "i = Input((3,)); Model(i, Dense(2)(i)).compile('adam', 'kullback_leibler_divergence', metrics='mae')",
    "layer = Dense(3); layer(Input((3,))); print(layer.output_shape)",
]


@pytest.mark.parametrize("target", ["keras2", "tf-keras"])
@pytest.mark.parametrize("statement", TAKEN_BEFORE)
def test_what_only_a_later_keras_refuses_is_no_error(target: str, statement: str) -> None:
    text = (
        "import numpy as np\nfrom keras import Input, Model, Sequential\n"
        f"from keras.layers import BatchNormalization, Conv2D, Dense, LSTM\n{statement}\n"
    )
    severities = {found.severity for found in check_source(text.encode(), "x.py", Settings(target=target)).diagnostics}
    assert severities <= {Severity.INFO}


def test_removed_calls_are_a_note_where_only_the_style_is_old_and_right_where_versions_are(tmp_path: Path) -> None:
    text = b"from keras import Sequential, layers\nm = Sequential([layers.Dense(3)])\nm.predict_classes(x)\n"
    path = tmp_path / "program.py"

    (found,) = check_source(text, str(path), Settings()).diagnostics
    assert found.severity is Severity.INFO
    (tmp_path / "requirements.txt").write_text("keras<3\n")
    assert not check_source(text, str(path), Settings()).diagnostics


def test_layers_of_applications_had_other_names_before() -> None:
    text = """\
from keras.applications import ResNet50
from keras.layers import Dense
from keras.models import Model
base = ResNet50(weights=None)
model = Model(base.input, Dense(7, name="predictions")(base.output))
"""
    found = check_source(text.encode(), "program.py", Settings(target="keras3")).diagnostics
    assert [one.code for one in found] == ["KC200", "KC119"]
    before = check_source(text.encode(), "program.py", Settings(target="keras2")).diagnostics
    assert [one.code for one in before] == ["KC119"]


def test_parameters_that_nobody_gives_are_not_given_together() -> None:
    text = b"""\
import keras
def made(shape=None, batch_shape=None):
    return keras.layers.InputLayer(shape=shape, batch_shape=batch_shape).output
"""
    assert not check_source(text, "program.py", Settings()).diagnostics


def test_layers_of_applications_are_asked_for_by_their_old_names() -> None:
    text = """\
from keras.applications import ResNet50
from keras.models import Model
base = ResNet50(weights=None)
last = base.get_layer("activation_49")
Model(base.input, Model(base.input, base.output).get_layer("fc1000").output)
"""
    found = check_source(text.encode(), "program.py", Settings(target="keras3")).diagnostics
    assert [one.code for one in found] == ["KC200", "KC200"]
    assert not check_source(text.encode(), "program.py", Settings(target="keras2")).diagnostics


LOOP = """\
from keras.layers import AveragePooling2D, Conv2D, Input, MaxPooling2D
from keras.models import Model
i = Input((8, 8, 1))
base = Model(i, MaxPooling2D()(Conv2D(3, 3)(i)))
x = base.input
for layer in base.layers:
    if isinstance(layer, MaxPooling2D):
        x = AveragePooling2D(2)(x)
    else:
        x = layer(x)
model = Model(base.input, x)
"""


def test_an_input_layer_gave_its_input_back_when_it_was_called() -> None:
    found = check_source(LOOP.encode(), "program.py", Settings(target="keras3")).diagnostics
    assert [(one.code, one.span.start.row) for one in found] == [("KC207", 10)]
    assert not check_source(LOOP.encode(), "program.py", Settings(target="keras2")).diagnostics


@pytest.mark.oracle
def test_it_takes_none_in_keras_3() -> None:
    keras = pytest.importorskip("keras", minversion="3")
    layer = keras.layers.InputLayer((3,))
    with pytest.raises(TypeError):
        layer(layer.output)


NUMBERS = """\
import numpy as np
from keras.models import Sequential
from keras.layers import Dense
X = np.arange(0.0, 100.0, 4)
model = Sequential([Dense(3, activation="relu"), Dense(1)])
model.compile(loss="mae", optimizer="sgd")
model.fit(X, X, epochs=500)
model.predict(X)
"""


def test_numbers_had_an_axis_of_their_own_before() -> None:
    found = check_source(NUMBERS.encode(), "program.py", Settings(target="keras3")).diagnostics
    assert [one.code for one in found if one.severity is Severity.ERROR] == ["KC201"]
    for target in ("keras2", "tf-keras"):
        found = check_source(NUMBERS.encode(), "program.py", Settings(target=target)).diagnostics
        assert not [one for one in found if one.severity is Severity.ERROR]


def test_a_list_of_one_array_was_that_array() -> None:
    text = """\
import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Input
model = Sequential([Input((4,)), Dense(1)])
model.compile(loss="mse", optimizer="sgd")
x = np.zeros((8, 4))
model.evaluate([x], [[np.zeros((8, 1))]], batch_size=1)
"""
    found = check_source(text.encode(), "program.py", Settings(target="keras3")).diagnostics
    assert [one.code for one in found] == ["KC216"]
    assert not check_source(text.encode(), "program.py", Settings(target="keras2")).diagnostics


ONE_TARGET = """\
import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Input
model = Sequential([Input((4,)), Dense(31.5), Dense(10, activation="softmax")])
model.compile(loss="LOSS", optimizer="sgd")
model.fit(np.zeros((1000, 4)), np.zeros(1000), epochs=100)
"""


def _errors(text: str, target: str) -> list[str]:
    found = check_source(text.encode(), "program.py", Settings(target=target)).diagnostics
    return [one.code for one in found if one.severity is Severity.ERROR]


def test_targets_of_one_axis_got_a_second_one_in_tensorflow() -> None:
    whole = ONE_TARGET.replace("31.5", "31").replace("LOSS", "mse")
    assert _errors(whole, "keras3") == ["KC214"]
    assert _errors(whole, "keras2") == ["KC214"]
    assert not _errors(whole, "tf-keras")
    assert _errors(whole.replace("mse", "categorical_crossentropy"), "tf-keras") == ["KC214"]


POSITIONS = """\
import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv1D, Conv2D, Dense, Input, LSTM, SeparableConv1D
model = Sequential([Input((4, 4, 3)), LAYER, Dense(10, activation="softmax")])
model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd")
model.fit(np.zeros((200, 4, 4, 3)), np.zeros((200, 1)), epochs=100)
"""


def test_class_numbers_were_flattened_with_the_outputs_in_tensorflow() -> None:
    over_one_place = POSITIONS.replace("LAYER", "Conv2D(8, 4)")
    assert _errors(over_one_place, "keras3") == ["KC214"]
    assert not _errors(over_one_place, "tf-keras")


def test_convolutions_had_further_axes_of_the_batch_in_tensorflow() -> None:
    within_rows = POSITIONS.replace("LAYER", "Conv1D(8, 4)")
    assert _errors(within_rows, "keras3") == ["KC201"]
    assert not _errors(within_rows, "tf-keras")
    for layer in ("SeparableConv1D(8, 4)", "LSTM(8)"):
        assert _errors(POSITIONS.replace("LAYER", layer), "tf-keras") == ["KC201"]
    too_few = POSITIONS.replace("4, 4, 3)", "4, 4)").replace("LAYER", "Conv2D(8, 4)")
    assert _errors(too_few, "tf-keras") == ["KC201"]


def test_units_were_made_whole() -> None:
    parted = ONE_TARGET.replace("LOSS", "sparse_categorical_crossentropy")
    assert _errors(parted, "keras3") == ["KC205"]
    assert not _errors(parted, "tf-keras")


OLD_WAYS = """\
import numpy as np
from keras.layers import Dense, Input, TextVectorization
from keras.models import Sequential
from sklearn.preprocessing import StandardScaler
words = TextVectorization(max_tokens=None, output_mode="int", pad_to_max_tokens=True)
model = Sequential([Input((4,)), Dense(1)])
model.compile(loss="mse", optimizer="sgd", metrics=["mse", "cosine"])
scaler = StandardScaler().fit(np.zeros((9, 1)))
scaler.inverse_transform(np.zeros(9))
"""


def test_metrics_of_batches_could_go_on() -> None:
    text = ONE_TARGET.replace("31.5", "3").replace("LOSS", "sparse_categorical_crossentropy")
    text += "model.METHOD(np.zeros((8, 4)), np.zeros(8), reset_metrics=False)\n"
    for method in ("train_on_batch", "test_on_batch"):
        assert _errors(text.replace("METHOD", method), "keras3") == ["KC421"]
        assert not _errors(text.replace("METHOD", method), "tf-keras")
    assert _errors(text.replace("METHOD", "evaluate"), "tf-keras") == ["KC421"]


def test_what_was_taken_before() -> None:
    assert sorted(_errors(OLD_WAYS, "keras3")) == ["KC205", "KC220", "KC434"]
    assert not _errors(OLD_WAYS, "keras2")


def test_outputs_of_a_model_could_be_set() -> None:
    text = """\
from keras.layers import Dense, Input
from keras.models import Model
i = Input((4,))
a = Dense(3, name="a")(i)
model = Model(i, Dense(2)(a))
model.outputs = [model.get_layer("a").output, model.get_layer("a").output]
left, right = model.outputs
"""
    assert not _errors(text, "keras2")


@pytest.mark.parametrize("first", ["", "other = tf.keras.layers.Dense(3)\n"])
def test_names_that_one_package_takes_say_which_one_is_meant(first: str) -> None:
    code = f"""\
import tensorflow as tf
from keras.models import Sequential
from keras.layers.convolutional import Convolution2D
{first}model = Sequential()
model.add(Convolution2D(8, 3, 3, border_mode="same", input_shape=(4, 4, 3)))
model.add(Convolution2D(8, 3, 3, border_mode="same"))
model.add(Convolution2D(8, 3, 3, border_mode="valid"))
"""
    (network,) = analyze(Source(code.encode(), "program.py")).paths[0].networks
    assert network.output_shapes() == [(None, 2, 2, 8)]
