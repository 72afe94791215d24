"""The helpers of the rules, on plain values."""

from __future__ import annotations

from typing import Any

import libcst as cst
import pytest

from kerascheck import api
from kerascheck.configuration.config import Settings
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim
from kerascheck.network.program import KerasObject
from kerascheck.rules._graph import surely_at_least
from kerascheck.rules._raised import refused_rate
from kerascheck.rules.kc1._dropout import _percent
from kerascheck.rules.kc3.hand_made_metric import _builtin_for
from kerascheck.rules.kc8 import loss_arguments_swapped, misspelt_method, state_in_call, untracked_variable
from kerascheck.symbolic.unknown import KerasError, Symbol, Unknown
from kerascheck.text.treewalk import walk
from kerascheck.training.compiled_losses import ALIASES, LOSSES, Loss, read_loss, standard_name


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("mse", "mean_squared_error"),
        ("MSE", "mean_squared_error"),
        ("MeanSquaredError", "mean_squared_error"),
        ("BinaryCrossentropy", "binary_crossentropy"),
        ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy"),
        ("KLDivergence", "kl_divergence"),
        ("LogCosh", "log_cosh"),
        ("kullback_leibler_divergence", "kl_divergence"),
        ("categorical_crossentropy", "categorical_crossentropy"),
        ("Categorical_crossentropy", None),
        ("my_loss", None),
        ("", None),
    ],
)
def test_standard_name(spelled: str, name: str | None) -> None:
    assert standard_name(spelled) == name


def test_aliases_lead_to_losses() -> None:
    assert set(ALIASES.values()) <= LOSSES


def loss_object(cls: str, *positional: Any, **keywords: Any) -> KerasObject:
    arguments = Arguments([Given(v) for v in positional], {k: Given(v) for k, v in keywords.items()})
    return KerasObject(f"keras.losses.{cls}", arguments, None)


@pytest.mark.parametrize(
    ("value", "loss"),
    [
        ("bce", Loss("binary_crossentropy")),
        (Symbol("keras.losses.binary_crossentropy"), Loss("binary_crossentropy")),
        (Symbol("keras.losses.BinaryCrossentropy"), None),  # the class, not an object of it
        (Symbol("mine.binary_crossentropy"), None),
        (loss_object("BinaryCrossentropy"), Loss("binary_crossentropy")),
        (loss_object("BinaryCrossentropy", True), Loss("binary_crossentropy", True)),
        (loss_object("CategoricalFocalCrossentropy", 0.25, 2.0, True), Loss("categorical_focal_crossentropy", True)),
        (loss_object("MeanSquaredError"), Loss("mean_squared_error")),
        (loss_object("Mine"), None),
        (lambda y, p: y, None),
        (Unknown("?"), None),
        (None, None),
    ],
)
def test_read_loss(value: Any, loss: Loss | None) -> None:
    assert read_loss(value) == loss


def test_from_logits_that_is_not_known_stays_unknown() -> None:
    loss = read_loss(loss_object("BinaryCrossentropy", from_logits=Unknown("?")))
    assert loss is not None and isinstance(loss.from_logits, Unknown)


def test_surely_at_least() -> None:
    n = SymDim.named("n")
    assert surely_at_least(7, 7) and surely_at_least(n + 1, n) and surely_at_least(n, n)
    assert not surely_at_least(6, 7) and not surely_at_least(n, 3) and not surely_at_least(3, n)
    assert not surely_at_least(None, 3) and not surely_at_least(3, None)


@pytest.mark.parametrize(
    ("share", "text"), [(0.0536870912, "5.4%"), (0.08, "8%"), (0.125, "12%"), (0.0003, "0.03%"), (1.0, "100%")]
)
def test_percent(share: float, text: str) -> None:
    assert _percent(share) == text


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("precision", "Precision"),
        ("recall_m", "Recall"),
        ("f1", "F1Score"),
        ("get_f1", "F1Score"),
        ("f1_score", "F1Score"),
        ("custom_f1", "F1Score"),
        ("f1_metric", "F1Score"),
        ("fmeasure", "F1Score"),
        ("fbeta_score", "FBetaScore"),
        ("precision_at_k", None),
        ("recall_loss", None),
        ("r2_score", None),
        ("f", None),
        ("dice", None),
    ],
)
def test_names_of_hand_made_metrics(name: str, builtin: str | None) -> None:
    assert _builtin_for(name) == builtin


def test_refused_rate_reads_what_the_layers_say() -> None:
    from kerascheck.layers.configuring import configure
    from kerascheck.layers.registry import find

    for cls in ("Dropout", "SpatialDropout2D", "AlphaDropout", "GaussianDropout"):
        definition = find(cls)
        assert definition is not None
        with pytest.raises(KerasError) as caught:
            configure(definition, Arguments([Given(20)], {}), cls, 3)
        assert refused_rate(caught.value) == (cls, 20.0)


def test_the_tree_is_not_walked_for_each_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """What rules ask of a whole file they ask once, however many classes it has."""
    walked: list[object] = []

    def counted(node: object) -> Any:
        walked.append(node)
        return walk(node)  # type: ignore[arg-type]

    for module in (state_in_call, misspelt_method, untracked_variable, loss_arguments_swapped):
        monkeypatch.setattr(module, "walk", counted, raising=False)
    classes = "".join(
        f"class L{i}(keras.layers.Layer):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.w = tf.Variable(tf.zeros(3))\n    def cal(self, x):\n        return x\n"
        "    def call(self, x):\n        return x\n"
        for i in range(20)
    )
    code = f"import keras\nimport tensorflow as tf\n{classes}"
    api.check(code, "x.py", settings=Settings(target="keras3"))
    assert sum(isinstance(node, cst.Module) for node in walked) <= 4
