"""`os.path` and `pathlib`."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.machine.modules.paths import path_key
from tests.machine.helpers import known, value_of

_HEAD = "import os\nfrom pathlib import Path\nfrom lib import base, other\n"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("os.path.join('a', 'b', 'c.h5')", "a/b/c.h5"),
        ("os.path.join('a', '/b')", "/b"),
        ("os.path.basename('a/b.h5')", "b.h5"),
        ("os.path.dirname('a/b.h5')", "a"),
        ("os.path.splitext('a/b.h5')", ("a/b", ".h5")),
        ("str(Path('a') / 'b' / 'c.h5')", "a/b/c.h5"),
        ("f\"{Path('a') / 'b'}.h5\"", "a/b.h5"),
        ("Path('a', 'b.h5').stem", "b"),
        ("Path('a/b.h5').suffix", ".h5"),
        ("str(Path('a/b.h5').parent)", "a"),
        ("Path('a/b.h5').with_suffix('.keras').name", "b.keras"),
        ("Path('a/b.h5').parts", ("a", "b.h5")),
        ("isinstance(Path('a'), Path)", True),
        ("isinstance(Path('a'), str)", False),
    ],
)
def test_known_paths(expression: str, expected: Any) -> None:
    assert known(f"{_HEAD}x = {expression}") == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("'./a.h5'", "'a.h5'", True),
        ("Path('a') / 'b'", "os.path.join('a', 'b')", True),
        ("os.path.join(base, 'b')", "os.path.join(base, 'b')", True),
        ("os.path.join(base, 'b')", "os.path.join(base, 'c')", False),
        ("os.path.join(base, 'b')", "os.path.join(other, 'b')", False),
        ("f'{base}/b.h5'", "f'{base}/b.h5'", True),
        ("f'{base}/b.h5'", "f'{other}/b.h5'", False),
        ("f'{base:3}/b.h5'", "f'{base}/b.h5'", False),
        ("Path(base).parent / 'b'", "Path(base).parent / 'b'", True),
    ],
)
def test_paths_are_the_same_by_how_they_are_made(one: str, other: str, same: bool) -> None:
    x, y = value_of(f"{_HEAD}both = ({one}, {other})", "both")
    assert (path_key(x) == path_key(y)) is same
