"""Names that are gone or have moved, where they are used: `np_utils.to_categorical` is `keras.utils.to_categorical`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.machine.names import canonical
from kerascheck.migrate.codemods.backend import sees_to
from kerascheck.migrate.context import GUIDE, Context, Rewritten, Spelled, Step, kept
from kerascheck.migrate.facts import exists, only_in_tensorflow, row_of, successor, under_keras
from kerascheck.migrate.names import Binding

#: Names for which there is nothing in Keras 3, and what helps.
_PAGES = {
    "preprocessing.text": "https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/",
    "preprocessing.image": "https://keras.io/api/data_loading/image/",
}

#: What optimizers of TensorFlow 1 were asked for.
_IN_GRAPHS = ("minimize", "compute_gradients", "apply_gradients")


def find(context: Context, gone: Rewritten) -> Iterator[Step]:
    """A step for each use of such a name through a module, but for those that other steps rewrite."""
    for binding in context.names.bindings:
        if binding.local == "*":
            continue
        for use in dict.fromkeys(binding.uses):
            if use not in gone:
                yield from steps(context, binding, use)


def steps(context: Context, binding: Binding, use: cst.BaseExpression) -> Iterator[Step]:
    """The step for one use."""
    dotted, node = _shortest(context, use)
    if dotted is None or dotted == binding.dotted:
        return  # the import itself sees to it
    name = canonical(dotted)
    if sees_to(name) or name == "keras.backend.function" or context.names.is_written(use):
        return  # the codemod of the backend does
    new = None if _is_of_a_graph(context, dotted, node) else target_of(context, dotted)
    if new is not None:
        spelled = respelled(context, binding, new)
        if spelled.text != context.source.code_for(node):
            yield Step(
                "names", node, f"{_shown(dotted)} is now {new}", (Rewrite(node, (spelled.text,)),), spelled.needs
            )
    elif only_in_tensorflow(dotted):
        spelled = context.through_tensorflow(dotted)
        change = Rewrite(node, (spelled.text,))
        note = f"only tensorflow.keras has {dotted.rpartition('.')[2]} still"
        yield Step(
            "names", node, f"{_shown(dotted)} is gone from keras", (change,), spelled.needs, page_of(dotted), note
        )
    elif row_of(dotted) is not None and not binding.is_tried:
        yield Step("names", node, gone_message(dotted), page=page_of(dotted))


def _is_of_a_graph(context: Context, dotted: str, node: cst.BaseExpression) -> bool:
    """Whether an optimizer of TensorFlow 1 does its work in a graph itself: `AdamOptimizer(0.1).minimize(loss)`."""
    call = context.names.parent(node)
    used = context.names.parent(call) if isinstance(call, cst.Call) and call.func is node else None
    if not dotted.startswith("tensorflow.train.") or not isinstance(used, (cst.Attribute, cst.Assign)):
        return False
    if isinstance(used, cst.Attribute):
        return True
    names = [one.target for one in used.targets] if isinstance(used, cst.Assign) else []
    texts = {context.source.code_for(one) for one in names}
    return any(context.source.code_for(func.value) in texts for _, func, _ in context.methods(*_IN_GRAPHS))


def target_of(context: Context, dotted: str) -> str | None:
    """The name under `keras` that a dotted name becomes; None where it stays."""
    found = successor(dotted)
    if found is not None:
        return found
    name = under_keras(dotted)
    wanted = context.options.to_keras and dotted.startswith("tensorflow.keras") and name is not None
    return name if wanted and name is not None and row_of(f"keras{name[5:]}") is None and exists(name) else None


def respelled(context: Context, binding: Binding, new: str) -> Spelled:
    """How a name is written where an older one was reached through this import."""
    reached = under_keras(successor(binding.dotted) or binding.dotted)
    if binding.dotted == "tensorflow" and new.startswith("tensorflow."):
        return Spelled(f"{binding.local}{new.removeprefix('tensorflow')}", (kept(binding),))
    if binding.dotted == "tensorflow" and not context.options.to_keras and not new.startswith("keras.ops."):
        return Spelled(f"{binding.local}.{new}", (kept(binding),))
    stays = successor(binding.dotted) is None and not binding.is_tried and not context.options.to_keras
    stays = stays or (binding.dotted.partition(".")[0] == "keras" and successor(binding.dotted) is None)
    if reached is not None and stays and new.startswith(f"{reached}."):
        return Spelled(f"{binding.local}{new[len(reached) :]}", (kept(binding),))
    return context.spell(new)


def gone_message(dotted: str) -> str:
    """What to say of a name that nothing takes the place of."""
    row = row_of(dotted)
    if row is not None and row.old != (under_keras(dotted) or dotted):
        return f"{_shown(dotted)} is gone, as is all of {row.old}"
    advice = row.advice if row is not None else None
    return f"{_shown(dotted)} is gone{f': {advice}' if advice else ''}"


def page_of(dotted: str) -> str:
    """The page that helps."""
    name = under_keras(dotted) or dotted
    return next((page for part, page in _PAGES.items() if name.startswith(f"keras.{part}")), GUIDE)


def _shortest(context: Context, use: cst.BaseExpression) -> tuple[str | None, cst.BaseExpression]:
    """The part of a chain of attributes that is a name of Keras: without methods of a class that follow."""
    dotted = context.names.dotted(use)
    node = use
    while dotted is not None and isinstance(node, cst.Attribute):
        above = dotted.rpartition(".")[0]
        if not above.rpartition(".")[2][:1].isupper() or under_keras(above) is None:
            break
        dotted, node = above, node.value
    return dotted, node


def _shown(dotted: str) -> str:
    return dotted.replace("tensorflow.", "tf.", 1) if dotted.startswith("tensorflow.keras") else dotted
