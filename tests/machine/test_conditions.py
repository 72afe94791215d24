"""Conditions on unknown values: what matters is decided together and in every combination, the rest is joined."""

from __future__ import annotations

import textwrap

import pytest

from kerascheck.machine import Analysis, analyze
from kerascheck.machine.combinations import _MAX_RUNS
from kerascheck.views.summary import ModelSummary, summarize
from tests.machine.helpers import KERAS, build, source

MODEL = """
model = Sequential([Input((4,)), Dense(1, name="first")])
def add(name):
    model.add(Dense(1, name=name))
"""


def program(code: str) -> Analysis:
    """The analysis of a program that may `add` layers to a model."""
    return build(MODEL + textwrap.dedent(code))


def names(code: str) -> list[list[str]]:
    """The names of the layers that are added to the model, for each combination of the conditions that matter."""
    found = []
    for path in program(code).paths:
        for network in path.networks if path.start is None else ():
            assert network.status() == "exact"
            found.append([layer.name for layer in network.layers[1:]])
    return found


def made(code: str) -> list[list[str]]:
    """The names of the layers that are made, whatever becomes of them."""
    return [[layer.name for layer in path.layers] for path in build(code).paths]


def test_an_unknown_condition_takes_both_arms() -> None:
    code = """
        from a import flag
        if flag:
            add("yes")
        else:
            add("no")
    """
    assert sorted(names(code)) == [["no"], ["yes"]]


def test_both_arms_are_joined_where_nothing_hangs_on_them() -> None:
    code = """
        from a import flag
        if flag:
            Dense(1, name="yes")
        else:
            Dense(1, name="no")
    """
    assert made(code) == [["yes", "no"]]


def test_a_known_condition_takes_one() -> None:
    assert names("if 1 < 2:\n    add('yes')\nelse:\n    add('no')") == [["yes"]]


def test_the_same_condition_is_decided_the_same_way() -> None:
    code = """
        from a import flag
        if flag: add("a")
        if flag: add("b")
        if not flag: add("c")
    """
    assert sorted(names(code)) == [["a", "b"], ["c"]]


def test_numbers_that_hang_on_one_condition_change_together() -> None:
    code = """
        from a import flag
        units = 1
        if flag: units += 1
        if flag: units += 1
        model = Sequential([Input((4,)), Dense(units)])
    """
    assert sorted(path.networks[-1].params() for path in build(code).paths) == [5, 15]  # type: ignore[type-var]


def test_equal_comparisons_are_one_condition() -> None:
    code = """
        import sys
        n = int(sys.argv[1])
        if n > 3: add("a")
        if 3 < n: add("b")
        if n <= 3: add("c")
    """
    assert sorted(names(code)) == [["a", "b"], ["c"]]


def test_a_value_cannot_equal_two_constants() -> None:
    code = """
        from a import options
        if options.mode == "x": add("x")
        if options.mode == "y": add("y")
        if options.mode != "x": add("not x")
    """
    assert sorted(names(code)) == [["not x"], ["x"], ["y", "not x"]]


def test_a_decision_makes_the_value_known() -> None:
    code = """
        from a import mode
        if mode == "big":
            add(mode)
    """
    assert sorted(names(code)) == [[], ["big"]]


def test_chains_of_elif_cover_every_arm() -> None:
    arms = "".join(f"{'if' if i == 0 else 'elif'} kind == '{i}':\n    add('arm{i}')\n" for i in range(4))
    found = names(f"from a import kind\n{arms}else:\n    add('other')")
    assert sorted(found) == [*([f"arm{i}"] for i in range(4)), ["other"]]


def test_conditions_that_act_on_one_model_are_decided_in_every_combination() -> None:
    code = "from a import b\n" + "".join(
        f"if b({i}):\n    add('yes{i}')\nelse:\n    add('no{i}')\n" for i in range(_MAX_RUNS.bit_length() - 1)
    )
    found = names(code)
    assert len(found) == len({tuple(one) for one in found}) == _MAX_RUNS


def test_conditions_of_different_models_are_not_multiplied() -> None:
    code = "from a import b\n" + "".join(
        f"model{i} = Sequential([Input((4,)), Dense(2 if b({i}) else 3)])\n" for i in range(8)
    )
    paths = build(code).paths
    assert len(paths) == 2
    for index in range(8):
        assert {path.networks[index].params() for path in paths} == {10, 15}
        assert {path.networks[index].status() for path in paths} == {"exact"}


NESTED = {
    "in the arm that holds": ("if a:\n    {inner}", True),
    "in the other arm": ("if a:\n    pass\nelse:\n    {inner}", False),
    "behind a return": ("def f():\n    if a:\n        return\n    {inner}\nf()", False),
    "behind a round that ends": ("for i in range(2):\n    if a:\n        break\n    {inner}\n    break", False),
    "in a conditional expression": ("made = 0 if a else [Sequential([Input((4,)), Dense(5 if b else 6)])]", False),
}


