"""The installed Keras, for the tests that compare with it."""

from __future__ import annotations

import os
from typing import Any

import pytest


@pytest.fixture(scope="session")
def keras() -> Any:
    """The real thing on the TensorFlow backend; skips the test where it is absent."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    pytest.importorskip("tensorflow", reason="compares with the real Keras: needs TensorFlow (pip install '.[test]')")
    return pytest.importorskip("keras", minversion="3.0", reason="compares with the real Keras 3")
