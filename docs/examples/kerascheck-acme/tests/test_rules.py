"""The examples of the rules are their tests."""

from __future__ import annotations

import pytest
from kerascheck_acme import rules

from kerascheck.testing import check_examples


@pytest.mark.parametrize("rule", [rules.HeavyDropout])
def test_examples(rule: type[rules.Rule]) -> None:
    check_examples(rule())
