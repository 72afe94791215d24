"""Functions that nobody calls: what is taken for given about their parameters, and about the objects of methods."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_source
from kerascheck.machine import uncalled
from kerascheck.machine.classes import instantiate
from kerascheck.machine.run import Run
from kerascheck.machine.values import ClassValue
from kerascheck.network.networks import Network
from tests.machine.helpers import KERAS, build, raised


def _models(code: str) -> list[Network]:
    """The models that are shown, of all paths."""
    return [network for path in build(code).paths if not path.doubts for network in path.networks]


def _shown(code: str) -> set[tuple[str, str, str]]:
    """Status, output shapes and parameters of each of them."""
    return {(one.status(), str(one.output_shapes()), str(one.params())) for one in _models(code)}


def _codes(code: str) -> list[str]:
    return [
        found.code for found in check_source((KERAS + textwrap.dedent(code)).encode(), "x.py", Settings()).diagnostics
    ]


# -- parameters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["units, classes", "units=64, classes=10", "units: int = 64, *, classes=None"])
def test_a_parameter_is_a_size_of_its_name_whatever_its_default(head: str) -> None:
    made = _shown(f"""
        def make({head}):
            return Sequential([Input((20,)), Dense(units, activation="relu"), Dense(classes)])
    """)
    assert made == {("symbolic", "[(None, SymDim(classes))]", "21*units + classes*units + classes")}


@pytest.mark.parametrize(
    "head", ["activation='relu'", "activation=None", "activation=keras.activations.relu", "initializer=['a']"]
)
def test_what_no_shape_depends_on_leaves_the_model_exact(head: str) -> None:
    name = head.partition("=")[0]
    argument = "activation" if name == "activation" else "kernel_initializer"
    made = _shown(f"""
        def make({head}):
            return Sequential([Input((20,)), Dense(5, {argument}={name}), Dropout(0.5), Dense(3)])
    """)
    assert made == {("exact", "[(None, 3)]", "123")}


def test_a_rate_is_not_its_default() -> None:
    assert (
        _codes("""
        def make(rate=1.5):
            return Sequential([Input((20,)), Dense(5, "relu"), Dropout(rate), Dense(3)])
    """)
        == []
    )


def test_only_sizes_depend_on_an_unknown_padding() -> None:
    (network,) = _models("""
        def make(padding="same"):
            return Sequential([Input((28, 28, 3)), Conv2D(8, 3, padding=padding), GlobalAveragePooling2D(), Dense(2)])
    """)
    assert network.status() == "symbolic"
    assert str(network.layers[0].output_shapes()[0][1]) == "26 or 28"  # type: ignore[index]
    assert network.params() == (27 + 1) * 8 + 9 * 2


def test_the_same_unknown_padding_gives_the_same_size() -> None:
    assert (
        raised("""
        def make(padding="same"):
            x = Input((28, 28, 8))
            y = Conv2D(8, 3, padding=padding)(x)
            z = Conv2D(8, 3, padding=padding)(x)
            return Model(x, add([y, z]))
    """)
        == []
    )


def test_a_window_of_unknown_size_is_symbolic() -> None:
    (network,) = _models("""
        def make(kernel=3, strides=(1, 1), pool=2):
            return Sequential([
                Input((28, 28, 3)), Conv2D(8, kernel, strides), MaxPooling2D(pool), GlobalMaxPooling2D(), Dense(2),
            ])
    """)
    assert network.status() == "symbolic"
    assert network.output_shapes() == [(None, 2)]


def test_a_flag_that_a_layer_depends_on_is_decided_both_ways() -> None:
    assert _shown("""
        def make(sequences=False):
            return Sequential([Input((4, 8)), LSTM(5, return_sequences=sequences), Dense(3)])
    """) == {("exact", "[(None, 3)]", "298"), ("exact", "[(None, 4, 3)]", "298")}


def test_a_finding_must_hold_for_both_values_of_a_flag() -> None:
    code = """
        def make(sequences=False):
            return Sequential([Input((4, 8)), LSTM(5, return_sequences=sequences), {layer}])
    """
    assert _codes(code.format(layer="LSTM(3)")) == []
    assert _codes(code.format(layer="Conv2D(3, 3)")) == ["KC201"]


def test_a_condition_on_a_parameter_is_unknown() -> None:
    made = _shown("""
        def make(deep=False, kind="mlp"):
            model = Sequential([Input((4,))])
            if deep:
                model.add(Dense(8))
            model.add(Dense(2 if kind == "mlp" else 3))
            return model
    """)
    assert made <= {
        ("exact", "[(None, 2)]", "10"), ("exact", "[(None, 3)]", "15"),
        ("exact", "[(None, 2)]", "58"), ("exact", "[(None, 3)]", "67"),
    }  # fmt: skip
    assert len(made) >= 3


def test_how_often_a_loop_runs_is_not_its_default() -> None:
    made = _models("""
        def make(depth=2):
            model = Sequential([Input((4,))])
            for _ in range(depth):
                model.add(Dense(4))
            return model
    """)
    assert {one.status() for one in made} == {"unknown"}


@pytest.mark.parametrize(
    "body",
    [
        "return Dense(**options)",
        "return options['units']",
        "return Sequential([Input((8, 8, 3)), Conv2D(filters=4, **options)])",
        "return inner(**options)",
    ],
)
def test_nobody_is_blamed_for_what_may_come_through_double_stars(body: str) -> None:
    assert raised(f"def inner(**options):\n    return Dense(**options)\n\ndef make(**options):\n    {body}\n") == []


def test_double_stars_are_not_taken_for_empty() -> None:
    made = _models("""
        def make(**options):
            return Sequential([Input((4,)), Dense(3, **options)])
    """)
    assert [(one.status(), one.output_shapes()) for one in made] == [("unknown", [(None, 3)])]


def test_a_call_among_uncalled_functions_has_the_defaults_of_what_it_calls() -> None:
    assert _shown("""
        def block(x, units=7):
            return Dense(units)(x)

        def make(n=3):
            x = Input((4,))
            return Model(x, Dense(n)(block(x)))
    """) == {("symbolic", "[(None, SymDim(n))]", "8*n + 35")}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def make(n=10):\n    return Sequential([Input((20,)), LSTM(4), Dense(n)])\n", ["KC201"]),
        (
            "def make(units=64):\n"
            "    model = Sequential([Input((20,)), Dense(units, 'relu'), Dense(10, 'softmax')])\n"
            "    model.compile('adam', 'binary_crossentropy')\n    return model\n",
            ["KC305"],
        ),
        ("def make(n=1):\n    return Sequential([Input((20,)), Dense(8, 'relu'), Dense(n, 'softmax')])\n", []),
        (
            "def make(shape=(20,), n=1):\n    return Sequential([Input(shape), Dense(n, activation='rleu')])\n",
            ["KC205"],
        ),
    ],
)
def test_plain_mistakes_are_named_and_defaults_are_none(code: str, expected: list[str]) -> None:
    assert [found for found in _codes(code) if found.startswith(("KC2", "KC3"))] == expected


# -- shapes -------------------------------------------------------------------------------------------------------------


def test_a_default_shape_is_a_shape_of_named_sizes() -> None:
    (network,) = _models("""
        def make(input_shape=(224, 224, 3)):
            return Sequential([Input(input_shape), Conv2D(8, 3), GlobalAveragePooling2D(), Dense(2)])
    """)
    assert network.status() == "symbolic"
    assert str(network.params()) == "72*input_shape[2] + 26"


@pytest.mark.parametrize(
    "layers",
    [
        "Conv2D(8, 3)",  # a caller may give (28, 28, 1)
        "Dense(4), LSTM(3)",  # a caller may give (7, 28)
        "Rescaling(1 / 255), Conv1D(4, 3), Dense(2)",
    ],
)
def test_no_finding_rests_on_how_many_axes_a_default_has(layers: str) -> None:
    for shape in ("(28,)", "(28, 28)", "(28, 28, 3, 1, 1)"):
        assert _codes(f"def make(shape={shape}):\n    return Sequential([Input(shape), {layers}])\n") == []


def test_behind_a_layer_that_demands_so_many_axes_mistakes_are_named() -> None:
    code = "def make(shape=(28, 28, 1)):\n    return Sequential([Input(shape), {}Conv2D(8, 3, activation='relu'), LSTM(4)])\n"
    assert _codes(code.format("")) == ["KC201"]
    assert _codes(code.format("Rescaling(1 / 255), ")) == ["KC201"]


def test_what_holds_for_any_shape_is_found_without_the_guess() -> None:
    assert "KC305" in _codes("""
        def make(shape=(28,)):
            model = Sequential([Input(shape), Dense(8, "relu"), Dense(10, "softmax")])
            model.compile("adam", "binary_crossentropy")
            return model
    """)


def test_a_model_of_a_guessed_shape_is_shown_once() -> None:
    assert _shown("""
        def make(shape=(28,)):
            return Sequential([Input(shape), Dense(8)])
    """) == {("symbolic", "[(None, 8)]", "8*shape[0] + 8")}


# -- objects --------------------------------------------------------------------------------------------------------------


def test_a_none_of_the_constructor_is_a_placeholder() -> None:
    assert (
        raised("""
        class Node:
            def __init__(self, shape=None):
                self.shape = shape
                self.size = None

            def input(self):
                return Input(self.shape), Input((4,)), Dense(self.size)(Input((4,)))

        class Named(Node):
            def __init__(self, name=None, **kwargs):
                super().__init__(**kwargs)

            def build(self):
                return Input(shape=self.shape)
    """)
        == []
    )


@pytest.mark.parametrize(
    ("attribute", "change", "expected"),
    [
        ("self.units = 5", "pass", "25"),
        ("self.units = 5", "self.units = 6", "5*units"),
        ("self.units = 5", "self.units += 1", "5*units"),
        ("self.other = 5", "pass", "35"),
        ("self.other = 5", "self.units, self.x = 6, 7", "5*units"),
    ],
)
def test_what_another_method_sets_is_no_fact(attribute: str, change: str, expected: str) -> None:
    made = _models(f"""
        class Trainer:
            units = 7

            def __init__(self):
                {attribute}

            def make(self):
                return Sequential([Input((4,)), Dense(self.units)])

            def change(self):
                {change}
    """)
    assert [str(one.params()) for one in made] == [expected]


def test_a_list_that_another_method_fills_is_not_empty() -> None:
    made = _models("""
        class Trainer:
            def __init__(self):
                self.layers, self.fixed = [], [Dense(3)]

            def add(self, layer):
                self.layers.append(layer)

            def make(self):
                return Sequential([Input((4,)), *self.layers])

            def make_fixed(self):
                return Sequential([Input((4,)), *self.fixed])
    """)
    assert sorted(one.status() for one in made) == ["exact", "unknown"]
    assert [one.params() for one in made if one.status() == "exact"] == [15]


def test_a_model_that_another_method_compiles_may_be_compiled() -> None:
    assert (
        _codes("""
        class Trainer:
            def __init__(self):
                self.model = Sequential([Input((4,)), Dense(8, "relu"), Dense(1)])

            def prepare(self):
                self.model.compile("adam", "mse")

            def train(self, x, y):
                self.model.fit(x, y)
    """)
        == []
    )


def test_fields_of_a_dataclass_are_not_their_defaults() -> None:
    assert _shown("""
        from dataclasses import dataclass

        @dataclass
        class Config:
            units: int = 8

            def make(self):
                return Sequential([Input((4,)), Dense(self.units)])
    """) == {("symbolic", "[(None, SymDim(units))]", "5*units")}


def test_methods_are_entered_on_the_objects_that_the_program_makes() -> None:
    made = _shown("""
        class Trainer:
            def __init__(self, units=5):
                self.units = units

            def make(self):
                return Sequential([Input((4,)), Dense(self.units)])

        def main():
            return Trainer(2), Trainer(units=3)

        main()
    """)
    assert made == {("exact", "[(None, 2)]", "10"), ("exact", "[(None, 3)]", "15")}


@pytest.mark.parametrize("use", ["Nets('dense', {shape})", "Nets('dense', {shape}).build()"])
@pytest.mark.parametrize("setting", ["self.shape = (8,) if kind == 'dense' else (8, 8, 3)", "self.shape = shape"])
def test_what_the_class_calls_in_other_cases_does_not_run_on_the_objects_of_these(use: str, setting: str) -> None:
    calls = """
                if self.kind == "dense":
                    self.model = self.dense()
                else:
                    self.model = self.images()
    """
    in_constructor = "build" not in use
    code = f"""
        class Nets:
            def __init__(self, kind, shape):
                self.kind = kind
                {setting}
                {calls.strip() if in_constructor else "self.model = None"}

            def build(self):
                {"pass" if in_constructor else calls.strip()}

            def dense(self):
                return Sequential([Input(self.shape), Dense(4, activation="softmax")])

            def images(self):
                return Sequential([Input(self.shape), Conv2D(4, 3), Flatten(), Dense(4, activation="softmax")])

        {use.format(shape="(8,)")}
    """
    assert [found for found in _codes(code) if found.startswith("KC2")] == []


def test_a_method_leaves_the_objects_of_the_program_as_they_are() -> None:
    made = _models("""
        class Trainer:
            def __init__(self, units):
                self.units = units

            def grow(self):
                self.units = 100

            def make(self):
                return Sequential([Input((4,)), Dense(self.units)])

        trainer = Trainer(2)
        model = Sequential([Input((1,)), Dense(trainer.units)])
    """)
    assert [str(one.params()) for one in made] == ["4", "5*units"]


@pytest.mark.parametrize("units", ["8", "64 if wide else 8"])
def test_what_one_function_does_to_the_module_is_no_fact_for_the_next(units: str) -> None:
    made = _shown(f"""
        sizes = [5]

        def grow(wide=False):
            sizes.append(7)
            return Sequential([Input((20,)), Dense({units})])

        def make():
            return Sequential([Input((20,)), Dense(sizes[-1])])
    """)
    assert {"105", "147"}.isdisjoint(params for _, _, params in made)


# -- the constructor, run once for all methods ---------------------------------------------------------------------------


def _constructions(code: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often an object is made for a method that nobody calls."""
    made = []

    def counted(run: Run, cls: ClassValue, *rest: Any) -> Any:
        made.append(cls.name)
        return instantiate(run, cls, *rest)

    monkeypatch.setattr(uncalled, "instantiate", counted)
    build(code)
    return len(made)


