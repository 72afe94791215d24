"""Models that hang on flags of the environment: what is called exact is what the runs for all flags build.

The truth of a program is what a stand-in for Keras records when it is run with every combination of the values of its
flags (`benchmarks/flag_programs.py`, which compares thousands of them).
"""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.machine.helpers import cases

pytestmark = pytest.mark.slow

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

programs = importlib.import_module("flag_programs")
generator = importlib.import_module("flag_generator")
stand_in = importlib.import_module("flag_keras")

HEAD = "import keras\nfrom keras import layers\n"
CASES = cases("flags")
#: Some tens of random programs in each test.
CHUNK = 16
STARTS = range(0, 5 * CHUNK, CHUNK)
#: Of the constructions with one answer over all flags, and of those with 2 to 4, that are exact with just these.
ONE, FEW = 0.97, 0.8


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    yield programs.Checker(tmp_path_factory.mktemp("programs"))


@pytest.fixture(scope="module")
def totals(checker: Any) -> dict[int, Any]:
    return {start: programs.survey(range(start, start + CHUNK), checker) for start in STARTS}


@pytest.mark.parametrize("start", STARTS)
def test_no_exact_claim_is_wrong(totals: dict[int, Any], start: int) -> None:
    assert [failure for failure in totals[start].failures if failure[1] in programs.WRONG] == []


def test_no_error_is_false(totals: dict[int, Any]) -> None:
    kinds = ("false error", "error of some runs")
    assert [failure for one in totals.values() for failure in one.failures if failure[1] in kinds] == []


@pytest.mark.parametrize(("group", "share"), [("one", ONE), ("few", FEW)])
def test_most_are_exact(totals: dict[int, Any], group: str, share: float) -> None:
    whole = programs.Totals()
    for one in totals.values():
        whole.models.update(one.models)
    assert whole.share(group) >= share


@pytest.mark.parametrize("code", CASES.values(), ids=CASES)
def test_all_variants_are_listed(checker: Any, code: str) -> None:
    comparison = programs.judge(HEAD + code, {}, checker)
    assert {verdict for _, _, verdict in comparison.models} == {"exact"}


@pytest.mark.parametrize("seed", [1090349, 1201909, 1203377, 1204607])
def test_claims_that_were_wrong_once(checker: Any, seed: int) -> None:
    """Facts of which only some can be tried together, and conditions that ask for what may fail."""
    survey = programs.survey(range(seed, seed + 1), checker)
    assert [failure for failure in survey.failures if failure[1] in programs.WRONG] == []


def test_a_flag_in_another_module_of_the_project(checker: Any) -> None:
    sizes = 'import os\nUNITS = 16\nif os.environ.get("FLAG_A"):\n    UNITS = 8\n'
    code = "import sizes\nmodel = keras.Sequential([keras.Input((3,)), layers.Dense(sizes.UNITS)])\n"
    comparison = programs.judge(HEAD + code, {"sizes": sizes}, checker)
    assert comparison.models == [(4, 2, "exact")]


def test_a_module_that_is_read_in_an_arm_and_changed(checker: Any) -> None:
    sizes = 'import os\nUNITS = 3\nif os.environ.get("FLAG_B"):\n    UNITS = 8\n'
    code = (
        'import os\nwidth = 1\nif os.environ.get("FLAG_A"):\n    import sizes\n    sizes.UNITS += 10\n'
        "import sizes\nsizes.UNITS += 1\n"
        "model = keras.Sequential([keras.Input((3,)), layers.Dense(sizes.UNITS)])\n"
    )
    comparison = programs.judge(HEAD + code, {"sizes": sizes}, checker)
    assert comparison.models == [(10, 4, "exact")]


def test_a_flag_that_a_module_asks_for_in_another_way(checker: Any) -> None:
    sizes = (
        'import os\nUNITS = 5\nif os.environ.get("FLAG_A", "0") == "1" or os.environ.get("FLAG_B"):\n    UNITS = 7\n'
    )
    code = (
        "import os\nimport sizes\nunits = sizes.UNITS\n"
        'if not (os.environ.get("FLAG_B") or bool(os.environ.get("FLAG_A", ""))):\n    units += 1\n'
        "model = keras.Sequential([keras.Input((3,)), layers.Dense(units)])\n"
    )
    comparison = programs.judge(HEAD + code, {"sizes": sizes}, checker)
    assert comparison.models == [(8, 3, "exact")]


