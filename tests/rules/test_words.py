"""The messages of all examples of all rules, held to `docs/words.md`."""

from __future__ import annotations

import re

import pytest

from kerascheck.rules.registry import own_rules

MESSAGES = sorted(
    {(rule.code, message) for rule in own_rules() for example in rule.INVALID for _, message in example.findings}
)
#: In the words of Python itself.
QUOTED = {"KC001"}

#: Words that are read as translated, or are about somebody, and what is written instead.
AVOIDED = {
    r"\bis no (?!room|longer|axis|x\.|directive|rule)": "is not a",
    r"\bwants?\b|\bis wanted\b": "expects",
    r"\bin front of\b|\bbehind\b": "before, after",
    r"\bI\b|\bwe\b|\bour\b|(?<!did )\byou\b|\bplease\b|\bsorry\b": "nobody is spoken of",
    r"; give (it|fit|compile|the last|each)\b": "pass, use, set",
    r"\bthe one or the other\b": "one of the two",
    r"\bfor ever\b": "forever",
    r"\banew\b|\botherwise$": "again, another",
    r"\btensors? of (a|the) graph\b": "symbolic tensor",
    r"\b1 (batches|epochs|samples|layers|units|findings|weights|arrays|targets|outputs)\b": "1 batch",
    r"\bdata type\b": "dtype",
    r"\bneurons?\b": "units",
    r"\bfeature maps?\b": "channels",
    r"\bminibatch|\bmini-batch": "batch",
    r"!$": "no exclamation mark",
}


def test_there_are_messages() -> None:
    assert len(MESSAGES) > 300


@pytest.mark.parametrize(("code", "message"), MESSAGES)
def test_the_form_of_a_message(code: str, message: str) -> None:
    assert message == message.strip() and "\n" not in message
    assert len(message) <= 200
    assert not message.endswith((".", ";", ":", ",")) or message.endswith("...")
    if code not in QUOTED:
        assert not re.match(r"(The|A|An|This|These|It|No|There|Use|All|Both|One|Each|Your)\b", message)
        assert "  " not in message


@pytest.mark.parametrize(("code", "message"), MESSAGES)
def test_the_words_of_a_message(code: str, message: str) -> None:
    if code in QUOTED:
        return
    for pattern, instead in AVOIDED.items():
        found = re.search(pattern, message)
        assert found is None, f"{found.group()!r}: {instead}"
