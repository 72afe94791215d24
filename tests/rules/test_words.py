"""The messages of all examples of all rules, held to `docs/words.md`."""

from __future__ import annotations

import ast
import re

import pytest

from kerascheck.keras.naming import snake_case
from kerascheck.machine import run
from kerascheck.rules.base import Invalid, Rule
from kerascheck.rules.registry import own_rules
from tests.rules.test_names_mean_nothing import renamed, variables
from tests.rules.test_rules import check, findings

MESSAGES = {
    rule.code: sorted({message for example in rule.INVALID for _, message in example.findings}) for rule in own_rules()
}
EXAMPLES = [
    pytest.param(rule, case, id=f"{rule.code}-{number}")
    for rule in own_rules()
    if not rule.code.startswith("KC0")
    for number, case in enumerate(rule.INVALID)
]
#: In the words of Python itself.
QUOTED = {"KC001"}

#: Words that are read as translated, or are about somebody, and what is written instead.
AVOIDED = {
    r"\bis no (?!room|longer|axis|x\.|directive|rule)": "is not a",
    r"\bwants?\b|\bis wanted\b": "expects",
    r"\bin front of\b|\bbehind\b": "before, after",
    r"\bI\b|\bwe\b|\bour\b|(?<!did )\byou\b|\bplease\b|\bsorry\b": "nobody is spoken of",
    r"; give (it|fit|compile|the last|each)\b": "pass, use, set",
    r"\bgets\b(?! through)": "receives, is called with",
    r"\bgives\b|\bis given\b|\bgave\b": "returns, outputs, passes",
    r"\bhands?\b (?!back)": "passes",
    r"\bwhole numbers?\b": "integer",
    r"\d (a|an) (epoch|batch|sample|step)\b": "per epoch",
    r"\b(each|every) round\b": "each iteration",
    r"\bfigures?\b": "value, metric, result",
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
    assert sum(map(len, MESSAGES.values())) > 600


@pytest.mark.parametrize("code", MESSAGES)
def test_the_form_of_messages(code: str) -> None:
    for message in MESSAGES[code]:
        assert message == message.strip() and "\n" not in message
        assert len(message) <= 200
        assert not message.endswith((".", ";", ":", ",")) or message.endswith("...")
        if code not in QUOTED:
            assert not re.match(r"(The|A|An|This|These|It|No|There|Use|All|Both|One|Each|Your)\b", message)
            assert "  " not in message


@pytest.mark.parametrize("code", sorted(MESSAGES.keys() - QUOTED))
def test_the_words_of_messages(code: str) -> None:
    for message in MESSAGES[code]:
        for pattern, instead in AVOIDED.items():
            found = re.search(pattern, message)
            assert found is None, f"{found.group()!r}: {instead}"


#: What the names that a program chooses begin with below: no word of English does.
CHOSEN = "zq_"
#: What is code, and no name in a sentence: text in quotes, calls and indices, what follows "with", "takes" or "write".
CODE = re.compile(
    rf"`[^`]*`|\"[^\"]*\"|'[^']*'|\b(?:with|takes|write|yield) \([^()]*\)|[\w.]+[(\[][^()]*[)\]]|\w*\.{CHOSEN}\w+"
    rf"|{CHOSEN}\w+[.=]\S*"
)


def chosen_names(code: str) -> str:
    """The program with names that can be told from words, for its variables, functions and layers."""
    tree = ast.parse(code)
    texts = {
        keyword.value.value
        for keyword in ast.walk(tree)
        if isinstance(keyword, ast.keyword) and keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
    }
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    names = functions | set(variables(code))
    code = renamed(code, {name: CHOSEN + name for name in names})
    for name in functions:
        code = re.sub(rf"\bdef {name}\b", f"def {CHOSEN}{name}", code)
    for text in texts:
        code = re.sub(rf"(['\"]){re.escape(str(text))}\1", rf"\g<1>{CHOSEN}{text}\1", code)
    return code


@pytest.mark.parametrize(("rule", "case"), EXAMPLES)
def test_names_of_the_program_are_quoted(rule: Rule, case: Invalid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "snake_case", lambda name: CHOSEN + snake_case(name))
    for found in findings(check(chosen_names(case.code), case.options), rule):
        for message in (found.message, *(place.message for place in found.related)):
            bare = re.search(rf"\b{CHOSEN}\w+", CODE.sub("", message))
            assert bare is None, f"{bare.group()!r} is not quoted: {message}"


def test_a_name_that_is_not_quoted_is_seen() -> None:
    for message in (
        "zq_x has 2 axes",
        "the weights of zq_a, zq_b",
        "2 layers (zq_a, zq_b)",
        "zq_dense (Dense) is refused",
    ):
        assert CHOSEN in CODE.sub("", message)
    for message in (
        "'zq_x' has 2 axes",
        "use np.argmax(zq_x, axis=-1)",
        "set zq_x.trainable = True",
        "takes (zq_a, zq_b)",
    ):
        assert CHOSEN not in CODE.sub("", message)
