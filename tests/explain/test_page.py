"""The page "I have this message"."""

from __future__ import annotations

import pytest

from kerascheck.explain.messages import all_messages
from kerascheck.explain.page import page

PAGE = page(lambda code: f"[{code}](rules/x.md)")


def test_every_row_has_its_anchor_and_its_wordings() -> None:
    for message in all_messages():
        assert f"{{#{message.id}}}" in PAGE
        assert message.examples[0].split("\n")[0][:100] in PAGE


@pytest.mark.parametrize(
    "words",
    ["incompatible", "found ndim", "nan loss", "val_accuracy", "logits and labels", "OOM", "Graph disconnected"],
)
def test_the_words_that_people_search_for_are_there(words: str) -> None:
    assert words in PAGE


def test_fields_are_filled() -> None:
    assert "{name" not in PAGE and "{layer" not in PAGE and "{shape" not in PAGE


def test_code_blocks_are_closed() -> None:
    assert PAGE.count("```") % 2 == 0
