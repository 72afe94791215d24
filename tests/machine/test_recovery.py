"""Behind a refusal the analysis goes on: one run shows all faults, and none of them twice.

A row with a fault carries the row that mends it behind `# instead:`. The same programs run in the real Keras: with the
first faults mended, it stops at the next one.
"""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Severity
from kerascheck.engine import analyze, check_source

HEAD = "import numpy as np\nfrom keras import Input, Model, Sequential\nfrom keras.layers import *\n"

#: Three faults and more in a row, each on its own.
SEVERAL = {
    "sequences that are not handed on": """
model = Sequential()
model.add(Input((9, 4)))
model.add(LSTM(8, return_sequences=True))
model.add(LSTM("8"))  # instead: model.add(LSTM(8))
model.add(LSTM(6))  # instead: model.add(Dense(6))
model.add(LSTM(5))  # instead: model.add(Dense(5))
""",
    "images without channels, then misspelled arguments": """
model = Sequential()
model.add(Input((28, 28, 1)))
model.add(Reshape((28, 28)))
model.add(Conv2D(8, 3))  # instead: model.add(Reshape((28, 28, 1)))
model.add(Conv2D(8, 3, padding="sam"))  # instead: model.add(Conv2D(8, 3, padding="same"))
model.add(Flatten())
model.add(Dense(10, activaton="softmax"))  # instead: model.add(Dense(10, activation="softmax"))
model.add(LSTM(3))  # instead: model.add(Dense(3))
""",
    "the functional way": """
i = Input((28,))
a = Dense(3)([i])  # instead: a = Dense(3)(i)
b = Dense(4, foo=3)(a)  # instead: b = Dense(4)(a)
c = Concatenate()(a, b)  # instead: c = Concatenate()([a, b])
d = LSTM(3)(c)  # instead: d = Dense(3)(c)
""",
    "sizes that do not fit": """
i, j = Input((28,)), Input((3,))
a = Add()([i, j])  # instead: a = Add()([i, i])
b = Conv1D(3, 3)(a)  # instead: b = Dense(3)(a)
c = Dense(2.5)(b)  # instead: c = Dense(2)(b)
d = i + j  # instead: d = i + i
e = LSTM(4)(d)  # instead: e = Dense(4)(d)
""",
    "windows that are too large": """
model = Sequential()
model.add(Input((8, 8, 3)))
model.add(Conv2D(8, 9))  # instead: model.add(Conv2D(8, 3))
model.add(Conv2D(8, 3))
model.add(Flatten())
model.add(Dense(-3))  # instead: model.add(Dense(3))
model.add(LSTM(2))  # instead: model.add(Dense(2))
""",
    "arguments that are missing": """
model = Sequential()
model.add(Input((8, 8, 3)))
model.add(Conv2D(8))  # instead: model.add(Conv2D(8, 3))
model.add(Conv2D(8, 3))
model.add(Flatten())
model.add(Dense())  # instead: model.add(Dense(3))
model.add(GRU(4))  # instead: model.add(Dense(4))
""",
    "values that mean nothing": """
model = Sequential()
model.add(Input((28, 28, 1)))
model.add(Conv2D(8, 3, padding="full"))  # instead: model.add(Conv2D(8, 3))
model.add(MaxPooling2D(data_format="first"))  # instead: model.add(MaxPooling2D())
model.add(Flatten())
model.add(Dense("many"))  # instead: model.add(Dense(3))
model.add(Dense(4, activation="sofmax"))  # instead: model.add(Dense(4))
model.add(LSTM(3))  # instead: model.add(Dense(3))
""",
    "wrappers": """
model = Sequential()
model.add(Input((8,)))
model.add(Bidirectional(LSTM(3)))  # instead: model.add(Dense(6))
model.add(Dense(4, use_bais=False))  # instead: model.add(Dense(4, use_bias=False))
model.add(Bidirectional(LSTM(3, return_sequences=True)))  # instead: model.add(RepeatVector(3))
model.add(Flatten())
model.add(Conv1D(3, 3))  # instead: model.add(Dense(3))
""",
    "models in models": """
inner = Sequential([Input((8,)), Dense(3)])
x = Input((9,))
y = inner(x)  # instead: y = inner(Dense(8)(x))
z = LSTM(3)(y)  # instead: z = Dense(3)(y)
model = Model(x, z)
w = model([x, x])  # instead: w = model(x)
""",
    "a reshape": """
i = Input((784,))
a = Reshape((28, 29))(i)  # instead: a = Reshape((28, 28))(i)
b = Conv2D(8, 3)(a)  # instead: b = Conv2D(8, 3)(Reshape((28, 28, 1))(a))
c = LSTM(3)(b)  # instead: c = Dense(3)(b)
""",
    "a layer of the program": """
class Block(Layer):
    def __init__(self):
        super().__init__()
        self.a, self.b = LSTM(3), Dense(4)
    def call(self, x):
        x = self.a(x)  # instead: x = self.b(x)
        return Conv2D(3, 3)(x) if False else x
i = Input((4,))
x = Block()(i)
y = LSTM(3)(x)  # instead: y = Dense(3)(x)
z = Conv1D(3, 3)(y)  # instead: z = Dense(3)(y)
""",
    "arguments of models": """
model = Sequential(Dense(3), Dense(4))  # instead: model = Sequential([Dense(3), Dense(4)])
model.build((None, 4))
model.add(Dense(2), name="b")  # instead: model.add(Dense(2))
model.add(LSTM(3))  # instead: model.add(Dense(3))
i = Input(4)  # instead: i = Input((4,))
other = Model(inputs=i, output=Dense(2)(i))  # instead: other = Model(inputs=i, outputs=Dense(2)(i))
x = LSTM(3)(other(i))  # instead: x = Dense(3)(other(i))
""",
    "trainings": """
model = Sequential([Input((8,)), Dense(3)])
model.compile("adam", "mse")
model.fit(np.zeros((5, 9)), np.zeros((5, 3)))  # instead: model.fit(np.zeros((5, 8)), np.zeros((5, 3)))
model.fit(np.zeros((5, 8)), np.zeros((5, 4)))  # instead: model.fit(np.zeros((5, 8)), np.zeros((5, 3)))
model.evaluate(np.zeros((5, 8)), np.zeros((6, 3)))  # instead: model.evaluate(np.zeros((5, 8)), np.zeros((5, 3)))
model.predict(np.zeros((5, 7)))  # instead: model.predict(np.zeros((5, 8)))
""",
    "a training of a model that is refused": """
model = Sequential()
model.add(Input((8,)))
model.add(Dense("16"))  # instead: model.add(Dense(16))
model.add(Dense(3))
model.compile("adam", "mse")
model.fit(np.zeros((5, 9)), np.zeros((5, 3)))  # instead: model.fit(np.zeros((5, 8)), np.zeros((5, 3)))
model.fit(np.zeros((5, 8)), np.zeros((5, 4)))  # instead: model.fit(np.zeros((5, 8)), np.zeros((5, 3)))
""",
}

