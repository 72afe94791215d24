"""Lists whose items are not known one by one: what is done to them is done to their length."""

from __future__ import annotations

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_source
from kerascheck.symbolic.unknown import Unknown
from tests.data.real import check
from tests.machine.helpers import value_of

pytest.importorskip("sklearn")

HEAD = """
import numpy as np
from sklearn.model_selection import train_test_split
X = np.random.RandomState(0).rand(24, 3)
a, b = train_test_split([1, 2, 3, 4, 5, 6, 7, 8])
images = [np.zeros((4, 5)) + row.sum() for row in X]
"""

LINES = [
    "c = a + b", "c = a + [9]", "c = [9] + a", "c = a * 3", "c = 2 * a", "c = a + []", "c = a[1:]", "c = a[:-2]",
    "c = np.array(a)", "c = np.array(images)", "c = images[0]", "c = images[2:5]", "c = np.array(a) + 1",
    "c = np.array([image * 2 for image in images])", "c = np.stack(images)", "c = len(images + images)",
    "c = isinstance(a, list)", "c = a\nc += [1, 2]", "c = a\nc *= 2", "d = a\nd += b\nc = len(a)",
    "c = [np.argmax(image) for image in images]", "c = [len(row) for row in X]", "c = np.concatenate([a, b])",
]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_lists(line: str) -> None:
    check(HEAD + line, "c")


@pytest.mark.parametrize("line", ["a.append(1)", "a.extend([1])", "a.pop()", "for i in input():\n    a += [i]"])
def test_how_long_a_changed_list_is_is_not_known(line: str) -> None:
    assert not isinstance(value_of(f"{HEAD}{line}\nc = len(a)", "c"), int)


def test_a_list_of_samples_is_not_taken_for_an_array() -> None:
    from kerascheck.data.training import part

    assert isinstance(part(value_of(HEAD, "a")), Unknown)


SHUFFLED = """
import random
import numpy as np
x, y = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [1, 2, 0]
np.random.shuffle(x)
random.shuffle(y)
"""


@pytest.mark.parametrize(
    "line",
    ["c = len(x)", "c = np.array(x)", "c = np.array(y)", "c = np.reshape(x, (len(x), 1, 2))", "c = len(x[1])"],
)
def test_a_shuffled_list_is_as_long_as_before(line: str) -> None:
    check(SHUFFLED + line, "c")


@pytest.mark.parametrize("line", ["c = y[0]", "c = y[1] == y[2]", "c = x[0][1]"])
def test_what_comes_first_in_a_shuffled_list_is_not_known(line: str) -> None:
    assert isinstance(value_of(SHUFFLED + line, "c"), Unknown)


@pytest.mark.parametrize("items", ["[1, 'a', 2]", "[[1], [2, 3]]", "[None, 1]", "list(range(2000))"])
def test_items_of_other_kinds_are_forgotten_with_their_number(items: str) -> None:
    value = value_of(f"import random\nc = {items}\nrandom.shuffle(c)\n", "c")
    assert value.unknown is not None


def test_lists_that_loops_fill_with_lists_of_unknown_length_have_no_known_items() -> None:
    """The first round of the outer loop may find the inner one without a round; the others may not."""
    loop = "for i in range(a.n):\n    row = []\n    for j in range(a.m):\n        row.append(a.g(i, j))\n    rows.append(row)\n"
    program = (
        f"import numpy as np\nimport keras, mine\na = mine.foo()\nrows = []\n{loop}x = np.array(rows)\ny = x[0][0]\n"
    )
    assert check_source(program.encode(), "x.py", Settings()).diagnostics == []
