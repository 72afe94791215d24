"""The stand-in for Keras builds and refuses what the real one does, on random programs."""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

stand_in = importlib.import_module("flag_keras")
generator = importlib.import_module("flag_generator")
programs = importlib.import_module("flag_programs")

#: The real Keras makes every weight.
MAX_PARAMS = 300_000
#: Runs of each program.
RUNS = 2


@contextmanager
def noted(keras: Any) -> Iterator[dict[int, tuple[Any, int | None]]]:
    """The layers and models that the program itself makes, with the rows where it does, in order."""
    operation = importlib.import_module("keras.src.ops.operation").Operation
    original = operation.__dict__["__new__"]
    made: dict[int, tuple[Any, int | None]] = {}

    def noting(cls: Any, *args: Any, **kwargs: Any) -> Any:
        one = original.__func__(cls, *args, **kwargs)
        frame: Any = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename not in (stand_in.PROGRAM, stand_in.MODULE):
            if frame.f_code.co_filename.endswith("sequential.py") and frame.f_code.co_name != "__new__":
                return one  # what a Sequential makes for itself
            frame = frame.f_back
        row = frame.f_lineno if frame is not None and frame.f_code.co_filename == stand_in.PROGRAM else None
        made[id(one)] = one, row
        return one

    operation.__new__ = staticmethod(noting)
    try:
        yield made
    finally:
        operation.__new__ = original


def real_answer(model: Any, made: dict[int, tuple[Any, int | None]]) -> Any:
    """A real model in the form of the stand-in."""
    rows = []
    if type(model).__name__ not in ("Sequential", "Functional"):
        rows = [stand_in.Row(type(one).__name__, made[id(one)][1], None, None, one.trainable) for one in model.layers]
        return stand_in.answer(type(model).__name__, None, None, *counts(model), rows)
    built = model.built and bool(
        model.inputs if not isinstance(model, sys.modules["keras"].Sequential) else model._functional
    )
    for layer in model.layers:
        shape = tuple(layer.output.shape) if built and layer.__class__.__name__ != "InputLayer" else None
        if layer.__class__.__name__ == "InputLayer":
            shape = tuple(layer.batch_shape)
        params = layer.count_params() if built else None
        rows.append(stand_in.Row(type(layer).__name__, made[id(layer)][1], shape, params, layer.trainable))
    if not built:
        return stand_in.answer(type(model).__name__, None, None, None, None, rows)
    return stand_in.answer(
        type(model).__name__,
        stand_in.one_or_many([tensor.shape for tensor in model.inputs]),
        stand_in.one_or_many([tensor.shape for tensor in model.outputs]),
        *counts(model),
        rows,
    )


def counts(model: Any) -> tuple[int, int]:
    """All numbers of a model, and those that are trained."""
    return model.count_params(), sum(weight.value.numpy().size for weight in model.trainable_weights)


def comparable(answers: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """The answers of the stand-in, in order; Keras keeps no shapes of the layers in a model class of the program's own."""
    return sorted(
        ((row, one if one.cls in ("Sequential", "Functional") else without_shapes(one)) for row, one in answers),
        key=repr,
    )


def without_shapes(one: Any) -> Any:
    rows = [dataclasses.replace(row, shape=None, params=None) for row in one.layers]
    return stand_in.answer(one.cls, None, None, one.total, one.trainable, rows)


def run_on(keras: Any) -> Any:
    def run(compiled: Any, others: Any, flags: Any) -> Any:
        put, space = programs.surroundings(flags, others)
        del put["numpy"]
        error: BaseException | None = None
        keras.backend.clear_session()
        with noted(keras) as made, _imports(put):
            try:
                exec(compiled, space)
            except (Exception, SystemExit) as raised:
                error = raised
            models = [(one, row) for one, row in made.values() if isinstance(one, keras.Model) and row is not None]
            answers = [(row, real_answer(one, made)) for one, row in models if hasattr(one, "_layers")]
        return programs.Outcome(answers, error, [], set())

    return run


@contextmanager
def _imports(put: dict[str, Any]) -> Iterator[None]:
    """Let the imports of the program, and no others, find these modules."""
    import builtins

    original = builtins.__import__

    def find(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        if name in put and globals is not None and globals.get("__name__") == "__main__":
            if put[name] is None:
                raise ImportError(name)
            return put[name]
        return original(name, globals, locals, fromlist, level)

    builtins.__import__ = find
    try:
        yield
    finally:
        builtins.__import__ = original


def small(truth: Any) -> bool:
    return all((answer.total or 0) < MAX_PARAMS for outcome in truth.outcomes for _, answer in outcome.answers)


@pytest.mark.oracle
@pytest.mark.parametrize("start", range(0, 48, 12))
def test_the_stand_in_builds_what_keras_builds(keras: Any, start: int) -> None:
    compared = 0
    for seed in range(start, start + 12):
        code, modules = generator.program(seed)
        mine = programs.truth(code, modules)
        if not small(mine):
            continue
        runs = random.Random(seed).sample(range(len(mine.outcomes)), min(RUNS, len(mine.outcomes)))
        real_run, count = run_on(keras), itertools.count()

        def chosen(*given: Any, runs: Any = runs, run: Any = real_run, count: Any = count) -> Any:
            return run(*given) if next(count) in runs else None

        theirs = programs.truth(code, modules, chosen)
        for number in runs:
            ours, real = mine.outcomes[number], theirs.outcomes[number]
            if ours.error is None:
                assert real.error is None, (seed, real.error, code)
                assert comparable(ours.answers + ours.broken) == sorted(real.answers, key=repr), (seed, code)
            else:
                assert isinstance(real.error, ValueError) == isinstance(ours.error, ValueError), (seed, real.error)
            compared += len(ours.answers)
    assert compared > 10
