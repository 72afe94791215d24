"""Functions that nobody calls are followed where they may show something, and only there."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import examine
from kerascheck.machine import unseen_runs
from kerascheck.machine.makes import Makes, makes
from kerascheck.machine.uncalled import UnseenCall
from kerascheck.views.summary import nameless_summary, summarize

HEAD = """
import json
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from keras import layers as blocks
from keras.layers import Dense, Input
from keras.models import Sequential
"""

#: Each shows a finding or a model in a function or method that nobody calls.
SHOWING = {
    "a model": """
        def build(units):
            model = Sequential([Input((8,)), Dense(units)])
            return model
    """,
    "a layer under another name": """
        def build():
            made = blocks
            return made.Dense(-3)
    """,
    "a layer with a refused argument": """
        def block(x):
            return Dense(-3)(x)
    """,
    "a layer that is only handed on": """
        def make(cls):
            return cls(-3)

        def build():
            return make(Dense)
    """,
    "a layer in a dictionary of the module": """
        KINDS = {"dense": Dense}

        def build():
            return KINDS["dense"](-3)
    """,
    "a layer that a default holds": """
        def helper(cls=Dense):
            return cls(-3)

        def build():
            return helper()
    """,
    "a local import": """
        def build():
            from tensorflow.keras.layers import Dropout as Drop
            return Drop(1.5)
    """,
    "a model of the module": """
        model = Sequential([Input((8,)), Dense(3)])

        def later():
            return model(keras.Input((9,)))
    """,
    "a function behind a function": """
        def inner():
            return layers.Dropout(1.5)

        def outer():
            return inner()
    """,
    "a lambda": """
        make = lambda rate: layers.Dropout(1.5)

        def build():
            return make(1)
    """,
    "a method of the class": """
        class Builder:
            def _dropout(self):
                return layers.Dropout(1.5)

            def build(self):
                return self._dropout()
    """,
    "a method by its name": """
        class Builder:
            def dropout(self):
                return layers.Dropout(1.5)

            def build(self):
                return getattr(self, "drop" + "out")()
    """,
    "a property": """
        class Builder:
            @property
            def dropout(self):
                return layers.Dropout(1.5)

            def build(self):
                return self.dropout
    """,
    "an operator": """
        class Builder:
            def __getitem__(self, index):
                return layers.Dropout(1.5)

            def build(self):
                return self[0]
    """,
    "a method of a base class": """
        class Base:
            def make(self):
                return layers.Dropout(1.5)

        class Builder(Base):
            def build(self):
                return super().make()
    """,
    "what the constructor puts into an attribute": """
        class Wrapper:
            def __init__(self):
                self.model = Sequential([Input((8,)), Dense(3)])

            def run(self):
                return self.model(keras.Input((9,)))
    """,
    "a model of a class of the program": """
        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.dense = Dense(4)

            def call(self, x):
                return self.dense(x)
    """,
    "a base class that is handed a wrong argument": """
        class Scale(keras.layers.Layer):
            def __init__(self, units):
                super().__init__(units=units)

            def call(self, x):
                return x * 2
    """,
    "weights begun by nothing that there is": """
        class Scale(keras.layers.Layer):
            def build(self, shape):
                self.w = self.add_weight(shape=(3,), initializer="glorott")

            def call(self, x):
                return x * self.w
    """,
    "arrays of known shapes": """
        def mix():
            return np.zeros((3, 4)) @ np.ones((5, 6))
    """,
    "tensors of known shapes": """
        def mix():
            return ops.matmul(ops.zeros((3, 4)), ops.ones((5, 6)))
    """,
    "numbers that are spelled out": """
        def mix():
            rows = [[1.0, 2.0], [3.0, 4.0]]
            return np.stack([rows, rows]) @ np.array([1.0, 2.0, 3.0])
    """,
    "numbers that the object holds": """
        class Table:
            def __init__(self):
                self.rows = ((1.0, 2.0), (3.0, 4.0))

            def mix(self, x):
                return np.sum(self.rows, axis=5)
    """,
    "numbers that a function gives": """
        def rows():
            return [[1.0, 2.0], [3.0, 4.0]]

        def mix():
            return np.sum(rows(), axis=5)
    """,
    "an array of whole numbers that is divided in place": """
        def scale(x):
            x = np.asarray(x, dtype="int32")
            x /= 255.0
            return x
    """,
    "something unknown that gets a shape": """
        def mix(x):
            return x.reshape(2, 3) @ x.reshape(2, 3)
    """,
    "a model that is read from a file": """
        def load(path):
            return keras.models.load_model(path)
    """,
    "an application": """
        def load():
            return keras.applications.VGG16(weights=None, input_shape=(64, 64, 3))
    """,
}

#: Nobody can see what `scale` does.
SILENT = {
    "arithmetic on what is not known": """
        def scale(x, factor):
            total = 0
            for index in range(10):
                total += x[index] * factor
            return total
    """,
    "functions on tensors that are not known": """
        def scale(x, factor):
            return ops.softmax(ops.reshape(tf.matmul(x, factor), (-1, 3)), axis=-1)
    """,
    "functions of numpy on what is not known": """
        def scale(x, factor):
            return np.concatenate([np.asarray(x), np.transpose(factor, (0, 2, 1))], axis=1)
    """,
    "questions about classes": """
        def scale(x, factor):
            return isinstance(x, (Dense, Sequential)) and issubclass(type(x), layers.Layer)
    """,
    "losses and optimizers by themselves": """
        def scale(x, factor):
            return keras.losses.MeanSquaredError()(x, factor), keras.optimizers.Adam(factor)
    """,
    "a parameter that is called like a module": """
        def scale(layers, np):
            return layers.Dense(np.zeros((3, 4)))
    """,
    "a layer that is handed to a method that nobody knows": """
        from helpers import TestCase

        class Some(TestCase):
            def scale(self):
                self.check(layers.Dense, {"units": 4})
    """,
    "a method of a layer of the program": """
        class Some(keras.layers.Layer):
            def __init__(self, factor, **kwargs):
                super().__init__(**kwargs)
                self.factor = factor

            def scale(self, x):
                return ops.multiply(x, self.factor)
    """,
}


def _shown(code: str) -> tuple[list[str], list[str]]:
    """The findings and the models of a program."""
    examined = examine((HEAD + textwrap.dedent(code)).encode(), "nowhere/program.py", Settings())
    assert examined.source is not None
    assert examined.analysis is not None
    models = [str(nameless_summary(model).as_dict()) for model in summarize(examined.source, examined.analysis)]
    return sorted(f"{one.span.start} {one.code} {one.message}" for one in examined.report.diagnostics), models


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the functions that are followed though nobody calls them."""
    names: list[str] = []
    begin = unseen_runs._start_of

    def note(base: Any, call: UnseenCall, *others: Any) -> Any:
        names.append(call.name)
        return begin(base, call, *others)

    monkeypatch.setattr(unseen_runs, "_start_of", note)
    return names


