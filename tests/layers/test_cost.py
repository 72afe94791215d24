"""What layers of all kinds say of their costs, for whatever configuration and input."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from kerascheck.network.cost import cost_of
from kerascheck.network.dims import Shape, SymDim, volume
from kerascheck.symbolic.unknown import KerasError, Undetermined
from tests.layers.harness import Case, L, layer_of
from tests.layers.strategies import FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_costs_are_numbers_or_not_known(family: str) -> None:
    @settings(max_examples=60, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(FAMILIES[family]())
    def costs(case: Case) -> None:
        try:
            layer = layer_of(case.layer)
            outputs = layer.infer(list(case.shapes))
        except (KerasError, Undetermined):
            return
        try:
            cost = cost_of(layer, [_of_one(shape) for shape in case.shapes])
        except Undetermined:
            return
        assert isinstance(cost.products, int) and cost.products >= 0
        assert isinstance(cost.values, int) and cost.values >= 0
        if not layer.definition.is_view and all(None not in shape[1:] for shape in outputs):
            assert cost.values >= volume(_of_one(outputs[0]))

    costs()


def _of_one(shape: Shape) -> Shape:
    return (1, *shape[1:]) if shape and shape[0] is None else shape


def test_sizes_with_names_give_costs_with_names() -> None:
    n = SymDim.named("n")
    layer = layer_of(L("Dense", 8))
    assert str(cost_of(layer, [(1, n)]).products) == "8*n"


def test_an_open_axis_has_no_cost() -> None:
    with pytest.raises(Undetermined, match=r"the sizes of its input \(None, None, 3\) are left open"):
        cost_of(layer_of(L("LSTM", 4)), [(1, None, 3)])
