"""Names of files: models are saved to `.keras` and weights to `.weights.h5`; folders and `.hdf5` are refused."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

import libcst as cst

from kerascheck.fixes.changes import InsertRows, RemoveArgument, Rewrite, RewriteWithin
from kerascheck.migrate.arguments import argument, has_stars, is_name, keyword, positional, requoted, text_of
from kerascheck.migrate.context import Context, Need, Step
from kerascheck.migrate.kinds import Kind

_MODEL, _WEIGHTS = ".keras", ".weights.h5"
_ENDING = re.compile(r"\.(weights\.h5|h5|hdf5|hdf|keras|ckpt|tf|model|weights)$", re.IGNORECASE)

#: The end of a text that is filled in: which ending the name has is not written here.
_OPEN_END = re.compile(r"(?:\}|%(?:\(\w+\))?[\d.]*[a-z])[\"']*$")


def find(context: Context) -> Iterator[Step]:
    """A step for each name that Keras 3 refuses, wherever the file uses it; and for `save_format`."""
    renamed: dict[str, _New] = {}
    for call, func, kind in context.methods("save", "save_weights"):
        if kind not in (Kind.MODEL, None) or not call.args:
            continue
        is_weights = func.attr.value == "save_weights"
        if kind is None and not is_weights and not _looks_saved(context, func.value):
            continue
        form = keyword(call, "save_format") or (positional(call, 2) if is_weights else positional(call, 3))
        wanted = text_of(form.value) if form is not None else None
        if form is not None:
            yield Step("files", form, f"{func.attr.value}(save_format=) is gone", (RemoveArgument(call, form),))
        path = argument(call, "filepath", 0)
        if path is None or has_stars(call):
            continue
        if is_weights and wanted == "tf":
            yield from _folder(context, call, path.value)
        yield from _one(context, path.value, is_weights, renamed, is_h5=wanted == "h5")
    for call, name in context.called():
        if name == "keras.callbacks.ModelCheckpoint":
            path, weights = argument(call, "filepath", 0), argument(call, "save_weights_only", 4)
            if path is not None:
                only = weights is not None and is_name(weights.value, "True")
                yield from _one(context, path.value, only, renamed, is_checkpoint=True)
        elif name in ("keras.models.save_model", "keras.saving.save_model"):
            path = argument(call, "filepath", 1)
            if path is not None:
                yield from _one(context, path.value, False, renamed)
            form = keyword(call, "save_format")
            if form is not None:
                yield Step("files", form, "save_model(save_format=) is gone", (RemoveArgument(call, form),))
    read = {id(literal) for path in _paths(context) for literal in literals(context, path)}
    for node in context.names.nodes:
        text = text_of(node) if isinstance(node, cst.SimpleString) else None
        # A text with the ending of a file is one; one without may be anything else as well.
        if text in renamed and isinstance(node, cst.SimpleString) and (_ENDING.search(text or "") or id(node) in read):
            new = renamed[text]
            changes = _with_ending(node, text or "", new.name)
            message = f"the file {text!r} must be called {new.name!r}"
            yield Step("files", node, message, changes, about=tuple(new.paths))


def _folder(context: Context, call: cst.Call, path: cst.BaseExpression) -> Iterator[Step]:
    """A step for the folder that saving in the format of TensorFlow made by itself, and saving to a file does not."""
    statement = context.names.statement(call)
    text = text_of(path)
    folder = os.path.dirname(text) if text is not None else ""
    makes = any(name in ("os.makedirs", "os.mkdir") for _, name in context.called())
    if not folder.strip("./") or makes or statement is None or not isinstance(path, cst.SimpleString):
        return
    row = f"os.makedirs({requoted(path, folder)}, exist_ok=True)"
    changes = (InsertRows(statement, (row,)),)
    yield Step("folders", call, "save_weights makes no folder", changes, (Need("", "os", "os"),))


def _with_ending(node: cst.SimpleString, old: str, new: str) -> tuple[RewriteWithin, ...]:
    """The end of a name where it differs, as it is written: what stands before it may be changed by others."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    written = node.raw_value
    if not written.endswith(old[same:]):
        return ()
    return (RewriteWithin(node, len(written) - len(old) + same, len(written), new[same:]),)


