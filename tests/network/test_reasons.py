"""Why models are not known, and what would make them known."""

from __future__ import annotations

import pytest

import kerascheck
from kerascheck.configuration.config import Settings
from kerascheck.network.reasons import _only_name

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
        (
            "n = elsewhere.size()\nm = keras.Sequential([keras.Input((4,)), layers.Dense(n + 1)])\n",
            "depends on n + 1",
            "# kerascheck: shape n 64",
        ),
        (
            "m = keras.Sequential([i, layers.Dense(2)])\nelsewhere.use(m)\n",
            "it is passed to elsewhere.use, which is not analysed",
            "what may happen to it there is not known",
        ),
        (
            "def build(n, w):\n    return keras.Sequential([i, layers.Dense(n), layers.Reshape(w)])\n",
            "parameter w of build",
            "write its arguments as numbers",
        ),
    ],
)
def test_what_is_said(program: str, reason: str, advice: str) -> None:
    [unclear] = kerascheck.check(HEAD + program, settings=Settings()).unclear
    assert reason in unclear.reason
    assert advice in unclear.advice


@pytest.mark.parametrize(
    ("size", "name"),
    [
        ("top + 1", "top"),
        ("2*(top - 1)", "top"),
        ("a + b", None),
        ("len(x)", None),
        ("args.n + 1", None),
        ("?.shape[0]", None),
    ],
)
def test_the_one_name_that_a_size_hangs_on(size: str, name: str | None) -> None:
    assert _only_name(size) == name