def test_a_flag_that_a_module_and_a_body_that_fails_ask_for(checker: Any) -> None:
    sizes = 'import os\nUNITS = 5\nif os.environ.get("FLAG_A", "0") != "1":\n    UNITS = 7\n'
    code = (
        'import os\nimport sizes\ntry:\n    os.environ["FLAG_A"]\nexcept KeyError:\n    print("no")\n'
        "model = keras.Sequential([keras.Input((3,)), layers.Dense(sizes.UNITS)])\n"
        'if os.environ.get("FLAG_A") == "1":\n    model.add(layers.Dense(2))\n'
    )
    comparison = programs.judge(HEAD + code, {"sizes": sizes}, checker)
    assert comparison.models == [(9, 2, "exact")]


def test_a_text_that_is_no_number_is_none_of_those_it_is_compared_with(checker: Any) -> None:
    """The number is compared as well, which says nothing of the texts that give none."""
    code = (
        HEAD
        + """\
import os
width = 6
try:
    width = int(os.environ["D_A"])
except (KeyError, ValueError):
    try:
        log = []
    except KeyError:
        pass
model = keras.Sequential([keras.Input((4,)), layers.Dense(width)])
if os.environ.get("D_A") == "7":
    model.add(layers.BatchNormalization())
layer = layers.Dense(3 if width > 4 else 2)
"""
    )
    verdicts = programs.judge(code, {}, checker).models
    assert [kind for _, _, kind in verdicts] == ["partly exact"]


def test_cases_beyond_those_that_are_run_are_unknown(checker: Any) -> None:
    count = 20
    value = "".join(f"({index + 10} if os.environ.get('F{index}') else " for index in range(count)) + "7" + ")" * count
    code = f"import os\nwidth = {value}\nmodel = keras.Sequential([keras.Input((4,)), layers.Dense(width + 1)])\n"
    statuses = [status for listed in checker.claims(HEAD + code, {}).models.values() for status, _ in listed]
    assert set(statuses) == {"exact", "unknown"}


CLAIMS = """
import sys, tempfile
from pathlib import Path
sys.path.insert(0, {folder!r})
import flag_generator, flag_programs
claims = flag_programs.Checker(Path(tempfile.gettempdir())).claims(flag_generator.program({seed})[0], {{}})
print(sorted(claims.models.items()), sorted(claims.errors.items()))
"""


def test_claims_are_the_same_in_every_process() -> None:
    """Of more conditions than can be decided, it is always the same ones that are."""
    code = CLAIMS.format(folder=str(Path(__file__).parents[2] / "benchmarks"), seed=64)
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(3)
    }
    assert len(said) == 1 and said != {""}


# -- what must not matter -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(1000, 1020))
def test_names_of_flags_do_not_matter(checker: Any, seed: int) -> None:
    code, modules = generator.program(seed)
    names = dict(zip("ABCDE", "XWVUT", strict=True))

    def renamed(text: str) -> str:
        return re.sub(r"\b([A-Za-z]+)_([A-E])\b", lambda found: f"{found[1]}_{names[found[2]]}", text)

    other = checker.claims(renamed(code), {name: renamed(text) for name, text in modules.items()})
    assert repr(other) == renamed(repr(checker.claims(code, modules)))  # a size is named by how it is written


@pytest.mark.parametrize("seed", range(1020, 1040))
def test_an_unrelated_condition_changes_no_claim(checker: Any, seed: int) -> None:
    code, modules = generator.program(seed)
    begin = code.index("log = []\n")
    unrelated = 'if os.environ.get("UNRELATED"):\n    folder = "b"\n'
    assert checker.claims(code[:begin] + unrelated + code[begin:], modules) == moved(
        checker.claims(code, modules), code, begin
    )


