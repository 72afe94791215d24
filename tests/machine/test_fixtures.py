"""Parameters of tests are what the fixtures of pytest give, each one value for the whole test."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.machine.helpers import KERAS, build

_SHARED = """
import keras
import pytest

@pytest.fixture(scope="module")
def image():
    return keras.Input((8, 8, 3))

@pytest.fixture(scope="session")
def grown():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(9)])

@pytest.fixture
def units():
    yield 7
    print("over")
"""


@pytest.fixture
def filename(tmp_path: Path) -> str:
    (tmp_path / "conftest.py").write_text(_SHARED)
    (tmp_path / "unit").mkdir()
    return str(tmp_path / "unit" / "test_models.py")


def _widths(code: str, filename: str) -> list[object]:
    """The outputs of the models that are known."""
    text = "import pytest\n" + KERAS + textwrap.dedent(code)
    paths = build(text, filename).paths
    return [
        network.output_shapes()
        for path in paths
        for network in path.networks
        if network.status() == "exact" and network.cls == "Functional"
    ]


def test_fixtures_of_the_module_and_of_its_folders_are_met(filename: str) -> None:
    found = _widths(
        """
        @pytest.fixture()
        def flat(image):
            return Flatten()(image)
        class TestHeads:
            def test_width(self, flat, image, units):
                Model(image, Dense(units)(flat))
        """,
        filename,
    )
    assert found == [[(None, 7)]]


def test_the_nearest_one_is_meant(filename: str) -> None:
    code = """
        @pytest.fixture
        def units():
            return 2
        def test_width(image, units):
            Model(image, Dense(units)(image))
    """
    assert _widths(code, filename) == [[(None, 8, 8, 2)]]


@pytest.mark.parametrize(
    "head",
    ["def helper(image, units):", "def test_width(image, units=3):", "@pytest.mark.skip\ndef test(image, units):"],
)
def test_others_are_given_nothing(filename: str, head: str) -> None:
    assert _widths(f"{head}\n    Model(image, Dense(units)(image))\n", filename) == []


def test_a_function_of_that_name_is_no_fixture(filename: str) -> None:
    code = """
        def width():
            return 2
        def test_width(image, width):
            Model(image, Dense(width)(image))
    """
    assert _widths(code, filename) == []


def test_what_several_tests_share_may_be_another_by_now(filename: str) -> None:
    code = """
        def test_width(grown):
            grown.add(Dense(2))
            Model(grown.inputs, grown.outputs)
    """
    paths = build("import pytest\n" + KERAS + textwrap.dedent(code), filename).paths
    assert {network.status() for path in paths for network in path.networks} == {"unknown"}


def test_a_fixture_that_asks_for_itself_is_not_known(filename: str) -> None:
    code = """
        @pytest.fixture
        def first(second):
            return second
        @pytest.fixture
        def second(first):
            return first
        def test_width(image, first):
            Model(image, Dense(first)(image))
    """
    assert _widths(code, filename) == []
