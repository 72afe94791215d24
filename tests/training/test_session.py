"""Whole programs: which clashes of data and model are found, and which are not."""

from __future__ import annotations

import textwrap

import pytest

from kerascheck.machine import analyze
from kerascheck.project.source import Source
from kerascheck.training.session import clashes

HEAD = """
import numpy as np
import tensorflow as tf
import keras
from keras import Sequential, Model, Input, layers
"""


def found(code: str) -> list[tuple[str, bool]]:
    """The kinds of the clashes on the first path, each with whether Keras refuses it."""
    source = Source((HEAD + textwrap.dedent(code)).encode(), "example.py")
    return [(clash.kind, clash.refused) for clash in clashes(analyze(source, 20.0).paths[0])]


def dense(fit: str, units: int = 1, loss: str = "mse", extra: str = "") -> str:
    """A small model and one call."""
    return f"""
model = Sequential([Input((4,)), layers.Dense({units})])
model.compile("sgd", {loss!r}{extra})
{fit}
"""


@pytest.mark.parametrize(
    "call",
    [
        "model.fit(np.zeros((8, 4)), np.zeros(8))",
        "model.fit(x=np.zeros((8, 4)), y=np.zeros((8, 1)), batch_size=3)",
        "model.fit(np.zeros((8, 4)), np.zeros(8), validation_data=(np.zeros((2, 4)), np.zeros(2)))",
        "model.evaluate([np.zeros((8, 4))], np.zeros(8))",
        "model.predict(np.zeros((8, 4)))",
        "model.predict(np.zeros((8, 4, 1)))",
        "model.train_on_batch(np.zeros((8, 4)), np.zeros(8))",
        "model.fit(tf.data.Dataset.from_tensor_slices((np.zeros((8, 4)), np.zeros(8))).batch(2))",
        "model.fit(*np.load('both.npy'))",
        "model.fit(**settings)",
        "model.fit(np.load('x.npy'), np.load('y.npy'))",
    ],
)
def test_nothing_is_wrong(call: str) -> None:
    assert found(dense(call)) == []


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        ("model.fit(np.zeros((8, 5)), np.zeros(8))", "input-shape"),
        ("model.predict(np.zeros(4))", "input-shape"),
        ("model.fit(np.zeros((8, 4)), np.zeros(7))", "samples"),
        ("model.fit(np.zeros((8, 4)), np.zeros(8), validation_data=(np.zeros((2, 4)), np.zeros(3)))", "samples"),
        ("model.fit(np.zeros((8, 4)), np.zeros(8), sample_weight=np.zeros((8, 2)))", "weights"),
        ("model.fit(np.zeros((8, 4)))", "missing"),
        ("model.fit([1.0, 2.0], [1.0, 2.0])", "input-structure"),
        ("model.predict(np.array([['a', 'b', 'c', 'd']]))", "input-shape"),
        ("model.fit(np.zeros((8, 4)), np.array(['a'] * 8))", "target-shape"),
        ("model.fit(tf.data.Dataset.from_tensor_slices((np.zeros((8, 4)), np.zeros(8))))", "input-shape"),
        ("model.train_on_batch(np.zeros((8, 4)), np.zeros((7, 1)))", "target-shape"),
    ],
)
def test_what_keras_refuses(call: str, kind: str) -> None:
    assert (kind, True) in found(dense(call))


@pytest.mark.parametrize(("batch_size", "refused"), [(2, True), (4, False), (1, False), (3, True), (None, True)])
def test_the_size_of_the_batches_decides_what_broadcasts(batch_size: int | None, refused: bool) -> None:
    """Targets (n,) against outputs (n, 4): batches of 4 are compared with each other, batches of 1 repeated."""
    call = f"model.fit(np.zeros((8, 4)), np.zeros(8), batch_size={batch_size})"
    assert found(dense(call, units=4)) == [("target-shape", True) if refused else ("spread", False)]


def test_targets_of_a_single_batch_may_be_of_unknown_number() -> None:
    assert found(dense("model.train_on_batch(np.load('x.npy'), np.zeros((8, 1)))")) == []


def test_the_metrics_take_the_accuracy_that_the_first_targets_ask_for() -> None:
    code = """
    model = Sequential([Input((4,)), layers.Dense(3)])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
    model.evaluate(np.zeros((8, 4)), np.zeros(8))
    """
    assert found(code) == []


