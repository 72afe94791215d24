"""The accuracy under the name that `compile` gives it: `history["val_acc"]` is `history["val_accuracy"]`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import libcst as cst

from kerascheck.fixes.changes import Rewrite, RewriteWithin
from kerascheck.migrate.arguments import argument, positional, requoted, text_of
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.kinds import Kind
from kerascheck.text.treewalk import walk

_OLD = {"acc": "accuracy", "val_acc": "val_accuracy"}
_RATE = {"lr": "learning_rate"}
_FIELD = re.compile(r"\{(val_)?(acc)(?=[:}])")


def find(context: Context) -> Iterator[Step]:
    """A step for each such key; none where some metric is called `acc`, or it is not known which there are."""
    known = {**(_OLD if _is_called_accuracy(context) else {}), **({} if _sets_rate(context) else _RATE)}
    for node in context.names.nodes:
        if isinstance(node, cst.Subscript) and _holds_logs(context, node.value):
            # Of a history that nobody knows the rate may be the program's own.
            keys = known if context.kinds.of(node.value) is Kind.LOGS else {**known, "lr": "lr"}
            for element in node.slice:
                if isinstance(element.slice, cst.Index):
                    yield from _step(element.slice.value, keys)
    for call, func, kind in context.methods("get"):
        key = positional(call, 0)
        if key is not None and (kind is Kind.LOGS or _holds_logs(context, func.value)):
            yield from _step(key.value, known)
    for call, name in context.called():
        if not name.startswith("keras.callbacks."):
            continue
        place = 1 if name.endswith("ModelCheckpoint") else 0
        monitor = argument(call, "monitor", place)
        if monitor is not None:
            yield from _step(monitor.value, known)
        is_saver = name.endswith("ModelCheckpoint") and "acc" in known
        path = argument(call, "filepath", 0) if is_saver else None
        for literal in _texts(context, path.value) if path is not None else ():
            # Within the text, since the ending of the same name may have to be another one, too.
            fields = tuple(
                RewriteWithin(literal, match.start(2), match.end(2), "accuracy")
                for match in _FIELD.finditer(literal.raw_value)
            )
            if fields:
                yield Step("keys", literal, "the accuracy is called accuracy", fields)


def accuracy_key(context: Context, key: str) -> str | None:
    """The new name of the accuracy; None where it is called so by the program, or the key is that of something else."""
    return _OLD.get(key) if _is_called_accuracy(context) else None


def _texts(context: Context, node: cst.CSTNode) -> Iterator[cst.SimpleString]:
    from kerascheck.migrate.codemods.file_names import literals

    yield from (one for one in literals(context, node) if isinstance(one, cst.SimpleString))


def _is_called_accuracy(context: Context) -> bool:
    """Whether all models are compiled with `metrics=["accuracy"]`, as far as they are with accuracy at all."""
    found: set[str] = set()
    for call, _, kind in context.methods("compile"):
        if kind in (Kind.MODEL, None):
            metrics = argument(call, "metrics", 2)
            if metrics is not None:
                found |= {text for text in _all_texts(metrics.value) if text in ("acc", "accuracy")}
    return found == {"accuracy"}


def _all_texts(node: cst.CSTNode) -> Iterator[str]:
    for one in walk(node):
        text = text_of(one) if isinstance(one, cst.SimpleString) else None
        if text is not None:
            yield text


def _holds_logs(context: Context, node: cst.BaseExpression) -> bool:
    """Whether it is the dictionary of a history, or of what a callback is given."""
    kind = context.kinds.of(node)
    if kind is not None:
        return kind is Kind.LOGS
    return isinstance(node, cst.Attribute) and node.attr.value == "history"


def _sets_rate(context: Context) -> bool:
    """Whether the file puts the learning rate under its old name itself."""
    subscripts = [node for node in context.names.nodes if isinstance(node, cst.Subscript)]
    return any(context.names.is_written(node) and "lr" in _all_texts(node) for node in subscripts)


def _step(node: cst.BaseExpression, known: Mapping[str, str]) -> Iterator[Step]:
    text = text_of(node)
    if text is not None and known.get(text, text) != text and isinstance(node, cst.SimpleString):
        yield Step("keys", node, f"{text!r} is now {known[text]!r}", (Rewrite(node, (requoted(node, known[text]),)),))
