"""Functions that nobody calls: what is taken for given about their parameters."""

from __future__ import annotations

import pytest

from kerascheck.network.ir import Network
from tests.interp.helpers import build, raised

BUILDER = """
def stack(units=4, depth=1, activation="relu", kwargs=None):
    x = y = Input((3,))
    for _ in range(depth):
        y = Dense(units, activation)(y)
    return Model(x, y)

def tall(units=8, **kwargs):
    depth = kwargs.pop("depth", 2)
    return {call}
"""


def _models(code: str) -> list[Network]:
    return [network for path in build(code).paths for network in path.networks]


@pytest.mark.parametrize(
    "call", ["stack(units, depth, **kwargs)", "stack(**locals(), **kwargs)", "stack(units, depth, kwargs=kwargs)"]
)
def test_nothing_is_given_through_double_stars(call: str) -> None:
    *_, made = _models(BUILDER.format(call=call))
    assert (made.status(), made.params()) == ("exact", (3 + 1) * 8 + (8 + 1) * 8)


@pytest.mark.parametrize(
    "code",
    [
        "def make(**options):\n    return Dense(**options)\n",
        "def make(**options):\n    return options['units']\n",
        "def make(**options):\n    return Sequential([Input((8, 8, 3)), Conv2D(filters=4, **options)])\n",
        "class Own(Layer):\n    def __init__(self, n):\n        super().__init__()\n\n"
        "def make(**options):\n    return Own(**options)\n",
        "def inner(**options):\n    return Dense(**options)\n\ndef make(**options):\n    return inner(**options)\n",
    ],
)
def test_but_nobody_is_blamed_for_that(code: str) -> None:
    assert raised(code) == []