def test_a_call_that_is_guarded_is_none_of_our_business() -> None:
    code = "try:\n    model.predict(np.zeros((8, 9)))\nexcept ValueError:\n    pass"
    assert found(dense(code)) == []


def test_the_same_fault_is_told_once() -> None:
    calls = "model.fit(np.zeros((8, 5)), np.zeros(8))\nmodel.evaluate(np.zeros((8, 5)), np.zeros(8))"
    assert found(dense(calls)) == [("input-shape", True)]


class TestSubclassed:
    NET = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.{first}
        self.last = layers.Dense(3)
    def call(self, x{more}):
        return self.last(self.first(x))
    {methods}
model = Net()
model.compile("sgd", "mse")
model.fit(np.zeros({shape}, dtype={dtype!r}), np.zeros({targets}))
"""

    def net(self, **parts: str) -> str:
        options = {"first": "Dense(2)", "more": "", "methods": "pass", "shape": "(8, 4)", "dtype": "float32"}
        return self.NET.format(**{**options, "targets": "(8, 3)", **parts})

    def test_built_by_its_data(self) -> None:
        assert found(self.net()) == []
        assert found(self.net(targets="(8, 2)")) == [("target-shape", True)]

    def test_a_layer_that_refuses_is_told_at_the_data(self) -> None:
        assert found(self.net(first="LSTM(2)")) == [("input-shape", True)]

    def test_convolutions_get_no_whole_numbers(self) -> None:
        images = {"first": "Conv2D(2, 3)", "shape": "(8, 9, 9, 1)", "targets": "(8, 7, 7, 3)"}
        assert found(self.net(**images)) == []
        assert found(self.net(**images, dtype="uint8")) == [("input-shape", True)]

    def test_its_own_training_is_not_judged(self) -> None:
        step = "def train_step(self, data):\n        return {}"
        assert found(self.net(methods=step, targets="(8, 2)")) == []


def test_a_loss_of_its_own_needs_no_targets() -> None:
    code = """
    inputs = Input((4,))
    model = Model(inputs, layers.Dense(2)(inputs))
    model.add_loss(keras.ops.mean(inputs))
    model.compile("sgd")
    model.fit(np.zeros((8, 4)))
    """
    assert found(code) == []


def test_what_a_layer_of_unknown_outputs_gives_is_not_counted() -> None:
    code = """
    from mine import Cell
    inputs = Input((None, 4))
    model = Model(inputs, layers.RNN(Cell())(inputs))
    model.compile("sgd", "mse")
    model.fit(np.zeros((8, 5, 4)), [np.zeros((8, 2)), np.zeros((8, 3))])
    """
    assert found(code) == []


class TestSymbolicSizes:
    TABLE = """
import pandas as pd
table = pd.read_csv("table.csv")
x, y = table.drop("y", axis=1).values, table["y"].values
model = Sequential([Input((x.shape[1],)), layers.Dense({units})])
model.compile("sgd", {loss!r})
{call}
"""

    def program(self, call: str, units: int = 1, loss: str = "mse") -> list[tuple[str, bool]]:
        return found(self.TABLE.format(call=call, units=units, loss=loss))

    @pytest.mark.parametrize(
        "call",
        ["model.fit(x, y)", "model.fit(x[:-1], y[1:])", "model.fit(x[:100], y[:100])", "model.predict(x[:1])"],
    )
    def test_equal_without_numbers(self, call: str) -> None:
        assert self.program(call) == []

    def test_one_sample_less(self) -> None:
        assert self.program("model.fit(x[:-1], y)") == [("samples", True)]

    def test_a_row_without_its_batch_axis(self) -> None:
        assert self.program("model.predict(x[0])") == [("input-shape", True)]

    def test_classes_in_a_column_of_unknown_length(self) -> None:
        assert self.program("model.fit(x, y)", 3, "categorical_crossentropy") == [("target-shape", True)]

    def test_a_table_of_unknown_width_may_fit(self) -> None:
        assert found(self.TABLE.replace("x.shape[1]", "8").format(call="model.fit(x, y)", units=1, loss="mse")) == []


class TestOlderKeras:
    OLD = "from keras.layers.core import Dense\n"

    def test_metrics_had_targets_with_an_axis(self) -> None:
        code = dense("model.fit(np.zeros((8, 4)), np.zeros(8))", extra=", metrics=['binary_crossentropy']")
        assert found(code) == [("target-shape", True)]
        assert found(self.OLD + code) == []

    def test_what_every_version_refuses(self) -> None:
        code = dense("model.fit(np.zeros((8, 5)), np.zeros(8))")
        assert found(self.OLD + code) == found(code) == [("input-shape", True)]


class TestManyOutputs:
    NET = """
