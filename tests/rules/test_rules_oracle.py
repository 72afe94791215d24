"""What the rules of severity error claim, tried on the installed Keras."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Severity
from kerascheck.engine import check_source
from kerascheck.rules.base import Invalid, Rule
from kerascheck.rules.registry import own_rules
from tests.rules import oracle

pytestmark = pytest.mark.oracle

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
#: Rules that say "Keras raises", where building or compiling is enough to see it.
CRASHING = [
    rule
    for rule in own_rules()
    if (rule.code.startswith("KC2") and rule.severity is Severity.ERROR) or rule.code == "KC105"
]
#: Names of modules that the examples only pretend to have, and forms of old versions.
_NOT_RUNNABLE = re.compile(
    r"^from (data|elsewhere|mine|settings|somewhere) import|sys\.argv|output_dim=32|generic_utils"
    r"|np\.load|keras\.datasets|from keras import datasets|read_csv|decode_png",
    re.MULTILINE,
)
_ONLY_ZEROS = re.compile(r"Dropout\(1\.0\)")


def _valid() -> list[Any]:
    return [
        pytest.param(code, id=f"{rule.code}-{number}")
        for rule in CRASHING
        for number, code in enumerate(rule.VALID)
        if not _NOT_RUNNABLE.search(code)
    ]


def _invalid() -> list[Any]:
    return [
        pytest.param(rule, case, id=f"{rule.code}-{number}")
        for rule in CRASHING
        for number, case in enumerate(rule.INVALID)
        if not _ONLY_ZEROS.search(case.code) and not _NOT_RUNNABLE.search(case.code) and _is_error(rule, case.code)
    ]


def _is_error(rule: Rule, code: str) -> bool:
    """Whether the rule says that this code raises, and does not only warn."""
    found = check_source(code.encode(), "example.py", Settings()).diagnostics
    return any(d.code == rule.code and d.severity is Severity.ERROR for d in found)


def run(code: str) -> None:
    with oracle.empty_folder():
        exec(compile(code, "example.py", "exec"), {"__name__": "example"})


@pytest.mark.parametrize("code", _valid())
def test_keras_takes_the_valid_code(keras: Any, code: str) -> None:
    run(code)


@pytest.mark.parametrize(("rule", "case"), _invalid())
def test_keras_refuses_the_invalid_code(keras: Any, rule: Rule, case: Invalid) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, IndexError, refused_by_tensorflow())):
        run(case.code)


def refused_by_tensorflow() -> type[Exception]:
    """What TensorFlow raises in the middle of a batch."""
    import tensorflow

    error: type[Exception] = tensorflow.errors.InvalidArgumentError
    return error


def test_dropout_of_everything_gives_zeros(keras: Any) -> None:
    output = keras.layers.Dropout(1.0)(keras.ops.ones((4, 8)), training=True)
    assert not keras.ops.convert_to_numpy(output).any()


def _fit(keras: Any, units: int, activation: str | None, labels: Any, **compile_arguments: Any) -> dict[str, Any]:
    import numpy as np

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units, activation=activation)])
    model.compile("sgd", **compile_arguments)
    history: dict[str, Any] = model.fit(np.random.rand(len(labels), 4), labels, verbose=0).history
    return history


def test_softmax_over_one_unit_is_always_one(keras: Any) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="softmax")])
    # (but for the rounding of a division by itself, which processors do in their own ways)
    assert keras.ops.convert_to_numpy(model(keras.random.normal((16, 4)))) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
def test_categorical_crossentropy_on_one_unit_is_zero(keras: Any, activation: str) -> None:
    import numpy as np

    history = _fit(keras, 1, activation, np.array([[0.0], [1.0]] * 8), loss="categorical_crossentropy")
    assert abs(history["loss"][0]) < 1e-5


def test_sparse_categorical_crossentropy_on_one_unit_knows_class_zero_only(keras: Any) -> None:
    import numpy as np

    with pytest.raises(Exception, match="label value"):
        _fit(keras, 1, "sigmoid", np.ones(8, "int32"), loss="sparse_categorical_crossentropy")


def test_linear_output_takes_clipped_values_for_probabilities(keras: Any) -> None:
    loss = keras.losses.BinaryCrossentropy()
    far, near = loss([[1.0]], [[-50.0]]), loss([[1.0]], [[-1.0]])
    assert float(far) == pytest.approx(float(near)), "no gradient outside [0, 1]"


@pytest.mark.parametrize("name", ["fmeasure", "fbeta_score", "matthews_correlation"])
def test_removed_metric_names_are_refused(keras: Any, name: str) -> None:
    import numpy as np

    with pytest.raises(ValueError, match="Could not interpret metric"):
        _fit(keras, 1, "sigmoid", np.ones((8, 1)), loss="binary_crossentropy", metrics=[name])


@pytest.mark.parametrize("name", ["precision", "recall", "f1_score", "auc"])
def test_names_that_keras_has_again(keras: Any, name: str) -> None:
    import numpy as np

    assert name in _fit(keras, 1, "sigmoid", np.ones((8, 1)), loss="binary_crossentropy", metrics=[name])


@pytest.mark.parametrize(
    ("make", "token", "number"),
    [
        (lambda layers: layers.StringLookup(vocabulary=["a", "b", "c"]), "c", 3),
        (lambda layers: layers.StringLookup(vocabulary=["a", "b", "c"], num_oov_indices=0), "c", 2),
        (lambda layers: layers.IntegerLookup(vocabulary=[10, 20], mask_token=0), 20, 3),
        (lambda layers: layers.TextVectorization(vocabulary=["a", "b"], output_sequence_length=1), "b", 3),
    ],
)
def test_the_last_word_has_the_last_number(keras: Any, make: Any, token: Any, number: int) -> None:
    import tensorflow as tf

    numbers = make(keras.layers)(tf.constant([[token]]))
    assert int(tf.reshape(numbers, [-1])[0]) == number
    assert keras.layers.Embedding(number + 1, 2)(numbers).shape[-1] == 2
    with pytest.raises(tf.errors.InvalidArgumentError):
        keras.layers.Embedding(number, 2)(numbers)


def test_a_later_input_shape_is_ignored(keras: Any) -> None:
    model = keras.Sequential([keras.layers.Dense(7, input_shape=(4,)), keras.layers.Dense(3, input_shape=(99,))])
    assert model.layers[1].kernel.shape == (7, 3)


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("good/*.py")), ids=lambda path: path.stem)
def test_the_good_fixtures_run(keras: Any, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np
    import pandas as pd

    images = np.random.default_rng(0).integers(0, 256, (96, 28, 28)).astype("uint8")
    labels = (np.arange(96) % 10).astype("uint8")
    table = pd.DataFrame(
        np.random.default_rng(0).normal(size=(40, 5)), columns=["rooms", "area", "year", "distance", "price"]
    )
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: ((images, labels), (images[:32], labels[:32])))
    monkeypatch.setattr(pd, "read_csv", lambda *args, **kwargs: table)
    run(path.read_text(encoding="utf-8").replace("epochs=10", "epochs=1, verbose=0"))


def test_the_clean_stacks_of_applications_stay_silent() -> None:
    """Every model that Keras ships, as source: none has a finding of the architecture rules."""
    applications = pytest.importorskip("keras.src.applications", reason="needs Keras")
    from kerascheck.configuration.config import Settings
    from kerascheck.engine import check_file

    for path in sorted(Path(applications.__file__).parent.glob("*.py")):
        found = [d for d in check_file(str(path), Settings()).diagnostics if d.code.startswith(("KC1", "KC2", "KC3"))]
        assert not found, (path.name, [(d.span.start.row, d.code, d.message) for d in found])
