"""KC605: words are numbered in the order of a set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_a_file, outline_of
from kerascheck.machine.values import ListValue
from kerascheck.network.events import FileCall
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import look_up
from kerascheck.rules._mentions import called, calls_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol
from kerascheck.text.treewalk import walk

#: What keeps the numbers: then it is no matter how they were found.
_KEEPING = frozenset({"dump", "to_csv", "to_json", "to_pickle", "write", "savetxt", "savez", "savez_compressed"})
#: A name that models have for a method, too.
_SAVING = "numpy.save"
_VERBS = ("load", "load_weights", "save", "save_weights")
#: Methods that only texts have.
_OF_TEXTS = frozenset({"split", "read", "lower", "splitlines", "strip"})


class OrderOfSet(Rule):
    """Words are numbered in the order of a set, and the model is kept in a file.

    ## What it does

    Reports `enumerate` over a set of texts, directly or through `list`, in a program that saves or loads a model or its
    weights and writes no other file.

    ## Why it is bad

    Python orders the texts in a set in another way in each run. The program that loads the model numbers the words
    anew, so that each word gets the vector, and each output the word, of another one. In the run that trains it, all
    looks well.

    ## Example

    ```python
    from keras import Sequential, layers

    words = "it was the best of times it was the worst of times".split()
    number = {word: index for index, word in enumerate(set(words))}
    model = Sequential([layers.Input((3,)), layers.Embedding(len(number), 8), layers.LSTM(16)])
    model.save("writer.keras")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    words = "it was the best of times it was the worst of times".split()
    number = {word: index for index, word in enumerate(sorted(set(words)))}
    model = Sequential([layers.Input((3,)), layers.Embedding(len(number), 8), layers.LSTM(16)])
    model.save("writer.keras")
    ```

    ## References

    - [Python: PYTHONHASHSEED](https://docs.python.org/3/using/cmdline.html#envvar-PYTHONHASHSEED)
    """

    code = "KC605"
    name = "order-of-set"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        kept = next((one for one in program.events if isinstance(one, FileCall) and one.verb in _VERBS), None)
        scope = program.main
        if kept is None or scope is None or scope.file is not kept.site.file:
            return
        file = scope.file
        if any(calls_of(file, _KEEPING)) or any(
            called(file, node.func) == _SAVING for node in calls_of(file, {"save"})
        ):
            return
        for call, made in _numbered(file):
            is_own = look_up(scope, "enumerate") == Symbol("builtins.enumerate")
            if is_own and _are_texts(made, scope, file):
                yield Finding(
                    Site(file, call),
                    "the order of a set of strings differs in each run, so that the numbers do not fit the saved "
                    "model; enumerate sorted(...)",
                )

    VALID = [
        # sorted
        """
from keras import Sequential, layers
words = "it was the best of times it was the worst of times".split()
number = {word: index for index, word in enumerate(sorted(set(words)))}
model = Sequential([layers.Input((3,)), layers.Embedding(len(number), 8), layers.LSTM(16)])
model.save("writer.keras")
""",
        # nothing outlives the run
        """
from keras import Sequential, layers
words = "it was the best of times it was the worst of times".split()
number = {word: index for index, word in enumerate(set(words))}
model = Sequential([layers.Input((3,)), layers.Embedding(len(number), 8), layers.LSTM(16)])
""",
        # the numbers are kept, too
        """
import pickle
from keras import Sequential, layers
words = "it was the best of times it was the worst of times".split()
number = {word: index for index, word in enumerate(set(words))}
pickle.dump(number, open("words.pkl", "wb"))
model = Sequential([layers.Input((3,)), layers.Embedding(len(number), 8), layers.LSTM(16)])
model.save("writer.keras")
""",
        # numbers have one order
        """
from keras import Sequential, layers
labels = [3, 1, 2, 3]
number = {label: index for index, label in enumerate(set(labels))}
model = Sequential([layers.Input((3,)), layers.Dense(len(number))])
model.save("classes.keras")
""",
        # a dictionary keeps the order
        """
from keras import Sequential, layers
words = "it was the best of times it was the worst of times".split()
number = {word: index for index, word in enumerate(dict.fromkeys(words))}
model = Sequential([layers.Input((3,)), layers.Embedding(len(number), 8), layers.LSTM(16)])
model.save("writer.keras")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
from keras.models import load_model
text = open("book.txt").read().lower()
chars = list(set(text))
number = {char: index for index, char in enumerate(chars)}
model = load_model("writer.keras")
""",
            [
                (
                    6,
                    "the order of a set of strings differs in each run, so that the numbers do not fit the saved "
                    "model; enumerate sorted(...)",
                )
            ],
        ),
        Invalid(
            """
from keras import Sequential, layers
sentences = ["a dog", "the cat", "the dog"]
number = {}
for index, word in enumerate({word for sentence in sentences for word in sentence.split()}):
    number[word] = index
model = Sequential([layers.Input((3,)), layers.Embedding(len(number), 8), layers.LSTM(16)])
model.save_weights("writer.weights.h5")
""",
            [
                (
                    5,
                    "the order of a set of strings differs in each run, so that the numbers do not fit the saved "
                    "model; enumerate sorted(...)",
                )
            ],
        ),
    ]


@once_a_file
def _numbered(source: Any) -> tuple[tuple[cst.Call, cst.BaseExpression], ...]:
    """The calls of `enumerate` over sets, each with what the set is made of."""
    bound = _bound_once(source)
    found: list[tuple[cst.Call, cst.BaseExpression]] = []
    for node in outline_of(source).below(source.tree, cst.Call):
        if _called(node) == "enumerate" and node.args:
            made = _of_set(node.args[0].value, bound)
            if made is not None:
                found.append((node, made))
    return tuple(found)


@once_a_file
def _bound_once(source: Any) -> dict[str, cst.BaseExpression | None]:
    """What names are bound to by an assignment; None for those that are bound more than once, or in other ways."""
    bound: dict[str, cst.BaseExpression | None] = {}
    for node in walk(source.tree):
        targets: list[tuple[cst.CSTNode, cst.BaseExpression | None]] = []
        if isinstance(node, cst.Assign):
            targets = [(one.target, node.value) for one in node.targets]
        elif isinstance(node, (cst.AugAssign, cst.AnnAssign, cst.For, cst.CompFor)):
            targets = [(node.target, None)]
        elif isinstance(node, cst.Param):
            targets = [(node.name, None)]
        for target, value in targets:
            for name in walk(target):
                if isinstance(name, cst.Name):
                    plain = value if target is name and name.value not in bound else None
                    bound[name.value] = plain
    return bound


def _called(call: cst.Call) -> str:
    return call.func.value if isinstance(call.func, cst.Name) else ""


def _of_set(node: cst.BaseExpression, bound: dict[str, cst.BaseExpression | None]) -> cst.BaseExpression | None:
    """What a set is made of, where the expression surely has the order of one."""
    for _ in range(5):
        if isinstance(node, cst.SetComp):
            return node
        if isinstance(node, cst.Name):
            value = bound.get(node.value)
            if value is None:
                return None
            node = value
        elif isinstance(node, cst.Call) and len(node.args) == 1 and _called(node) in ("list", "tuple"):
            node = node.args[0].value
        elif isinstance(node, cst.Call) and len(node.args) == 1 and _called(node) in ("set", "frozenset"):
            return node.args[0].value
        else:
            return None
    return None


def _are_texts(node: cst.BaseExpression, scope: Any, file: Any) -> bool:
    """Whether the elements surely are texts."""
    bound = _bound_once(file)
    for part in walk(node):
        if isinstance(part, cst.Attribute) and part.attr.value in _OF_TEXTS:
            return True
        if isinstance(part, cst.Name) and part is node:
            value = scope.vars.get(part.value)
            if isinstance(value, str):
                return True
            if isinstance(value, ListValue) and value.unknown is None and len(value.items) > 0:
                return all(isinstance(item, str) for item in value.items)
            if isinstance(value, Array) and value.dtype == "str":
                return True
            origin = bound.get(part.value)
            if origin is not None and any(
                isinstance(one, cst.Attribute) and one.attr.value in _OF_TEXTS for one in walk(origin)
            ):
                return True
    return False
