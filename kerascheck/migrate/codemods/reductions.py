"""`Reduction.AUTO` and its kin: a reduction is a text in Keras 3."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.migrate.arguments import keyword, requoted, text_of
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.facts import under_keras

_TEXTS = {
    "AUTO": '"sum_over_batch_size"',
    "SUM_OVER_BATCH_SIZE": '"sum_over_batch_size"',
    "SUM": '"sum"',
    "NONE": "None",
}


def find(context: Context) -> Iterator[Step]:
    """A step for each constant, and for the text that Keras 3 does not know."""
    for call, made in context.called():
        given = keyword(call, "reduction") if made.startswith("keras.losses.") else None
        if given is not None and isinstance(given.value, cst.SimpleString) and text_of(given.value) == "auto":
            change = Rewrite(given.value, (requoted(given.value, "sum_over_batch_size"),))
            yield Step("texts", given.value, "the reduction auto is sum_over_batch_size", (change,))
    for node in context.attributes:
        name = under_keras(context.names.dotted(node) or "")
        if name is not None and name.rpartition(".")[0] in (
            "keras.losses.Reduction",
            "keras.utils.losses_utils.ReductionV2",
        ):
            text = _TEXTS.get(node.attr.value)
            if text is not None:
                yield Step("texts", node, f"Reduction.{node.attr.value} is now {text}", (Rewrite(node, (text,)),))