def moved(claims: Any, code: str, begin: int) -> Any:
    """The claims on a program into which two rows are put."""
    first = code[:begin].count("\n") + 1

    def row(number: int | None) -> int | None:
        return number if number is None or number < first else number + 2

    def answer(one: Any) -> Any:
        layers = [replace(layer, row=row(layer.row)) for layer in one.layers]
        return stand_in.answer(one.cls, one.input_shape, one.output_shape, one.total, one.trainable, layers)

    models = {row(at): [(status, answer(one)) for status, one in listed] for at, listed in claims.models.items()}
    return replace(claims, models=models, errors={row(at): text for at, text in claims.errors.items()})


# -- the comparison itself ------------------------------------------------------------------------------------------


def model(units: int) -> Any:
    row = stand_in.Row("Dense", 3, (None, units), 4 * units, True)
    return stand_in.answer("Sequential", (None, 3), (None, units), 4 * units, 4 * units, [row])


@pytest.mark.parametrize(
    ("built", "listed", "verdict"),
    [
        ([4], [("exact", 4)], "exact"),
        ([4, 5], [("exact", 4), ("exact", 5)], "exact"),
        ([4, 5], [("exact", 4)], "missing"),
        ([4], [("exact", 4), ("exact", 5)], "impossible"),
        ([4], [("exact", 5)], "missing and impossible"),
        ([4, 5], [("exact", 4), ("unknown", 9)], "partly exact"),
        ([4], [("unknown", 4)], "not exact"),
        ([4], [], "not listed"),
        ([], [("exact", 4)], "never built"),
    ],
)
def test_verdicts(built: list[int], listed: list[tuple[str, int]], verdict: str) -> None:
    outcomes = [programs.Outcome([(3, model(units))], None, [], {3}) for units in built]
    claims = programs.Claims({3: [(status, model(units)) for status, units in listed]} if listed else {})
    assert programs.compare(programs.Truth(outcomes or [programs.Outcome([], None, [], set())]), claims).models == [
        (3, len(built), verdict)
    ]


def test_what_runs_that_raise_have_built_need_not_be_listed() -> None:
    outcomes = [
        programs.Outcome([(3, model(4))], None, [], {3}),
        programs.Outcome([(3, model(5))], KeyError("x"), [], {3}),
    ]
    for listed in ([4], [4, 5]):
        claims = programs.Claims({3: [("exact", model(units)) for units in listed]})
        assert programs.compare(programs.Truth(outcomes), claims).models == [(3, 1, "exact")]


def test_what_runs_that_raise_would_have_built_is_not_judged() -> None:
    """The layer is frozen behind the fault; another number of units is built by no run."""
    outcomes = [
        programs.Outcome([(3, model(4))], None, [], {3}),
        programs.Outcome([(3, model(5))], KeyError("x"), [], {3}),
    ]
    frozen = [
        replace(made, layers=tuple(replace(row, trainable=False) for row in made.layers))
        for made in (model(5), model(6))
    ]
    for other, verdict in zip(frozen, ("exact", "impossible"), strict=True):
        claims = programs.Claims({3: [("exact", model(4)), ("exact", other)]})
        assert programs.compare(programs.Truth(outcomes), claims).models == [(3, 1, verdict)]


FAULT = HEAD + 'import os\nmodel = keras.Sequential([keras.Input((3,))])\nif os.environ.get("FLAG_A"):\n'


@pytest.mark.parametrize(
    ("code", "row", "kinds"),
    [
        (FAULT + "    model.add(layers.LSTM(3))\n", 6, []),  # every run that gets there raises
        (FAULT + "    model.add(layers.LSTM(3))\n", None, ["missed"]),
        (FAULT + "    model.add(layers.Dense(3))\n", 6, ["false error"]),
        (FAULT + "    model.add(layers.Flatten())\nmodel.add(layers.Dense(3))\n", 7, ["false error"]),
        (
            FAULT + "    model = keras.Sequential([keras.Input((3, 2))])\nmodel.add(layers.LSTM(3))\n",
            7,
            ["error of some runs"],
        ),
    ],
)
def test_verdicts_on_errors(code: str, row: int | None, kinds: list[str]) -> None:
    claims = programs.Claims({}, {} if row is None else {row: "an error"})
    assert [kind for _, kind, _ in programs.compare(programs.truth(code, {}), claims).findings] == kinds


