"""Models that are built by their first data."""

from __future__ import annotations

from typing import Any

import pytest

from tests.interp.helpers import KERAS, build, marked_cases, model
from tests.interp.test_oracle import compare_with_keras

PROGRAMS = marked_cases("first_data", default="exact")


@pytest.mark.oracle
@pytest.mark.parametrize(("code", "status"), PROGRAMS.values(), ids=PROGRAMS)
def test_as_keras_builds_it(keras: Any, code: str, status: str) -> None:
    compare_with_keras(keras, KERAS + code, status)


def test_a_model_of_the_program_on_a_tuple() -> None:
    code = """
    import numpy as np
    class Two(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = Dense(2)
        def call(self, inputs):
            a, b = inputs
            return self.dense(a) + b
    model = Two()
    model.compile("adam", "mse")
    model.fit((np.zeros((32, 4)), np.zeros((32, 2))), np.zeros((32, 2)))
    """
    network = build(code).paths[0].networks[0]
    assert (network.status(), network.params()) == ("exact", 10)


def test_a_first_batch_of_unknown_size() -> None:
    code = "import numpy as np\nfrom lib import x\nmodel = Sequential([Dense(4)])\nmodel.predict(np.zeros((len(x), 3)))"
    assert model(code).status() == "unknown"