i = Input((3,))
a, b = layers.Dense({units}, name="p")(i), layers.Dense(1, name="q")(i)
model = Model(i, {outputs})
model.compile("sgd", {loss})
model.fit(np.zeros((8, 3)), {y}{more})
"""

    def net(self, **parts: str) -> list[tuple[str, bool]]:
        options = {"units": "4", "outputs": "[a, b]", "loss": "'mse'", "more": ""}
        return found(self.NET.format(**{**options, "y": "[np.zeros((8, 4)), np.zeros((8, 1))]", **parts}))

    def test_more_losses_than_outputs_get_all_outputs_at_once(self) -> None:
        losses = "['binary_crossentropy'] * 3"
        assert self.net(outputs="(a, b)", loss=losses) == [("target-structure", True)]
        same = self.net(outputs="(a, b)", loss=losses, units="1", y="[np.zeros((8, 1)), np.zeros((8, 1))]")
        assert same == [], "outputs of one shape are stacked"

    def test_weights_are_looked_up_in_the_form_of_the_outputs(self) -> None:
        weights = ", sample_weight=np.ones(8)"
        assert self.net(outputs="{'p': a, 'q': b}") == []
        assert self.net(more=weights) == []
        assert self.net(outputs="{'p': a, 'q': b}", more=weights) == [("weights", True)]
        named = "{'p': np.zeros((8, 4)), 'q': np.zeros((8, 1))}"
        assert self.net(outputs="{'p': a, 'q': b}", more=weights, y=named) == []
        assert self.net(more=weights, y=named) == [("weights", True)]


class TestSingleSamples:
    SLICES = "model.fit(tf.data.Dataset.from_tensor_slices((np.zeros({x}), np.zeros({y}))))"

    def test_of_one_number_pass_for_batches(self) -> None:
        code = "model = Sequential([Input((1,)), layers.Dense(1)])\nmodel.compile('sgd', 'mse')\n"
        assert found(code + self.SLICES.format(x="(8, 1)", y="(8, 1)")) == [("input-shape", False)]
        assert found(code + self.SLICES.format(x="(4, 8, 1)", y="(4, 8, 1)")) == [], "these are batches"

    def test_reach_the_loss_where_the_first_data_builds_the_model(self) -> None:
        code = """
model = Sequential([layers.Flatten(), layers.Dense(10)])
model.compile("sgd", "sparse_categorical_crossentropy")
"""
        assert ("target-shape", True) in found(code + self.SLICES.format(x="(8, 6, 6)", y="8"))


def test_a_model_that_was_first_fed_with_batches_of_one_size_takes_others() -> None:
    code = """
class Block(keras.Model):
    def __init__(self):
        super().__init__()
        self.fc = layers.Dense(10)

    def call(self, x):
        return self.fc(x)