_BLOCK = """
class Block(keras.layers.Layer):
    def __init__(self, units, rate):
        super().__init__()
        self.units = units
        self.dense = Dense(units)
        self.dropout = Dropout(rate)

    def get_config(self):
        return {"units": self.units, **super().get_config()}

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.units)

    def call(self, inputs):
        return inputs * self.units
"""


def test_an_object_is_made_once_for_all_methods_that_leave_it_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _constructions(_BLOCK, monkeypatch) == 1
    _module, construction = build(_BLOCK).paths
    assert construction.start == "__init__"
    assert [layer.cls for layer in construction.layers] == ["Block", "Dense", "Dropout"]


def test_what_a_method_builds_is_seen_without_what_the_constructor_has_built() -> None:
    adding = f"{_BLOCK}\n    def grow(self):\n        self.more = Dense(self.units, activation='relu')\n"
    *_, grown = build(adding).paths
    assert (grown.start, [layer.cls for layer in grown.layers]) == ("grow", ["Dense"])


_TRAINED = """
class Trainer:
    def __init__(self):
        self.model = Sequential([Input((20,)), Dense(10, activation="softmax")])

    def train(self):
        model = self.model
        model.compile(loss="{}")

    def train_otherwise(self):
        model = self.model
        model.compile(loss="{}")
"""


