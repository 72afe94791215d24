"""The public names of Keras 3, and what is near to them."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from kerascheck import api
from kerascheck.configuration.config import Settings
from kerascheck.keras.names import exists, modules_with, names_in, nearest


def test_names_of_a_module() -> None:
    assert {"Dense", "Conv2D"} <= names_in("keras.layers") and "layers" in names_in("keras")
    assert not names_in("keras.layers.Dense") and not names_in("keras.nothing")


def test_where_a_name_is() -> None:
    assert modules_with("to_categorical") == ["keras.utils"]
    assert modules_with("Sequential")[0] == "keras"
    assert "keras.metrics" not in modules_with("mean_squared_error", "tf.keras")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Conv2d", "Conv2D"),
        ("dense", "Dense"),
        ("Desne", "Dense"),
        ("Droput", "Dropout"),
        ("BatchNormalisation", "BatchNormalization"),
        ("Transformer", None),
        ("X", None),
    ],
)
def test_misspelt_names(written: str, meant: str | None) -> None:
    assert nearest(written, names_in("keras.layers")) == meant


def test_no_public_name_is_unknown() -> None:
    """Of the modules that hold most of them: imported, and through their modules, by both packages."""
    settings = Settings(target="keras3")
    for package in ("keras", "tf.keras"):
        root = "keras" if package == "keras" else "tensorflow.keras"
        for module in ("", ".layers", ".optimizers", ".losses", ".metrics", ".ops", ".utils", ".saving", ".backend"):
            found = sorted(names_in(f"keras{module}", package))  # type: ignore[arg-type]
            code = "".join(f"from {root}{module} import {name} as a_{name}\n" for name in found)
            code += f"import {root} as k\n" + "".join(f"x = k{module}.{name}\n" for name in found)
            assert [one for one in api.check(code, "x.py", settings=settings).diagnostics if one.code == "KC511"] == []


@pytest.mark.oracle
@pytest.mark.parametrize("module", ["keras.layers", "keras.models", "keras.optimizers", "keras"])
def test_keras_has_no_other_public_names(keras: Any, module: str) -> None:
    there = {name for name in dir(importlib.import_module(module)) if not name.startswith("_")} - {"src", "api"}
    assert {name for name in there if not exists(f"{module}.{name}")} == set()
    with pytest.raises(ImportError):
        exec(f"from {module} import Desne")