@pytest.mark.parametrize(("text", "holds"), NESTED.values(), ids=NESTED)
def test_a_condition_that_comes_up_under_another_one_is_decided_both_ways_there(text: str, holds: bool) -> None:
    inner = "Sequential([Input((4,)), Dense(5 if b else 6)])"
    code = f"from a import a, b\nouter = Sequential([Input((4,)), Dense(2 if a else 3)])\n{text.format(inner=inner)}\n"
    found = [tuple(network.layers[-1].config["units"] for network in path.networks) for path in build(code).paths]
    assert sorted(found) == ([(2, 5), (2, 6), (3,)] if holds else [(2,), (3, 5), (3, 6)])


def test_conditions_that_only_turn_up_in_later_rounds_are_decided_both_ways() -> None:
    code = """
        from a import done
        while True:
            add("again")
            if done():
                break
    """
    networks = [path.networks[0] for path in program(code).paths]
    assert sorted(len(network.layers) for network in networks if network.status() == "exact") == [2, 3, 4, 5]
    assert [network.status() for network in networks].count("unknown") == 1


def test_the_number_of_combinations_is_limited() -> None:
    code = "from a import b\n" + "".join(f"if b({i}): add('layer{i}')\n" for i in range(200))
    paths = program(code).paths
    assert len(paths) <= _MAX_RUNS
    assert {path.networks[0].status() for path in paths} == {"unknown"}


def test_an_arm_that_raises_is_the_one_not_taken() -> None:
    code = """
        from a import n
        if n < 0:
            raise ValueError(n)
        add("behind")
    """
    assert names(code) == [["behind"]]


def test_prints_change_nothing() -> None:
    assert names("from a import verbose\nif verbose:\n    print('x')\nadd('d')") == [["d"]]


def test_conditional_expressions_and_boolean_operators_fork() -> None:
    assert sorted(names("from a import b\nadd('x' if b else 'y')")) == [["x"], ["y"]]
    assert sorted(names("from a import b, c\nif b and c:\n    add('x')\nif not b:\n    add('y')")) == [[], ["x"], ["y"]]
    assert names("from a import b\nif b and 1 > 2:\n    add('x')\nadd('end')") == [["end"]]


def test_attributes_of_one_unknown_object_are_the_same_each_time() -> None:
    code = """
        from a import args
        if args.deep: add("a")
        def f():
            if args.deep: add("b")
        f()
    """
    assert sorted(names(code)) == [[], ["a", "b"]]


def test_an_option_that_is_not_given_has_its_default() -> None:
    code = """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--deep", action="store_true")
        args = parser.parse_args()
        if args.deep: add("a")
    """
    assert names(code) == [[]]


def test_results_of_two_calls_may_differ() -> None:
    found = names("from a import b\nif b(): add('a')\nif b(): add('b')")
    assert sorted(found) == [[], ["a"], ["a", "b"], ["b"]]


def test_a_constant_of_a_library_is_not_known() -> None:
    found = names("import sys\nif sys.platform == 'win32':\n    add('w')\nelse:\n    add('u')")
    assert sorted(found) == [["u"], ["w"]]


def test_the_remainder_of_a_size_may_be_zero() -> None:
    code = """
        import numpy as np
        n = np.load("x.npy").shape[1]
        add("odd" if n % 2 else "even")
    """
    assert sorted(names(code)) == [["even"], ["odd"]]


@pytest.mark.parametrize("kind", ["list", "tuple"])
def test_an_unknown_filter_makes_the_list_unknown(kind: str) -> None:
    analysis = build(
        textwrap.dedent(f"""
        from a import axis
        shape = {kind}([n for i, n in enumerate((28, 28, 1)) if i != axis])
        model = Sequential([Input(shape), Conv2D(1, 3)])
    """)
    )
    assert any(not path.raised for path in analysis.paths)  # and what not all of them refuse is no finding


def test_a_function_of_a_library_counts_as_true() -> None:
    code = """
    import tensorflow as tf
    def make(activation=None):
        inputs = Input((4,))
        x = Dense(3)(inputs)
        if activation:
            x = Activation(activation)(x)
        return Model(inputs, x)
    model = make(tf.nn.softmax)
    """
    [program] = build(code).paths
    [network] = program.networks
    assert (network.status(), [layer.cls for layer in network.layers]) == (
        "exact",
        ["InputLayer", "Dense", "Activation"],
    )


def test_what_hangs_on_too_many_conditions_names_a_row() -> None:
    lines = [f"    if flag({n}):\n        x = Dense({n + 1})(x)\n" for n in range(14)]
    code = "from lib import flag\ninputs = Input((4,))\nx = inputs\n" + "".join(
        line.replace("    ", "", 1).replace("\n        ", "\n    ") for line in lines
    )
    code += "model = Model(inputs, x)\n"
    found = [network.open.reason for program in build(code).paths for network in program.networks if network.open]
    assert found
    assert all("(row " in reason for reason in found), found