@pytest.mark.parametrize(
    ("losses", "codes"),
    [
        (("categorical_crossentropy", "sparse_categorical_crossentropy"), []),
        (("binary_crossentropy", "categorical_crossentropy"), ["KC305"]),
        (("categorical_crossentropy", "binary_crossentropy"), ["KC305"]),
    ],
)
def test_a_method_that_changes_what_was_built_is_judged_with_it(losses: tuple[str, str], codes: list[str]) -> None:
    assert _codes(_TRAINED.format(*losses)) == codes


def test_what_one_method_sets_is_no_fact_for_the_next() -> None:
    made = _shown("""
        class Maker:
            def __init__(self):
                self.sizes = [5]
                self.options = {"units": 3}

            def first(self):
                sizes = self.sizes
                sizes.append(7)
                options = self.options
                options["units"] = 9

            def second(self):
                options = self.options
                return Sequential([Input((20,)), Dense(options["units"])])
    """)
    assert made == {("exact", "[(None, 3)]", "63")}


def test_conditions_of_the_constructor_are_decided_for_what_a_method_builds() -> None:
    made = _shown("""
        class Maker:
            def __init__(self, wide=False):
                self.units = 64 if wide else 8

            def describe(self):
                return self.units

            def build(self):
                return Sequential([Input((20,)), Dense(self.units)])
    """)
    assert made == {("exact", "[(None, 64)]", "1344"), ("exact", "[(None, 8)]", "168")}