def test_runs_differ_by_their_flags() -> None:
    real = programs.truth(HEAD + CASES["two conditions that act together"], {})
    totals = [[answer.total for _, answer in outcome.answers] for outcome in real.outcomes]
    assert len(totals) == 25 and totals[:3] == [[16], [24], [24]]  # FLAG_B is not set, "1", "2"
    assert {total for (total,) in totals} == {16, 20, 24, 28}


def test_the_comparison_is_not_idle(totals: dict[int, Any]) -> None:
    whole = programs.Totals()
    for one in totals.values():
        whole.models.update(one.models)
    groups = {
        group: sum(n for (name, _), n in whole.models.items() if name == group) for group in ("one", "few", "many")
    }
    assert groups["one"] > 50 and groups["few"] > 20 and groups["many"] > 0


def test_a_program_is_its_seed() -> None:
    assert generator.program(7) == generator.program(7) != generator.program(8)


def test_failures_are_made_small(checker: Any) -> None:
    """The one line that the verdict hangs on is left of many."""
    noise = "".join(f"other{number} = {number}\n" for number in range(20))
    code = noise + HEAD + noise + "if 1:\n    model = keras.Sequential([keras.Input((3,)), layers.Dense(4)])\n" + noise
    small, _ = programs.minimize(code, {}, "exact", checker)
    assert small == HEAD + "model = keras.Sequential([keras.Input((3,)), layers.Dense(4)])\n"


# -- what the analysis has forgotten -------------------------------------------------------------------------------

