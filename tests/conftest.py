"""The installed Keras, for the tests that compare with it."""

from __future__ import annotations

import gc
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kerascheck.runtime import processes

if sys.platform.startswith("linux"):
    # The threads of pytest-xdist hold no locks that matter, and tests put things in place of others in this process.
    processes.method = "fork"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules that load TensorFlow come last: processes that have it are slow to copy, and many others copy theirs.

    Those of many tests are at the beginning and at the end: their tests are short, while a module of few that take long
    would leave another process without work, if it came last.
    """
    sizes = Counter(item.path for item in items)
    loading = {item.path for item in items if item.get_closest_marker("oracle") is not None}
    items.sort(
        key=lambda item: (
            item.path in loading,
            sizes[item.path] if item.path in loading else -sizes[item.path],
            str(item.path),
        )
    )


def pytest_collection_finish() -> None:
    """What is there before the first test stays: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()


#: So much more memory than after the last full collection is worth another one.
_GROWTH = 1 << 30
_seen_at = 0


@pytest.fixture(scope="module", autouse=True)
def _left_alone() -> None:
    """The same goes for what the tests of other modules have left, unless it has become much.

    What is frozen is never freed where it hangs together in a circle: graphs of TensorFlow take gigabytes.
    """
    global _seen_at
    now = _memory()
    if now > _seen_at + _GROWTH:
        gc.unfreeze()
        gc.collect()
        _seen_at = _memory()
    else:
        gc.collect()
    gc.freeze()


def _memory() -> int:
    """What this process has in memory, in bytes; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


@pytest.fixture(scope="session")
def keras() -> Any:
    """The real thing on the TensorFlow backend; skips the test where it is absent."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    pytest.importorskip("tensorflow", reason="compares with the real Keras: needs TensorFlow (pip install '.[test]')")
    found = pytest.importorskip("keras", minversion="3.0", reason="compares with the real Keras 3")
    gc.freeze()  # `clear_session` collects garbage, each time among all that TensorFlow and the tests consist of
    return found
