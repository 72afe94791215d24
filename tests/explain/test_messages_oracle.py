"""What the installed Keras, TensorFlow, NumPy and scikit-learn really say is recognised as what it is."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.explain.explanation import explain
from tests.explain.programs import PROGRAMS, run

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize(
    ("row", "program"), [pytest.param(row, program, id=f"{row}-{i}") for i, (row, program) in enumerate(PROGRAMS)]
)
def test_the_message_of_a_real_program_is_understood(keras: Any, row: str, program: str) -> None:
    printed = run(program)
    found = explain(printed, None, lambda *_: None)
    assert found.message is not None, printed[-2000:]
    assert found.message.id == row, printed[-2000:]
    assert found.title and found.why and found.todo
    assert "..." not in found.title, f"a field that nothing fills: {found.title}"


def test_most_kinds_of_messages_come_from_real_programs() -> None:
    assert len({row for row, _ in PROGRAMS}) >= 120