#: Functions that are given the name of a file.
_READERS = frozenset(
    {
        "keras.models.load_model", "keras.saving.load_model", "os.path.exists", "os.path.isfile", "os.path.isdir",
        "os.remove", "os.unlink", "os.path.getsize", "h5py.File", "shutil.rmtree", "tensorflow.saved_model.load",
    }
)  # fmt: skip


def _paths(context: Context) -> Iterator[cst.BaseExpression]:
    """What is given as a path: to what saves, loads, or looks whether it is there."""
    for call, name in context.called():
        if name in _READERS or name in ("keras.callbacks.ModelCheckpoint", "keras.models.save_model"):
            yield from (arg.value for arg in call.args[:2])
    for call, _, _ in context.methods("save", "save_weights", "load_weights"):
        yield from (arg.value for arg in call.args[:1])


def _looks_saved(context: Context, node: cst.BaseExpression) -> bool:
    """Whether something unknown is a model: the attribute `model`, or what is compiled or trained elsewhere."""
    if isinstance(node, cst.Attribute):
        return node.attr.value == "model"
    if not isinstance(node, cst.Name):
        return False
    used = {
        func.value.value
        for _, func, _ in context.methods("compile", "fit_generator")
        if isinstance(func.value, cst.Name)
    }
    return node.value in used


@dataclass
class _New:
    """What the name of a file becomes, and where it is given as a path."""

    name: str
    paths: list[cst.BaseExpression] = field(default_factory=list)


def _one(
    context: Context,
    path: cst.BaseExpression,
    is_weights: bool,
    renamed: dict[str, _New],
    is_checkpoint: bool = False,
    is_h5: bool = False,
) -> Iterator[Step]:
    """Note what one name becomes; a step for one that is not written in the file."""
    found = list(literals(context, path))
    if not found:
        if not _is_made_elsewhere(context, path):
            return
        yield Step("files", path, f"the name must end in {_WEIGHTS if is_weights else _MODEL}; it is not written here")
        return
    for literal in found:
        text = literal.value if isinstance(literal, cst.FormattedStringText) else text_of(literal)
        if not text or "\\" in text or text.endswith("/"):
            continue
        new = _renamed(text, is_weights, is_checkpoint, is_h5)
        if new != text and isinstance(literal, cst.FormattedStringText):
            yield Step("files", literal, f"the name of the file must end in {new}", (Rewrite(literal, (new,)),))
        elif new != text:
            renamed.setdefault(text, _New(new)).paths.append(path)


def _renamed(text: str, is_weights: bool, is_checkpoint: bool, is_h5: bool) -> str:
    lower = text.lower()
    if is_weights:
        return text if lower.endswith(_WEIGHTS) else _ENDING.sub("", text).removesuffix(".weights") + _WEIGHTS
    if lower.endswith((_MODEL, ".h5")) or (lower.endswith(".hdf5") and not is_checkpoint):
        return text
    return _ENDING.sub("", text) + (".h5" if is_h5 else _MODEL)


def literals(
    context: Context, node: cst.CSTNode, depth: int = 0
) -> Iterator[cst.SimpleString | cst.FormattedStringText]:
    """The texts that a name of a file may end with, as they are written."""
    if depth > 4:
        return
    if isinstance(node, cst.SimpleString):
        yield node
    elif isinstance(node, cst.FormattedString):
        last = node.parts[-1] if node.parts else None
        if isinstance(last, cst.FormattedStringText):
            yield last
    elif isinstance(node, cst.Name):
        for value in context.names.values_of(node) or ():
            if not isinstance(value, (cst.Name, cst.Param)) or value is not node:
                yield from literals(context, value, depth + 1)
    elif isinstance(node, cst.BinaryOperation):
        is_filled = isinstance(node.operator, cst.Modulo)
        found = literals(context, node.left if is_filled else node.right, depth + 1)
        yield from (one for one in found if not (is_filled and _OPEN_END.search(one.value)))
    elif isinstance(node, cst.Call):
        name = context.names.canonical(node.func)
        if name in ("os.path.join", "str", "builtins.str", "pathlib.Path") and node.args:
            yield from literals(context, node.args[-1].value, depth + 1)
        elif isinstance(node.func, cst.Attribute) and node.func.attr.value == "format":
            found = literals(context, node.func.value, depth + 1)
            yield from (one for one in found if not _OPEN_END.search(one.value))


def _is_made_elsewhere(context: Context, node: cst.CSTNode) -> bool:
    """Whether nothing is known of a name: parameters and attributes may be right as they are."""
    return isinstance(node, cst.FormattedString)
