"""What is claimed of the values of random pandas programs is true of the real ones."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

pytest.importorskip("pandas", minversion="3")

from tests.data.agreement import Sizes, disagreement
from tests.data.pandas_programs import N, program, write_file
from tests.machine.helpers import execute_module

pytestmark = pytest.mark.slow

#: More of them: KERASCHECK_EXAMPLES=20000.
EXAMPLES = int(os.environ.get("KERASCHECK_EXAMPLES", "200"))
_CHUNK = 100


@pytest.mark.parametrize("start", range(0, EXAMPLES, _CHUNK))
def test_claims_hold(start: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_file(tmp_path)
    monkeypatch.chdir(tmp_path)
    for seed in range(start, start + _CHUNK):
        written = program(random.Random(seed))
        _, scope = execute_module(written.code)
        sizes = Sizes(n=N)
        for name, real in written.names.items():
            if name.startswith("v"):
                why = disagreement(scope.vars.get(name), real, sizes)
                assert why is None, f"{name}: {why}\n(seed {seed})\n{written.code}"