def test_a_constructor_that_refuses_some_arguments_leaves_the_other_objects() -> None:
    made = _shown("""
        class Maker:
            def __init__(self, wide=False):
                if wide:
                    raise ValueError("too wide")
                self.units = 8

            def build(self):
                return Sequential([Input((20,)), Dense(self.units)])
    """)
    assert made == {("exact", "[(None, 8)]", "168")}


def test_one_that_refuses_all_leaves_nothing_to_run_methods_on() -> None:
    assert not _models("""
        class Maker:
            def __init__(self):
                raise NotImplementedError

            def build(self):
                return Sequential([Input((20,)), Dense(8)])
    """)


# -- names of the module -----------------------------------------------------------------------------------------------


def test_a_name_that_gets_another_value_behind_the_function_is_not_known_in_it() -> None:
    code = """
        classes = 2
        def make():
            return Sequential([Input((20,)), Dense(classes)])
        classes = 10
    """
    assert {status for status, _, _ in _shown(code)} == {"symbolic"}
    assert _shown(code.replace("classes = 2\n", "\n")) == {("exact", "[(None, 10)]", "210")}
    assert _shown(code.replace("classes = 10\n", "sizes = 10\n")) == {("exact", "[(None, 2)]", "42")}


def test_a_name_whose_values_all_come_first_has_the_last_one() -> None:
    assert _shown("""
        classes = 2
        classes = classes + 1
        def make():
            return Sequential([Input((20,)), Dense(classes)])
    """) == {("exact", "[(None, 3)]", "63")}