FORGOTTEN = {
    "the length of a list that rounds replace": (
        "units = [6, 16]\nfor path in glob.glob('data_A/*.csv'):\n    units = units[:2]\n",
        "if len(units) > 1:\n    model.add(layers.Dense(3))\n",
    ),
    "a list that rounds let grow": (
        "units = [6, 16]\nfor path in glob.glob('data_A/*.csv'):\n    units.append(3)\n",
        "model.add(layers.Dense(units[-1] if units else 7))\n",
    ),
    "the length of a list that rounds let grow": (
        "units = [6, 16]\nfor path in glob.glob('data_A/*.csv'):\n    units.insert(0, 12)\n",
        "if len(units) > 1:\n    model.add(layers.Dense(3))\n",
    ),
    "a list made of one that rounds change": (
        "units = [6, 16]\nfor path in glob.glob('data_A/*.csv'):\n    units = units[:2]\nunits = list(units)\n"
        "if glob.glob('data_B/*.csv'):\n    units.append(3)\n",
        "if len(units) > 1:\n    model.add(layers.Dense(3))\n",
    ),
    "the largest item of a list that rounds let grow": (
        "units = [4, 4]\nfor path in glob.glob('data_A/*.csv'):\n    units.append(6)\n",
        "if max(*units, 3) > 3:\n    model.add(layers.Dense(4))\n",
    ),
    "a pattern of a list that rounds let grow": (
        "units = [5, 2]\nfor path in glob.glob('data_A/*.csv'):\n    units.insert(0, 4)\n",
        "match units:\n    case [*_, 3]:\n        model.add(layers.Dense(5))\n",
    ),
    "a number that rounds let grow": (
        "units = 4\nfor path in glob.glob('data_A/*.csv'):\n    units += 2\n",
        "if units > 3:\n    model.add(layers.Dense(3))\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), FORGOTTEN.values(), ids=FORGOTTEN)
def test_a_model_that_hangs_on_what_is_forgotten_is_not_exact(checker: Any, before: str, after: str) -> None:
    """Rounds that are not followed make things unknown: not all that may then be asked of them occurs."""
    code = f"import glob\n{before}model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])\n{after}"
    comparison = programs.judge(HEAD + code, {}, checker)
    assert not {verdict for _, _, verdict in comparison.models} & {*programs.WRONG, "not listed"}


GROWN = "units = [4, 4]\nfor path in glob.glob('data_A/*.csv'):\n    units.append(6)\n"
BLOCK = """
def block(x):
    x = layers.Dense(4)(x)
    if os.environ.get("MODE_A") != "small":
        return x
    return layers.Dense(3)(x)
"""


@pytest.mark.parametrize(
    "walked",
    [
        "for size in units",
        "for place, size in enumerate(units)",
        "for size in reversed(units)",
        "for size, other in zip(units, units)",
        "for size in [4, *units]",
        "for size in [size + 1 for size in units]",
        "for size in map(abs, units)",
        "for size in (size for size in units)",
        "for size in units + [3]",
        "for size in units * 2",
        "for size in units[:1]",
        "for size in sorted(units)[::-1]",
        "units.append(4)\nfor size in units",
        "units.extend([4])\nfor size in units",
    ],
)
def test_rounds_over_a_list_that_rounds_let_grow(checker: Any, walked: str) -> None:
    """The list has two items at least, which is not known behind the loop: that there is no round is no variant."""
    code = f"import glob, os\n{GROWN}{BLOCK}given = x = keras.Input((4,))\n{walked}:\n    x = block(x)\n"
    code += "model = keras.Model(given, block(x))\n"
    comparison = programs.judge(HEAD + code, {}, checker)
    assert not {verdict for _, _, verdict in comparison.models} & {*programs.WRONG, "not listed"}


def test_a_model_that_does_not_hang_on_it_is(checker: Any) -> None:
    before, after = FORGOTTEN["a number that rounds let grow"]
    code = (
        f"import glob\n{before}model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])\n{after}"
        "other = keras.Sequential([keras.Input((4,)), layers.Dense(2)])\n"
    )
    comparison = programs.judge(HEAD + code, {}, checker)
    assert comparison.models[-1][1:] == (1, "exact")


def test_a_layer_that_is_refused_in_a_case_that_is_not_run(checker: Any) -> None:
    """Of more conditions than are decided, some are joined: what hangs on whether Keras refuses is not known then."""
    code = """
import os
first, second, units = 10, 2, [3, 3]
flag, number = os.environ.get("FLAG_B"), int(os.environ.get("N_A", "3"))
units = [w for w in units if w > 8 or "FLAG_B" in os.environ]
if "FLAG_B" in os.environ:
    if flag or number >= 4:
        second += 1
    first, *units = units + [6]
model = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(len(units) + 1 if flag else 8, 3)])
if flag:
    model.add(layers.MaxPooling2D())
model.add(layers.Dense(max(second, 5)))
try:
    other = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(16, 3 if 1 < number <= 4 else 30)])
    other.add(layers.Flatten())
except ValueError:
    other = keras.Sequential([keras.Input((6,)), layers.Dense(4)])
    if number > 2 and flag:
        second = 8 + 4 * (flag == "1")
def build(width):
    net = keras.Sequential([keras.Input((4,)), layers.Dense(width + width)])
    if number >= 4:
        net.add(layers.Dense(width))
if not 1 < number <= 4:
    build(second)
"""
    comparison = programs.judge(HEAD + code, {}, checker)
    assert not {verdict for _, _, verdict in comparison.models} & {*programs.WRONG, "not listed"}


@pytest.mark.parametrize("joined", [" and ".join(["True"] * 600), " or ".join(["False"] * 600 + ["True"])])
def test_a_long_chain_of_known_conditions(checker: Any, joined: str) -> None:
    code = f"model = keras.Sequential([keras.Input((4,)), layers.Dense(3 if {joined} else 4)])\n"
    assert programs.judge(HEAD + code, {}, checker).models == [(3, 1, "exact")]


def test_what_nests_too_deeply_is_no_variant(checker: Any) -> None:
    """Such a condition is known to Python: it holds in one way only."""
    deep = "not " * 200 + "True"
    code = f"model = keras.Sequential([keras.Input((4,)), layers.Dense(3 if {deep} else 4)])\n"
    assert programs.judge(HEAD + code, {}, checker).models == [(3, 1, "not exact")]


def test_a_row_that_is_refused_later_in_other_runs_is_not_missed() -> None:
    """The layer is refused where it is made in one run, and in the others where it is called."""
    code = """
import os
width = -1 if os.environ.get("FLAG_A") else 3
dense = layers.Dense(width)
one = dense(keras.Input((2,)))
two = dense(keras.Input((5,)))
"""
    comparison = programs.compare(programs.truth(HEAD + code, {}), programs.Claims(errors={8: "KC"}))
    assert comparison.kinds() == set()
