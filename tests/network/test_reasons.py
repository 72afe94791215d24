"""Why models are not known, and what would make them known."""

from __future__ import annotations

import pytest

import kerascheck
from kerascheck.configuration.config import Settings

HEAD = "import keras\nimport elsewhere\nfrom keras import layers\ni = keras.Input((4,))\n"


@pytest.mark.parametrize(
    ("program", "reason", "advice"),
    [
        ("m = keras.Sequential()\n", "it has no layers", "add its layers"),
        ("m = keras.Model(i, elsewhere.block(i))\n", "elsewhere.block", "# kerascheck: shape x (None, 64)"),
        ("m = keras.models.load_model('x.keras')\n", "loaded from a file", "build it in code of the project"),
        (
            "n = elsewhere.size()\nm = keras.Sequential([keras.Input((n,)), layers.Dense(2)])\n",
            "depends on 2*n + 2",
            "# kerascheck: shape n 64",
        ),
    ],
)
def test_what_is_said(program: str, reason: str, advice: str) -> None:
    [unclear] = kerascheck.check(HEAD + program, settings=Settings()).unclear
    assert reason in unclear.reason
    assert advice in unclear.advice