#: One fault with consequences.
SINGLE = {
    "an input without its last axis": """
model = Sequential([Input((28, 28)),
    Conv2D(8, 3, activation="relu"),  # here
    MaxPooling2D(),
    Conv2D(8, 3, activation="relu"),
    Flatten(),
    Dense(10, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(np.zeros((100, 28, 28)), np.zeros((100, 10)))
model.predict(np.zeros((3, 28, 28)))
""",
    "two branches on the same input": """
i = Input((28, 28))
a = Conv2D(3, 3)(i)  # here
b = Conv2D(5, 3)(i)
x = Flatten()(Concatenate()([a, b]))
model = Model(i, Dense(3)(x))
model.count_params()
""",
    "a model in a model": """
inner = Sequential([Input((28, 28)),
    Conv2D(3, 3),  # here
    Flatten(), Dense(4)])
i = Input((28, 28))
model = Model(i, Dense(3)(inner(i)))
model.compile("adam", "mse")
model.fit(np.zeros((5, 28, 28)), np.zeros((5, 3)))
inner.predict(np.zeros((5, 28, 28)))
""",
    "a shape under a wrong name": """
model = Sequential()
model.add(Dense(8, activation="relu", shape=(3,)))  # here
model.add(Dense(4))
model.count_params()
model.summary()
model.layers[0].output
""",
    "rounds of a loop": """
x = Input((28, 28))
for n in (8, 16, 32):
    x = Conv2D(n, 3)(x)  # here
x = Dense(3)(Flatten()(x))
""",
    "a class in place of a layer": """
model = Sequential([Input((28, 28, 1)), Conv2D(8, 3, activation="relu"), Flatten, RepeatVector(3), LSTM(4)])  # here
""",
    "axes that another permutation has": """
x = Permute((2, 1, 3))(Input((8, 3)))  # here
x = LSTM(3)(x)
""",
    "a rate that is none": """
model = Sequential([Input((3,)), Dense(8, activation="relu")])
model.add(Dropout(50))  # here
model.add(Dense(4))
model.compile("adam", "mse")
model.fit(np.zeros((5, 3)), np.zeros((5, 4)))
""",
    "a window that another argument was meant for": """
model = Sequential([Input((8, 8, 3))])
model.add(Conv2D(8, window=3))  # here
model.add(Flatten())
model.add(Dense(3))
""",
}


