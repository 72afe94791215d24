"""The installed Keras, for the tests that compare with it."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from kerascheck import processes

if sys.platform.startswith("linux"):
    # The threads of pytest-xdist hold no locks that matter, and tests put things in place of others in this process.
    processes.method = "fork"


@pytest.fixture(scope="session")
def keras() -> Any:
    """The real thing on the TensorFlow backend; skips the test where it is absent."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    pytest.importorskip("tensorflow", reason="compares with the real Keras: needs TensorFlow (pip install '.[test]')")
    return pytest.importorskip("keras", minversion="3.0", reason="compares with the real Keras 3")