def test_none_is_no_other_value() -> None:
    assert _shown("""
        classes = None
        def make():
            return Sequential([Input((20,)), Dense(classes)])
        classes = 10
    """) == {("exact", "[(None, 10)]", "210")}


def test_a_later_value_does_not_concern_a_call_that_is_written() -> None:
    assert _shown("""
        classes = 2
        def make():
            return Sequential([Input((20,)), Dense(classes)])
        make()
        classes = 10
    """) == {("exact", "[(None, 2)]", "42")}


def test_targets_of_the_old_classes_are_no_fault_of_a_function_that_nobody_calls() -> None:
    assert (
        _codes("""
        import numpy as np
        y = keras.utils.to_categorical(np.zeros(50), 2)
        classes = 2
        def train():
            model = Sequential([Input((20,)), Dense(classes, activation="softmax")])
            model.compile(loss="categorical_crossentropy")
            model.fit(np.zeros((50, 20)), y)
        classes = 10
    """)
        == []
    )


def test_how_far_an_iterator_of_an_object_is_is_not_known() -> None:
    made = _shown("""
        class Loader:
            def __init__(self, sizes):
                self.sizes = iter([4, 5, 6])

            def __next__(self):
                return self.sizes.__next__()

            def build(self):
                return Sequential([Input((20,)), Dense(next(self.sizes)), Dense(self.sizes.__next__())])
    """)
    assert {status for status, _, _ in made} == {"symbolic"}


