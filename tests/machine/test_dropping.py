"""Calls whose result is not kept: which are noted."""

from __future__ import annotations

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_source

HEAD = """\
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
x, frame = np.random.rand(64, 4), pd.DataFrame(np.random.rand(64, 4))
data = tf.data.Dataset.from_tensor_slices((x, np.ones(64))).batch(8)
"""
TAIL = """
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data)
"""


@pytest.mark.parametrize(
    "code",
    [
        "x.reshape(-1)",
        "np.squeeze(x)",
        "frame.dropna()",
        "data.map(lambda a, b: (a, b)).shuffle(4)",
        "keras.models.load_model('m.keras')",
    ],
)
def test_a_result_that_is_lost_is_noted(code: str) -> None:
    found = check_source((HEAD + code + TAIL).encode(), "example.py", Settings()).diagnostics
    assert [(d.code, d.span.start.row) for d in found if d.code == "KC469"] == [("KC469", HEAD.count("\n") + 1)]


@pytest.mark.parametrize(
    "code",
    ["frame.dropna(inplace=True)", "x.sort()", "np.clip(x, 0, 1, out=x)", "np.random.shuffle(x)", "print(x.reshape(-1))",
     "list(data.take(1))", "frame.head()"],
)  # fmt: skip
def test_what_changes_something_or_is_shown_is_not(code: str) -> None:
    found = check_source((HEAD + code + TAIL).encode(), "example.py", Settings()).diagnostics
    assert [d.message for d in found if d.code == "KC469"] == []
