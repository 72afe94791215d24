"""Which imports surely work or fail."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from kerascheck.machine import import_outcomes
from kerascheck.machine.import_outcomes import outcome_of
from tests.machine.helpers import known, model


@pytest.mark.parametrize(
    ("module", "names", "expected"),
    [
        ("keras.layers", ["CuDNNLSTM"], "fails"),
        ("tensorflow.keras.layers", ["Dense", "CuDNNGRU"], "fails"),
        ("tensorflow.compat.v1.keras.layers", ["CuDNNLSTM"], "unknown"),
        ("keras.layers", ["Dense", "Conv2D"], "works"),
        ("keras.layers.core", ["Dense"], "fails"),
        ("keras.utils.np_utils", [], "fails"),
        ("keras.layers", ["SomethingElse"], "unknown"),
        ("tensorflow.contrib", ["rnn"], "fails"),
        ("cPickle", [], "fails"),
        ("collections", ["Mapping"], "fails"),
        ("json", [], "works"),
        ("winreg", [], "unknown"),
        ("numpy", [], "works"),
        ("a_package_of_somebody", [], "unknown"),
    ],
)
def test_outcomes(module: str, names: list[str], expected: str) -> None:
    assert outcome_of(module, names) == expected


def test_older_keras_may_have_all_of_it() -> None:
    assert outcome_of("keras.layers", ["CuDNNLSTM"], dialect=2) == "unknown"


def test_what_the_program_cannot_do_without_is_there() -> None:
    assert outcome_of("pandas", text="import pandas as pd\n") == "works"
    assert outcome_of("pandas", text="try:\n    import pandas as pd\nexcept ImportError:\n    pass\n") == "unknown"


def test_the_handler_runs_where_the_import_fails() -> None:
    code = (
        "try:\n    from keras.layers import CuDNNLSTM as Cell\nexcept ImportError:\n    from keras.layers import LSTM as Cell\n"
        "model = Sequential([Input((5, 3)), Cell(4)])"
    )
    assert model(code).layers[0].cls == "LSTM"
    assert known("try:\n    import cPickle\n    x = 1\nexcept ImportError:\n    x = 2") == 2
    attribute = "import keras\ntry:\n    keras.layers.CuDNNGRU\n    x = 1\nexcept AttributeError:\n    x = 2"
    assert known(attribute) == 2
    assert known(attribute.replace("import keras", "from tensorflow.compat.v1 import keras")) == 1


@pytest.mark.oracle
@pytest.mark.parametrize("root", ["keras", "tensorflow.keras"])
def test_removed_layers_are_gone(keras: Any, root: str) -> None:
    package = importlib.import_module("tensorflow").keras if root != "keras" else keras
    for name in import_outcomes.REMOVED:
        assert hasattr(package.layers, name) is not import_outcomes.is_gone(f"layers.{name}", root), name
