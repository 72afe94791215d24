"""Runs the examples of rules with the real Keras, statement by statement, on data that need no network."""

from __future__ import annotations

import ast
import importlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Severity
from kerascheck.engine import check_source
from kerascheck.rules.base import Rule, Thresholds
from kerascheck.rules.registry import find_rule

#: What the examples only pretend to have, and forms of old versions.
NOT_RUNNABLE = re.compile(
    r"^from (data|elsewhere|mine) import|^import json, sys|sys\.argv|input_dim=|lr=1\)|layers\.core import"
    r"|flow_from_directory|_from_directory|weights=\"imagenet\"",
    re.MULTILINE,
)


#: Samples in the data that stand for those of a data set.
SAMPLES = 300
#: Epochs are cut to so many: what Keras refuses, it refuses in the first, or where the second begins.
EPOCHS = 2


def keras() -> Any:
    """The real Keras, on TensorFlow; skips where there is none."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    pytest.importorskip("tensorflow", reason="compares with the real Keras: needs TensorFlow (pip install '.[test]')")
    return pytest.importorskip("keras", minversion="3.0", reason="compares with the real Keras 3")


def rules(*codes: str) -> list[Rule]:
    """The rules of these codes."""
    found = [find_rule(code) for code in codes]
    return [rule for rule in found if rule is not None]


@contextmanager
def empty_folder() -> Iterator[None]:
    """Run what is inside in a folder of its own, for what it writes."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def valid_examples(*codes: str) -> list[Any]:
    """The VALID examples that can be run."""
    return [
        pytest.param(code, id=f"{rule.code}-{number}")
        for rule in rules(*codes)
        for number, code in enumerate(rule.VALID)
        if not NOT_RUNNABLE.search(code)
    ]


def invalid_examples(*codes: str) -> list[Any]:
    """The INVALID examples that can be run, each with its rule."""
    return [
        pytest.param(rule, case.code, id=f"{rule.code}-{number}")
        for rule in rules(*codes)
        for number, case in enumerate(rule.INVALID)
        if not NOT_RUNNABLE.search(case.code)
    ]


def rows_of_errors(rule: Rule, code: str) -> set[int]:
    """The rows of the findings that say that the program fails."""
    report = check_source(code.encode(), "example.py", Settings(thresholds=Thresholds()))
    return {d.span.start.row for d in report.diagnostics if d.code == rule.code and d.severity is Severity.ERROR}


def failing_rows(code: str) -> dict[range, BaseException]:
    """Execute the statements one after the other: the rows of those that raise, and what they raise."""
    names: dict[str, Any] = {"__name__": "example"}
    code = smaller(code)
    failed: dict[range, BaseException] = {}
    with empty_folder(), short_training():
        for statement in ast.parse(code).body:
            module = ast.Module([statement], [])
            try:
                exec(compile(module, "example.py", "exec"), names)
            except Exception as error:
                failed[range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)] = error
    return failed


def run(code: str) -> dict[str, Any]:
    """Execute a program; its names."""
    names: dict[str, Any] = {"__name__": "example"}
    with empty_folder(), short_training():
        exec(compile(smaller(code), "example.py", "exec"), names)
    return names


@contextmanager
def short_training() -> Iterator[None]:
    """Meanwhile models train for few epochs, without a word, and predict single samples without all that fit needs."""
    import numpy as np

    model = keras().Model
    fit, predict = model.fit, model.predict

    def short(self: Any, *arguments: Any, **options: Any) -> Any:
        if type(options.get("epochs")) is int:
            options["epochs"] = min(options["epochs"], options.get("initial_epoch", 0) + EPOCHS)
        return fit(self, *arguments, **({"verbose": 0, **options} if len(arguments) < 5 else options))

    def single(self: Any, x: Any, *arguments: Any, **options: Any) -> Any:
        if (
            isinstance(x, np.ndarray)
            and x.shape[:1] == (1,)
            and self.built
            and not arguments
            and options.keys() <= {"verbose"}
        ):
            return self.predict_on_batch(x)
        return predict(self, x, *arguments, **{"verbose": 0, **options} if len(arguments) < 2 else options)

    model.fit, model.predict = short, single
    try:
        yield
    finally:
        model.fit, model.predict = fit, predict


def smaller(code: str) -> str:
    """The program with fewer samples than the data sets have that it loads."""
    return code.replace("60000", str(SAMPLES)).replace("5000", "100")


def stand_in_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace data sets that are downloaded by numbers of their shapes."""
    import numpy as np

    keras()

    def loader(image: tuple[int, ...], label: tuple[int, ...], classes: int) -> Callable[[], Any]:
        def load() -> Any:
            generator = np.random.default_rng(0)

            def part(count: int) -> Any:
                x = generator.integers(0, 256, (count, *image)).astype("uint8")
                return x, generator.integers(0, classes, (count, *label))

            return part(SAMPLES), part(SAMPLES // 2)

        return load

    shapes = {
        "mnist": ((28, 28), (), 10),
        "cifar10": ((32, 32, 3), (1,), 10),
        "cifar100": ((32, 32, 3), (1,), 100),
    }
    for name, facts in shapes.items():
        monkeypatch.setattr(importlib.import_module(f"keras.datasets.{name}"), "load_data", loader(*facts))
