"""The wrappers for scikit-learn, which are the package scikeras now."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.fixes.changes import RenameKeyword, Rewrite
from kerascheck.migrate.arguments import keyword
from kerascheck.migrate.context import Context, Step

_PAGE = "https://adriangb.com/scikeras/stable/migration.html"
_NOTE = "install scikeras, and see its page for what else has another name"


def find(context: Context) -> Iterator[Step]:
    """A step for each import of the wrappers, and for each call."""
    for binding in context.names.bindings:
        if binding.dotted.endswith(("wrappers.scikit_learn.KerasClassifier", "wrappers.scikit_learn.KerasRegressor")):
            module = getattr(binding.statement, "module", None)
            if module is not None and "keras" in binding.module and not binding.is_tried:
                change = Rewrite(module, ("scikeras.wrappers",))
                yield Step(
                    "wrappers", binding.statement, "the wrappers are in scikeras", (change,), page=_PAGE, note=_NOTE
                )
    for call, name in context.called():
        if name.endswith(("wrappers.scikit_learn.KerasClassifier", "wrappers.scikit_learn.KerasRegressor")):
            old = keyword(call, "build_fn")
            if old is not None:
                yield Step("wrappers", call, "build_fn is model", (RenameKeyword(old, "model"),), page=_PAGE)