# -- tests that do not run ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "mark"),
    [
        ("import pytest", "pytest.mark.skip"),
        ("import pytest", "pytest.mark.skip(reason='later')"),
        ("import pytest, tools", "pytest.mark.skipif(tools.missing, reason='needs tools')"),
        ("from pytest import mark", "mark.xfail(raises=ValueError)"),
        ("import unittest", "unittest.expectedFailure"),
        ("import unittest, tools", "unittest.skipUnless(tools.here, 'needs tools')"),
    ],
)
def test_a_test_that_need_not_pass_is_not_asked_for_faults(head: str, mark: str) -> None:
    code = """
        {head}
        {mark}
        def test_ranks():
            Dense(3)(Input(()))
    """
    assert _codes(code.format(head=head, mark=f"@{mark}")) == []
    assert _codes(code.format(head=head, mark="")) == ["KC201"]


def test_another_decorator_of_that_name_says_nothing() -> None:
    assert _codes("""
        from tools import skip
        @skip
        def test_ranks():
            Dense(3)(Input(()))
    """) == ["KC201"]


def test_a_model_of_an_object_is_as_its_constructor_makes_it_where_methods_only_use_it() -> None:
    code = """
import keras
from keras import layers
from elsewhere import freeze
class Agent:
    def __init__(self):
        self.used = keras.Sequential([keras.Input((4,)), layers.Dense(2)], name="used")
        self.grown = keras.Sequential([keras.Input((4,)), layers.Dense(2)], name="grown")
        self.handed = keras.Sequential([keras.Input((4,)), layers.Dense(2)], name="handed")
        self.waiting = keras.Sequential([layers.Dense(2)], name="waiting")
    def act(self, state):
        self.grown.add(layers.Dense(3))
        freeze(self.handed)
        return self.used.predict(state), self.used.fit(state), self.waiting.predict(state)
"""
    statuses = {network.name: network.status() for path in build(code).paths for network in path.networks}
    assert statuses == {"used": "exact", "grown": "unknown", "handed": "unknown", "waiting": "unknown"}


def test_what_a_method_runs_on_may_have_been_built_before() -> None:
    assert (
        _codes("""
        class Net(Model):
            def __init__(self, units):
                super().__init__()
                self.dense = Dense(units)
                self.parts = [Dense(3), Sequential([Dense(2)])]
            def call(self, x):
                return self.parts[1](self.parts[0](self.dense(x)))
            def describe(self):
                return self.count_params(), self.dense.count_params(), [part.count_params() for part in self.parts]
    """)
        == []
    )


def test_what_the_method_makes_itself_is_not_built() -> None:
    assert _codes("""
        class Tools:
            def describe(self):
                return Dense(3).count_params()
    """) == ["KC200"]


def test_what_a_constructor_makes_functional_at_last_is_built() -> None:
    assert (
        _codes("""
        class Net(Model):
            def __init__(self, units, build=True):
                super().__init__()
                self.units = units
                if build:
                    super().__init__(*self.ends())
                    self.describe()
            def ends(self):
                x = Input((4,))
                return [x], [Dense(self.units)(x)]
            def describe(self):
                print(self.count_params(), self.input)
    """)
        == []
    )