@pytest.mark.parametrize("code", SHOWING.values(), ids=SHOWING.keys())
def test_what_can_show_something_is_followed(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = _shown(code)
    assert any(shown)
    monkeypatch.setattr(unseen_runs, "SKIPS", False)
    assert shown == _shown(code)


@pytest.mark.parametrize("code", SILENT.values(), ids=SILENT.keys())
def test_what_can_show_nothing_is_left_out(code: str, followed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _shown(code)
    assert "scale" not in followed
    monkeypatch.setattr(unseen_runs, "SKIPS", False)
    assert not any(_shown(code))
    assert "scale" in followed


@pytest.mark.parametrize("name", ["parts.drop", "other"])
@pytest.mark.parametrize("local", ["", "    import parts\n    from parts import drop as other\n"])
def test_a_layer_of_a_module_of_the_project(tmp_path: Path, followed: list[str], name: str, local: str) -> None:
    (tmp_path / "parts.py").write_text("from keras import layers\n\ndef drop():\n    return layers.Dropout(1.5)\n")
    text = f"import keras\nimport parts\nfrom parts import drop as other\n\ndef build():\n{local}    return {name}()\n"
    examine(text.encode(), str(tmp_path / "program.py"), Settings())
    assert followed == ["build"]


def test_a_module_of_the_project_that_makes_nothing(tmp_path: Path, followed: list[str]) -> None:
    (tmp_path / "parts.py").write_text("def double(x):\n    return x * 2\n")
    text = "import keras\nimport parts\n\ndef build(x):\n    return parts.double(x)\n"
    examine(text.encode(), str(tmp_path / "program.py"), Settings())
    assert followed == []


def test_where_somebody_looks_at_calls_all_is_followed() -> None:
    from kerascheck.machine import analyze
    from kerascheck.project.source import Source

    text = b"import keras\n\ndef setting():\n    keras.utils.set_random_seed(3)\n"
    assert [program.start for program in analyze(Source(text, "x.py")).paths] == [None]
    assert [program.start for program in analyze(Source(text, "x.py"), calls_matter=True).paths] == [None, "setting"]


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("keras.layers.Dense", Makes.THINGS),
        ("keras.layers", Makes.THINGS),
        ("keras.Sequential", Makes.THINGS),
        ("keras.applications.VGG16", Makes.THINGS),
        ("keras.datasets.mnist.load_data", Makes.THINGS),
        ("keras.utils.to_categorical", Makes.THINGS),
        ("keras.ops.zeros", Makes.THINGS),
        ("tensorflow.random.normal", Makes.THINGS),
        ("tensorflow.data.Dataset.from_tensor_slices", Makes.THINGS),
        ("numpy.zeros", Makes.THINGS),
        ("numpy.log", Makes.THINGS),
        ("numpy.reshape", Makes.THINGS),
        ("pandas.read_csv", Makes.THINGS),
        ("sklearn.preprocessing.StandardScaler", Makes.THINGS),
        ("keras.ops.reshape", Makes.TENSORS),
        ("tensorflow.constant", Makes.TENSORS),
        ("numpy.concatenate", Makes.ARRAYS),
        ("builtins.range", Makes.NUMBERS),
        ("json.load", Makes.NUMBERS),
        ("keras.optimizers.Adam", Makes.NOTHING),
        ("keras.layers.NeverHeardOf", Makes.NOTHING),
        ("scipy.linalg.norm", Makes.NOTHING),
        ("os.path.join", Makes.NOTHING),
    ],
)
def test_the_table_of_what_names_make(name: str, made: Makes) -> None:
    assert makes(name) is made
