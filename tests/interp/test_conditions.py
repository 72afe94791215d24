"""Conditions on unknown values: paths, and what is the same on each of them."""

from __future__ import annotations

import textwrap

from kerascheck.interp import Analysis
from kerascheck.interp.analysis import _MAX_RUNS as MAX_PATHS
from tests.interp.helpers import build


def names(code: str) -> list[list[str]]:
    """The names of the layers that each path builds."""
    return [[layer.name for layer in path.layers] for path in build(code).paths]


def test_an_unknown_condition_takes_both_arms() -> None:
    code = """
        from a import flag
        if flag:
            Dense(1, name="yes")
        else:
            Dense(1, name="no")
    """
    assert sorted(names(code)) == [["no"], ["yes"]]


def test_a_known_condition_takes_one() -> None:
    assert names("if 1 < 2:\n    Dense(1, name='yes')\nelse:\n    Dense(1, name='no')") == [["yes"]]


def test_the_same_condition_is_decided_the_same_way() -> None:
    code = """
        from a import flag
        if flag: Dense(1, name="a")
        if flag: Dense(1, name="b")
        if not flag: Dense(1, name="c")
    """
    assert sorted(names(code)) == [["a", "b"], ["c"]]


def test_equal_comparisons_are_one_condition() -> None:
    code = """
        import sys
        n = int(sys.argv[1])
        if n > 3: Dense(1, name="a")
        if 3 < n: Dense(1, name="b")
        if n <= 3: Dense(1, name="c")
    """
    assert sorted(names(code)) == [["a", "b"], ["c"]]


def test_a_value_cannot_equal_two_constants() -> None:
    code = """
        from a import options
        if options.mode == "x": Dense(1, name="x")
        if options.mode == "y": Dense(1, name="y")
        if options.mode != "x": Dense(1, name="not x")
    """
    found = names(code)
    assert not any("x" in path and "y" in path for path in found)
    assert not any("x" in path and "not x" in path for path in found)
    assert ["x"] in found
    assert any("y" in path for path in found)


def test_a_decision_makes_the_value_known() -> None:
    code = """
        from a import mode
        if mode == "big":
            Dense(1, name=mode)
    """
    assert ["big"] in names(code) or any("big" in str(path) for path in names(code))


def test_chains_of_elif_cover_every_arm() -> None:
    arms = "".join(f"{'if' if i == 0 else 'elif'} kind == '{i}':\n    Dense(1, name='arm{i}')\n" for i in range(6))
    found = {name for path in names(f"from a import kind\n{arms}else:\n    Dense(1, name='other')") for name in path}
    assert found == {*(f"arm{i}" for i in range(6)), "other"}


def test_independent_conditions_are_each_taken_both_ways() -> None:
    code = "from a import b\n" + "".join(
        f"if b({i}):\n    Dense(1, name='yes{i}')\nelse:\n    Dense(1, name='no{i}')\n" for i in range(8)
    )
    found = {name for path in names(code) for name in path}
    assert found == {f"{arm}{i}" for i in range(8) for arm in ("yes", "no")}


def test_the_number_of_paths_is_limited() -> None:
    code = "from a import b\n" + "".join(f"if b({i}): Dense({i + 1})\n" for i in range(200))
    assert len(build(code).paths) <= MAX_PATHS


def test_an_arm_that_raises_is_the_one_not_taken() -> None:
    code = """
        from a import n
        if n < 0:
            raise ValueError(n)
        Dense(1, name="behind")
    """
    assert names(code) == [["behind"]]


def test_prints_make_no_paths() -> None:
    assert names("from a import verbose\nif verbose:\n    print('x')\nDense(1, name='d')") == [["d"]]


def test_conditional_expressions_and_boolean_operators_fork() -> None:
    found = names("from a import b\nDense(1, name='x' if b else 'y')")
    assert sorted(found) == [["x"], ["y"]]
    found = names("from a import b\nif b and 1 > 2:\n    Dense(1)\nDense(1, name='end')")
    assert all(path == ["end"] for path in found)


def test_attributes_of_one_unknown_object_are_the_same_each_time() -> None:
    code = """
        import argparse
        args = argparse.ArgumentParser().parse_args()
        if args.deep: Dense(1, name="a")
        def f():
            if args.deep: Dense(1, name="b")
        f()
    """
    assert sorted(names(code)) == [[], ["a", "b"]]


def test_results_of_two_calls_may_differ() -> None:
    found = names("from a import b\nif b(): Dense(1, name='a')\nif b(): Dense(1, name='b')")
    assert {tuple(path) for path in found} >= {("a", "b"), ("a",), ("b",)}


def test_a_constant_of_a_library_is_not_known() -> None:
    found = names("import sys\nif sys.platform == 'win32':\n    Dense(1, name='w')\nelse:\n    Dense(1, name='u')")
    assert sorted(found) == [["u"], ["w"]]


def test_the_remainder_of_a_size_may_be_zero() -> None:
    code = """
        import numpy as np
        n = np.load("x.npy").shape[1]
        Dense(1, name="odd" if n % 2 else "even")
    """
    assert sorted(names(code)) == [["even"], ["odd"]]


def test_an_unknown_filter_makes_the_list_unknown() -> None:
    analysis: Analysis = build(
        textwrap.dedent("""
        from a import axis
        shape = [n for i, n in enumerate((28, 28, 1)) if i != axis]
        model = Sequential([Input(shape), Conv2D(1, 3)])
    """)
    )
    assert [x.error.kind for path in analysis.paths for x in path.raised] == []
