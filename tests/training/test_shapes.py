"""Targets and outputs of known and unknown sizes: alike, broadcast, refused, or not known."""

from __future__ import annotations

import pytest

from kerascheck.network.dims import Shape, SymDim
from kerascheck.symbolic.unknown import KerasError, Undetermined
from kerascheck.training.losses import loss_values
from kerascheck.training.shapes import BATCH, Pair, broadcast, squeeze_or_expand

N = SymDim.named("n")


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [
        ((BATCH,), (BATCH, 1), ((BATCH, 1), (BATCH, 1))),
        ((BATCH, 9), (BATCH, 9, 1), ((BATCH, 9), (BATCH, 9))),
        ((BATCH,), (BATCH, 4), ((BATCH,), (BATCH, 4))),
        ((BATCH,), (BATCH, 9, 1), ((BATCH,), (BATCH, 9, 1))),
        ((BATCH, 4), (BATCH, 4), ((BATCH, 4), (BATCH, 4))),
    ],
)
def test_an_axis_of_one_at_the_end(left: Shape, right: Shape, result: tuple[Shape, Shape]) -> None:
    assert squeeze_or_expand(left, right) == result
    assert squeeze_or_expand(right, left) == result[::-1]


def test_whether_an_axis_is_one_may_not_be_known() -> None:
    with pytest.raises(Undetermined):
        squeeze_or_expand((BATCH,), (BATCH, N))


@pytest.mark.parametrize(
    ("targets", "outputs", "shape", "repeated"),
    [
        ((BATCH, 4), (BATCH, 4), (BATCH, 4), ""),
        ((BATCH, 1), (BATCH, 4), (BATCH, 4), "the targets"),
        ((BATCH, 4), (BATCH, 1), (BATCH, 4), "the outputs"),
        ((BATCH,), (BATCH, 9, 1), (BATCH, 9, BATCH), "the targets and the outputs"),
        ((BATCH, N), (BATCH, N), (BATCH, N), ""),
        ((1, 3), (1, 3), (1, 3), ""),
    ],
)
def test_what_is_repeated(targets: Shape, outputs: Shape, shape: Shape, repeated: str) -> None:
    assert broadcast(targets, outputs) == (shape, repeated)


@pytest.mark.parametrize(("targets", "outputs"), [((BATCH, 3), (BATCH, 4)), ((BATCH,), (BATCH, 4)), ((8,), (8, 4))])
def test_what_does_not_broadcast(targets: Shape, outputs: Shape) -> None:
    with pytest.raises(KerasError):
        broadcast(targets, outputs)


@pytest.mark.parametrize(("targets", "outputs"), [((BATCH, N), (BATCH, 4)), ((BATCH, None), (BATCH, 4))])
@pytest.mark.parametrize("loss", ["mean_squared_error", "binary_crossentropy", "sparse_categorical_crossentropy"])
def test_an_unknown_size_is_no_error(targets: Shape, outputs: Shape, loss: str) -> None:
    if loss == "sparse_categorical_crossentropy":
        targets = (*targets, 1)
        outputs = (*outputs, 4)
    with pytest.raises(Undetermined):
        loss_values(loss, Pair(targets, outputs))


def test_sizes_that_surely_differ_are_one_even_if_they_have_no_numbers() -> None:
    with pytest.raises(KerasError):
        loss_values("binary_crossentropy", Pair((BATCH, N), (BATCH, N - 1)))


def test_messages_name_the_batch_as_keras_does() -> None:
    assert str(Pair((BATCH, 3), (BATCH, 4))) == "targets (None, 3) and outputs (None, 4)"
