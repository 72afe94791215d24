"""What is claimed of the values of random numpy programs is true of the real ones."""

from __future__ import annotations

import os
import random

import pytest

pytestmark = pytest.mark.slow

np = pytest.importorskip("numpy")

from tests.data.agreement import Sizes, disagreement  # noqa: E402
from tests.data.numpy_programs import N, program  # noqa: E402
from tests.machine.helpers import execute_module  # noqa: E402

#: More of them: KERASCHECK_EXAMPLES=20000.
EXAMPLES = int(os.environ.get("KERASCHECK_EXAMPLES", "300"))
_CHUNK = 100


@pytest.mark.parametrize("start", range(0, EXAMPLES, _CHUNK))
def test_claims_hold(start: int) -> None:
    for seed in range(start, start + _CHUNK):
        written = program(random.Random(seed))
        _, scope = execute_module(written.code)
        sizes = Sizes(n=N)
        for name, real in written.names.items():
            if name.startswith("v"):
                why = disagreement(scope.vars.get(name), real, sizes)
                assert why is None, f"{name}: {why}\n(seed {seed})\n{written.code}"
