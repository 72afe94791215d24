"""Questions about the surroundings of a program: which answers go together, and what is said where nobody knows."""

from __future__ import annotations

import textwrap

import pytest

from kerascheck.machine import analyze
from kerascheck.views.summary import summarize
from tests.machine.helpers import KERAS, source

#: Each question adds a layer of its own.
PROGRAM = """
import glob, os, re
v = os.environ.get("V", "")
n = int(os.environ.get("N", "3"))
files = glob.glob("data/*.csv")
{before}
model = keras.Sequential([keras.Input((4,)), layers.Dense(9)])
if {one}:
    model.add(layers.Dense(1))
if {other}:
    model.add(layers.Dense(2))
"""


def variants(one: str, other: str, before: str = "") -> dict[tuple[int, ...], str]:
    """The units of the models that the program may build, each with its status."""
    text = PROGRAM.format(one=one, other=other, before=textwrap.dedent(before))
    program = source(KERAS + text)
    found = summarize(program, analyze(program, 20.0))
    return {tuple(layer.output_shape[-1] for layer in model.layers[1:]): model.status for model in found}


ALL = [(), (1,), (1, 2), (2,)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("v == 'big'", "v == 'small'"),
        ("v[:1] == 'b'", "v == 'small'"),
        ("v[-2:] == 'ig'", "v == 'small'"),
        ("v + '-1' == 'big-1'", "v == 'small'"),
        ("v.strip().lower() == 'big'", "v == 'small'"),
        ("abs(n) == 1", "n > 5"),
        ("-n > 0", "n == 4"),
        ("n / 2 == 2", "n > 5"),
        ("max(n, 4) == 4", "n > 5"),
        ("min(9, n) == 9", "n < 4"),
        ("len(files) == 2", "not files"),
        ("len(files) > 0", "not files"),
        ("len(sorted(files)) == 1", "not files"),
        ("len(v) == 3", "not v"),
    ],
)
def test_answers_that_exclude_each_other_are_not_combined(one: str, other: str) -> None:
    found = variants(one, other)
    assert (1, 2) not in found
    assert set(found.values()) == {"exact"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("n > 5", "n * 2 == 200"),
        ("n > 5", "n * 2 + 1 == 201"),
        ("n > 5", "n // 3 == 50"),
        ("n > 5", "n - 300 > 5"),
        ("n > 5", "abs(n - 400) < 2"),
        ("n > 100", "n % 7 == 0"),
        ("n % 2", "n % 37 == 5"),
        ("len(v) > 5", "len(v) > 100"),
        ("v.strip() == 'big'", "v != 'big'"),
        ("v > 'big'", "v < 'bigb'"),
        ("len(files) > 1", "len(files) % 7 == 5"),
    ],
)
def test_numbers_and_texts_are_found_at_which_both_hold(one: str, other: str) -> None:
    assert (1, 2) in variants(one, other)


@pytest.mark.parametrize("asked", ["len(files)", "len(v)", "len(files) // 2", "not len(files)"])
def test_there_may_be_nothing(asked: str) -> None:
    """What has no size is not left out: unlike an axis of data, a folder may be empty."""
    assert variants(asked, "False") == {(): "exact", (1,): "exact"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("v.split('i')[0] == 'b'", "v == 'small'"),
        ("v.replace('i', 'a') == 'bag'", "v == 'small'"),
        ("re.match('b', v)", "v == 'small'"),
        ("v.count('l') > 1", "v == 'big'"),
        ("f'{v}-1' == 'big-1'", "v == 'small'"),
        ("any(letter == 'g' for letter in v)", "v == 'small'"),
        ("set(v) & {'g'}", "v == 'small'"),
        ("n ** 2 == 4", "n > 5"),
        ("n & 1", "n == 4"),
        ("round(n / 2) == 2", "n == 0"),
        ("next(iter(files), None)", "not files"),
        ("[file for file in files if file > 'a']", "not files"),
        ("dict.fromkeys(files)", "not files"),
        ("v.startswith('b') and v.isdigit()", "v == 'small'"),
    ],
)
def test_a_model_that_hangs_on_what_may_exclude_itself_is_not_known(one: str, other: str) -> None:
    assert "exact" not in variants(one, other).values()


def test_the_reason_names_both_questions() -> None:
    program = source(KERAS + PROGRAM.format(one="n & 1", other="n == 4", before=""))
    open_ones = [network.open for path in analyze(program, 20.0).paths for network in path.networks]
    reasons = {one.reason for one in open_ones if one is not None}
    assert reasons == {"it hangs on conditions in row 11 and row 13 that may exclude each other"}


@pytest.mark.parametrize("one", ["n & 1", "re.match('b', v)", "v.split('i')[0] == 'b'"])
def test_a_question_alone_may_have_either_answer(one: str) -> None:
    assert variants(one, "False") == {(): "exact", (1,): "exact"}


def test_questions_about_different_things_do_not_exclude_each_other() -> None:
    assert variants("n & 1", "re.match('b', v)") == dict.fromkeys(ALL, "exact")


@pytest.mark.parametrize(
    "change",
    [
        "files.append('x')",
        "files += ['x']",
        "files = files + ['x']",
        "files = [*files, 'x']",
        "files[:0] = ['x']",
        "del files[:1]",
        "del files[0]",
        "files = list(filter(None, files))",
    ],
)
def test_a_list_that_was_changed_has_another_length(change: str) -> None:
    found = variants("files", "not glob.glob('data/*.csv')", change)
    assert set(found) == set(ALL)
    assert "exact" not in found.values()


@pytest.mark.parametrize("change", ["files.sort()", "files = sorted(files)", "files = list(map(str, files))"])
def test_a_list_in_another_order_has_the_same(change: str) -> None:
    assert variants("files", "not glob.glob('data/*.csv')", change) == {(1,): "exact", (2,): "exact"}


def test_a_model_that_is_made_under_such_a_condition_is_not_known() -> None:
    code = """
        import os
        v = os.environ.get("V", "")
        if len(v) > 3:
            model = keras.Sequential([keras.Input((4,)), layers.Dense(8 if v.startswith("b") else 4)])
    """
    program = source(KERAS + textwrap.dedent(code))
    assert "exact" not in {model.status for model in summarize(program, analyze(program, 20.0))}


def test_a_model_is_not_made_where_a_step_before_it_fails() -> None:
    code = """
        import settings
        try:
            model = keras.Sequential([keras.Input((4,)), layers.Dense(3 if settings.read() > 2 else 5)])
        except ValueError:
            model = keras.Sequential([keras.Input((6,)), layers.Dense(7)])
        model.add(layers.Dense(1))
    """
    program = source(KERAS + textwrap.dedent(code))
    found = summarize(program, analyze(program, 20.0))
    listed = {(model.status, tuple(layer.output_shape[-1] for layer in model.layers)) for model in found}
    assert {units for status, units in listed if status == "exact"} == {(3, 1), (5, 1), (7, 1)}


def test_what_follows_from_some_answers_follows_from_all() -> None:
    """Beginnings and lengths of texts are not compared with each other; the length follows from the text."""
    assert (1, 2) not in variants("v == 'big'", "len(v) > 3", "assert not v.startswith('s')")