class Small(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = Sequential([layers.Flatten(), Block()])

    def call(self, x):
        return self.inner(x)

model = Small()
model.compile("sgd", "categorical_crossentropy")
model.fit(np.zeros((96, 4, 3)), np.zeros((96, 10)))
model.evaluate(np.zeros((100, 4, 3)), np.zeros((100, {units})))
"""
    assert found(code.format(units=10)) == []
    assert found(code.format(units=9)) == [("target-shape", True)]


def test_samples_without_numbers() -> None:
    code = "model = Sequential([layers.{}(2)])\nmodel.compile('sgd', 'mse')\nmodel.fit(np.zeros({}), np.zeros((8, 2)))"
    assert found(code.format("Dense", "(8, 0)")) == [("input-shape", True)]
    assert found(code.format("LSTM", "(8, 5, 0)")) == [("input-shape", False)]


def test_a_slice_of_a_plain_list_is_a_plain_list() -> None:
    assert ("input-structure", True) in found(dense("y = np.zeros(300).tolist()\nmodel.fit(np.zeros((9, 4)), y[:9])"))


def test_one_number_of_an_array_is_no_target_of_many_samples() -> None:
    assert found(dense("model.fit(np.zeros((8, 4)), np.argmax(np.load('y.npy')))")) == [("samples", True)]


def test_overlap_of_masks_wants_class_numbers_or_to_be_told() -> None:
    code = """
model = Sequential([Input((8, 8, 1)), layers.Conv2D(3, 3, padding="same", activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy", metrics=[keras.metrics.MeanIoU(num_classes=3{more})])
model.fit(np.zeros((9, 8, 8, 1)), np.zeros((9, 8, 8)))
"""
    assert found(code.format(more="")) == [("target-shape", True)]
    assert found(code.format(more=", sparse_y_pred=False")) == []


def test_a_frame_with_a_column_of_text() -> None:
    frame = "import pandas as pd\nd = pd.DataFrame({'a': [1.0, 2.0], 'b': ['u', 'v'], 'c': [1.0, 2.0], 'y': [0, 1]})\n"
    model = "model = Sequential([Input((2,)), layers.Dense(1)])\nmodel.compile('sgd', 'mse')\n"
    assert found(frame + model + "model.fit(d[['a', 'b']], d['y'])") == [("input-shape", True)]
    assert found(frame + model + "model.fit(d[['a', 'c']], d['y'])") == []


def test_a_size_with_a_name_may_be_one() -> None:
    assert found(dense("y = np.load('y.npy')[:, None, :]\nmodel.fit(np.zeros((8, 4)), y.reshape(8, y.shape[2]))")) == []


def test_one_hot_targets_of_unknown_number_for_a_sparse_loss() -> None:
    code = """
from keras.preprocessing.image import ImageDataGenerator
images = ImageDataGenerator(rescale=1 / 255).flow_from_directory("images", (8, 8){more})
model = Sequential([Input((8, 8, 3)), layers.Flatten(), layers.Dense(3, activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy")
model.fit(images)
"""
    assert found(code.format(more="")) == [("target-shape", True)]
    assert found(code.format(more=", class_mode='sparse'")) == []


def test_one_loss_in_a_list_is_that_of_the_first_of_two_outputs() -> None:
    code = """
inputs = Input((1,))
hidden = layers.Dense(4)(inputs)
model = Model(inputs, [layers.Dense(3)(hidden), layers.Dense(1, activation="sigmoid")(hidden)])
model.compile("sgd", loss=["sparse_categorical_crossentropy"])
model.fit(np.zeros((33, 1)), (np.zeros((33, 1), "int32"), np.zeros((33, 1), "int32")))
"""
    assert found(code) == []


def test_empty_lists_are_no_data() -> None:
    assert found(dense("model.fit([], [])")) == [("input-structure", True), ("target-structure", True)]


def test_keras_2_feeds_no_input_that_holds_a_tensor() -> None:
    code = """
    noise = Input(tensor=keras.backend.random_normal((8, 4)))
    other = Input((4,))
    model = Model([noise, other], layers.Add()([noise, other]))
    """
    assert found(textwrap.dedent(code) + "model.predict(np.zeros((8, 4)))") == []
    [(kind, _)] = found(textwrap.dedent(code) + "model.predict([np.zeros((8, 4))] * 3)")
    assert kind == "input-structure"


def two_outputs(compiled: str, fit: str) -> str:
    """A model of two outputs and one call."""
    return f"""
i = Input((4,))
model = Model(i, [layers.Dense(1, name="a")(i), layers.Dense(1, name="b")(i)])
model.compile("sgd", {compiled})
{fit}
"""


@pytest.mark.parametrize("fit", ["model.fit(np.load('x.npy'), np.load('y.npy'))", "model.fit(batches(), epochs=3)"])
def test_losses_of_other_outputs_need_no_data(fit: str) -> None:
    assert found(two_outputs("loss={'a': 'mse', 'c': 'mse'}", fit)) == [("target-structure", True)]
    assert found(two_outputs("loss={'a': 'mse', 'b': 'mse'}", fit)) == []


def test_names_that_keras_gives_are_not_judged_without_data() -> None:
    code = two_outputs("loss={'dense': 'mse', 'dense_2': 'mse'}", "model.fit(batches(), epochs=3)")
    assert found(code.replace(', name="a"', "").replace(', name="b"', "")) == []


def test_before_keras_3_an_output_may_have_no_loss() -> None:
    fit = "model.fit(np.zeros((8, 4)), {'a': np.zeros(8)})"
    past = "from keras.layers.core import Dense\n"
    assert found(two_outputs("loss={'a': 'mse'}", fit)) == [("target-structure", True)]
    assert found(past + two_outputs("loss={'a': 'mse'}", fit)) == []
    assert found(past + two_outputs("loss={'a': 'mse', 'c': 'mse'}", fit)) == [("target-structure", True)]