def test_data_that_hangs_on_conditions_leaves_a_built_model_what_it_is() -> None:
    code = """
    import numpy as np
    from lib import flag, files, read
    def batches():
        while True:
            batch = []
            for name in files(9):
                image = np.array(read(name))
                if image.ndim == 2:
                    image = np.stack((image,) * 3, axis=-1)
                else:
                    image = image[:, :, 0:3]
                batch.append(image)
            yield np.array(batch), np.zeros(9)
    stream = batches()
    x, y = next(stream)
    inputs = Input((8, 8, 3))
    model = Model(inputs, Dense(1)(Flatten()(inputs)))
    model.compile("sgd", "mse")
    data = np.zeros((4, 8, 8, 3))
    for n in range(20):
        if flag(n):
            data = np.ones((4 + n, 8, 8, 3))
    model.fit(data, epochs=2)
    model.predict(data)
    model(data)
    """
    statuses = {network.status() for program in build(code).paths for network in program.networks}
    assert statuses == {"exact"}


def test_the_first_data_decides_about_a_model_without_a_shape() -> None:
    code = """
    import numpy as np
    from lib import flag
    data = np.zeros((4, 5))
    if flag():
        data = np.zeros((4, 6))
    model = Sequential([Dense(2)])
    model.predict(data)
    """
    found = {(network.status(), network.params()) for program in build(code).paths for network in program.networks}
    assert found == {("exact", 12), ("exact", 14)}


#: Questions about one text of which one is asked within the other, and whether both may be answered yes.
TOGETHER = {
    ('"v2" in name', 'name.endswith("_top")'): True,
    ('name.startswith("res")', '"net" in name and name.endswith("50")'): True,
    ('name.startswith("x")', 'name.endswith("x") and "y" in name'): True,
    ('"a" in name', '"b" in name'): True,
    ('name.endswith(".txt")', "len(name) > 45"): True,
    ('name.lower().endswith(("jpg", "png"))', 'name.startswith("IMG")'): True,
    ('name.endswith("a")', 'name.endswith("b")'): False,
    ('name == "vgg"', '"res" in name'): False,
    ('name.startswith("res")', 'name == "vgg"'): False,
}


@pytest.mark.parametrize("questions", TOGETHER)
def test_what_is_looked_for_in_one_text_may_stand_there_together(questions: tuple[str, str]) -> None:
    one, other = questions
    code = f"import a\nname = a.pick()\nadd('first')\nif {one}:\n    if {other}:\n        add('both')\n"
    assert (["first", "both"] in names(code)) is TOGETHER[questions]


def test_what_none_cannot_do_ends_the_case_in_which_it_is_there() -> None:
    code = """
import os
network = None
if os.environ.get("SMALL"):
    network = Sequential([Input((4,)), Dense(2)])
network.summary()
x = Input((4,))
model = Model(x, {use})
"""
    for use in ("network(x)", "network.layers[0](x)"):
        listed = [model for model in _summary(code.replace("{use}", use)) if model.cls == "Functional"]
        assert [model.status for model in listed] == ["exact"]


def _summary(code: str) -> list[ModelSummary]:
    analysed = source(KERAS + code)
    return summarize(analysed, analyze(analysed, 20.0))


def test_a_list_of_missing_columns_is_one_condition() -> None:
    code = """
    import pandas as pd

    columns = ["a", "b", "c", "d"]
    frame = pd.read_csv("x.csv")
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise ValueError(missing)
    texts = [name for name in columns if not pd.api.types.is_numeric_dtype(frame[name])]
    if texts:
        raise TypeError(texts)
    model = Sequential([Input((4,)), Dense(2)])
    """
    [program] = build(code).paths
    [model] = program.networks
    assert (model.status(), model.params()) == ("exact", 10)


def test_asking_ahead_changes_nothing() -> None:
    code = """
    from settings import wants

    seen = set()
    kept = [n for n in [1, 1, 2, 2] if wants(n) and not (n in seen or seen.add(n))]
    model = Sequential([Input((4,)), Dense(len(seen) + 2)])
    """
    assert {model.params() for program in build(code).paths for model in program.networks} == {10, 15, 20}


def test_what_asks_a_model_or_saves_it_leaves_it_as_it_is() -> None:
    code = """
    import os

    inputs = Input((4,))
    model = Model(inputs, Dense(2, name="b")(Dense(3, name="a")(inputs)))
    kept = os.path.exists("folder")
    model.get_layer("a" if kept else "b").get_config()
    model.save("folder/model.keras" if kept else "model.keras")
    """
    [program] = build(code).paths
    assert [model.status() for model in program.networks] == ["exact"]
