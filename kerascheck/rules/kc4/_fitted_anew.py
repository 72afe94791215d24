"""What learns from the samples that a model is tested on, apart from what it has learned in training."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.content import FITTED, FITTED_ON, Rows
from kerascheck.data.training import FITTING, Data, training_data, validation_data
from kerascheck.network.networks import Network
from kerascheck.network.program import Preparation, Program
from kerascheck.rules.base import Finding
from kerascheck.rules.kc4._data_preparation import _rows, _same_rows, _source, is_same_subject, learned

#: The methods that test a model.
_TESTING = frozenset({"evaluate", "predict", "evaluate_generator", "predict_generator", "predict_classes"})


def parts_of(rows: Rows | None) -> tuple[str, ...]:
    """The divisions that led to the samples, outermost first."""
    return tuple(rows.part.split("/")) if rows is not None and rows.part is not None else ()


def prepared_rows(step: Preparation) -> Rows | None:
    first = step.arrays[0] if step.arrays else None
    return first.rows if isinstance(first, Array) else None


def fitted_anew(program: Program) -> Iterator[Finding]:
    """Estimators that learn from the data of a test what others of their class learned from the training data."""
    trained: dict[int, tuple[Network, Array]] = {}
    told: set[int] = set()
    for call in program.trainings:
        own, held = _features(training_data(call)), _features(validation_data(call))
        if call.method in FITTING:
            if own is not None:
                trained[id(call.network)] = (call.network, own)
            else:
                trained.pop(id(call.network), None)
        tested = own if call.method in _TESTING else held
        before = trained.get(id(call.network))
        if tested is None or before is None or tested is before[1]:
            continue
        if _are_scaled_apart(before[1], tested) and id(call) not in told:
            told.add(id(call))
            yield Finding(call.site, _SCALED_APART)
            continue
        of_training, of_test = learned(program, before[1], FITTED), learned(program, tested, FITTED)
        if of_training is None or of_test is None or of_training is of_test or id(of_test) in told:
            continue
        if of_training.name != of_test.name or "test" in parts_of(prepared_rows(of_test)):
            continue
        if not (_are_other_samples(before[1], of_training, tested, of_test) or _are_own(before[1], tested)):
            continue
        if is_same_subject(of_training.subject, of_test.subject):
            continue
        told.add(id(of_test))
        name = of_test.name.rpartition(".")[2]
        yield Finding(
            of_test.site,
            f"{name} is fitted on the test data, so that the same numbers mean something "
            "else than in training; transform them with the one that is fitted on the training data",
            anchor=call.site,
        )


_SCALED_APART = (
    "the test data are scaled by their own mean and deviation, so that the same numbers mean something else than in "
    "training; scale them by those of the training data"
)


def _are_scaled_apart(trained: Array, tested: Array) -> bool:
    """Whether each of two parts of a data set is less its own mean, and divided by its own deviation."""
    one, other = trained.content.origin, tested.content.origin
    if one is None or other is None or {one.kind, other.kind} != {"standardized"} or one.state is other.state:
        return False
    rows, others = trained.rows, tested.rows
    if rows is None or others is None or _source(rows) != _source(others):
        return False
    return not _same_rows(rows, others)


def _features(data: Data | None) -> Array | None:
    return data.x if data is not None and isinstance(data.x, Array) and not data.is_stream else None


def _are_other_samples(trained: Array, of_training: Preparation, tested: Array, of_test: Preparation) -> bool:
    """Whether what was learned for the test comes from the samples of the test, and for training from others."""
    first, second = prepared_rows(of_training), prepared_rows(of_test)
    if first is None or second is None or _same_rows(first, second):
        return False
    return _same_rows(tested.rows, second) and not _same_rows(trained.rows, tested.rows)


def _are_own(*arrays: Array) -> bool:
    """Whether each was made by what was learned from itself."""
    return all(any(tag.startswith(FITTED_ON) for tag in array.content.tags) for array in arrays)


def is_divided_later(program: Program, index: int, rows: Rows) -> bool:
    """Whether the samples are divided after this step, or models are trained and tested on different parts of them."""
    for step in program.preparations[index + 1 :]:
        of = [array.rows for array in step.arrays if isinstance(array, Array)]
        if step.kind == "split" and any(_same_rows(rows, other) for other in of):
            return True
    trained: set[str] = set()
    tested: set[str] = set()
    for call in program.trainings:
        own, held = _rows(training_data(call)), _rows(validation_data(call))
        for found, parts in ((own, tested if call.method in _TESTING else trained), (held, tested)):
            if found is not None and _source(found) == _source(rows) and found.part is not None:
                parts.add(found.part)
    return bool(trained) and bool(tested - trained)