def errors(code: str) -> list[int]:
    """The rows of the errors."""
    report = check_source((HEAD + code.strip("\n") + "\n").encode(), "nowhere/program.py", Settings(target="keras3"))
    assert not report.crashed, report.diagnostics
    found = [one for one in report.diagnostics if one.severity is Severity.ERROR]
    return [one.span.start.row - HEAD.count("\n") for one in found]


def faults(code: str, mark: str) -> list[int]:
    return [row for row, line in enumerate(code.strip("\n").splitlines(), 1) if mark in line]


@pytest.mark.parametrize("code", SEVERAL.values(), ids=SEVERAL)
def test_one_run_shows_all_faults(code: str) -> None:
    assert len(faults(code, "# instead:")) >= 3
    assert errors(code) == faults(code, "# instead:")


@pytest.mark.parametrize("code", SINGLE.values(), ids=SINGLE)
def test_what_follows_from_a_fault_is_no_fault(code: str) -> None:
    assert errors(code) == faults(code, "# here")


@pytest.mark.parametrize("code", [*SEVERAL.values(), *SINGLE.values()], ids=[*SEVERAL, *SINGLE])
def test_no_model_with_a_fault_is_called_exact(code: str) -> None:
    analysis = analyze((HEAD + code).encode(), "nowhere/program.py", 2.0, "keras3").analysis
    assert analysis is not None
    for program in analysis.paths:
        for network in program.networks:
            if any(node.refused or node.layer.refused for node in network.nodes):
                assert network.status() == "unknown"


def test_all_faults_of_one_call_are_shown() -> None:
    code = "layer = Dense('8', activation='sofmax', use_bais=True, name='a/b')\n"
    report = check_source((HEAD + code).encode(), "nowhere/program.py", Settings())
    assert [(one.span.start.column, one.message) for one in report.diagnostics] == [
        (9, "Dense has no argument use_bais; did you mean use_bias?"),
        (15, "Dense expects an integer for units, got '8'"),
        (20, "Dense: Keras has no activation called 'sofmax'; did you mean 'softmax'?"),
        (56, "Dense expects a string without a slash for name in Keras 3, got 'a/b'"),
    ]


def test_a_program_that_is_ready_for_the_error_goes_its_own_way() -> None:
    code = """
try:
    model = Sequential([Input((3,)), LSTM(3)])
except ValueError:
    model = Sequential([Input((3,)), Dense(3)])
model.add(LSTM(3))  # here
"""
    assert errors(code) == [5]


def mended(code: str, count: int) -> str:
    """The program with its first faults mended."""
    rows = []
    for line in code.strip("\n").splitlines():
        wrong, mark, right = line.partition("  # instead: ")
        if mark and count > 0:
            wrong, count = wrong[: len(wrong) - len(wrong.lstrip())] + right, count - 1
        rows.append(wrong)
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("code", SEVERAL.values(), ids=SEVERAL)
def test_with_the_first_faults_mended_the_others_are_shown_still(code: str) -> None:
    rows = faults(code, "# instead:")
    for count in range(len(rows) + 1):
        assert errors(mended(code, count)) == rows[count:]


@pytest.mark.oracle
@pytest.mark.parametrize("code", SEVERAL.values(), ids=SEVERAL)
def test_keras_stops_at_one_fault_after_the_other(keras: Any, code: str) -> None:
    rows = faults(code, "# instead:")
    for count, row in enumerate([*rows, None]):
        keras.backend.clear_session()
        program = compile(HEAD + mended(code, count), "example", "exec")
        if row is None:
            exec(program, {"__name__": "example"})
            return
        with pytest.raises(Exception) as caught:
            exec(program, {"__name__": "example"})
        places = [frame for frame in traceback.extract_tb(caught.tb) if frame.filename == "example"]
        assert row in {(place.lineno or 0) - HEAD.count("\n") for place in places}, caught.value


@pytest.mark.parametrize("declared", ["(784, 32)", "(28, 28)", "(2,)"])
def test_where_a_layer_refuses_an_input_data_that_would_fit_are_no_further_fault(declared: str) -> None:
    code = f"""
x = np.zeros((100, 784))
whole = Sequential([Input((784,)), Dense(32), Dense(784)])
start = Input({declared})
first = Model(start, whole.layers[0](start))
first.predict(x)[0].reshape(8, 4)
"""
    found = check_source((HEAD + code).encode(), "example.py", Settings()).diagnostics
    assert [one.code for one in found if one.severity is Severity.ERROR] == ["KC208"]


def test_a_length_that_keras_3_refuses_is_a_length_all_the_same() -> None:
    text = b"""\
from keras.models import Sequential
from keras.layers import LSTM
Sequential([LSTM(4, input_length=5, input_dim=3)])
"""
    assert [one.code for one in check_source(text, "program.py", Settings()).diagnostics] == ["KC503"]
