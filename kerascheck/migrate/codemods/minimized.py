"""`optimizer.minimize(loss, variables, tape=tape)`: the gradients of the tape are applied."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.migrate.arguments import argument, has_stars, keyword
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.kinds import Kind

_PAGE = "https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/"


def find(context: Context) -> Iterator[Step]:
    """A step for each call that is given the tape that has recorded the loss."""
    for call, func, kind in context.methods("minimize"):
        loss, variables, tape = argument(call, "loss", 0), argument(call, "var_list", 1), keyword(call, "tape")
        is_own = isinstance(func.value, cst.Attribute) and func.value.attr.value == "optimizer"
        if kind not in (Kind.OPTIMIZER, None) or (kind is None and not is_own) or has_stars(call):
            continue
        if loss is None or variables is None or tape is None or len(call.args) != 3:
            continue
        if not all(isinstance(one.value, (cst.Name, cst.Attribute)) for one in (loss, variables, tape)):
            continue  # what is written once would be done twice
        pieces = (
            *(func.value, ".apply_gradients(zip(", tape.value, ".gradient(", loss.value, ", ", variables.value, "), "),
            *(context.source.code_for(variables.value), "))"),
        )
        yield Step("methods", func, "minimize applies the gradients of a tape", (Rewrite(call, pieces),), page=_PAGE)
