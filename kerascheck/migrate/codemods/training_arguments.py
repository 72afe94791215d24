"""Arguments of `compile`, `fit`, `evaluate` and `predict`: `nb_epoch`, `class_mode`, `workers`, `show_accuracy`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import AddArgument, RemoveArgument, RenameKeyword, Rewrite
from kerascheck.migrate.arguments import keyword, positional, positionals
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.kinds import Kind

_METHODS = ("compile", "fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")
_RENAMED = {"nb_epoch": "epochs", "experimental_steps_per_execution": "steps_per_execution"}
#: Arguments about how data is loaded, which the `PyDataset` itself has now.
LOADING = ("workers", "use_multiprocessing", "max_queue_size", "max_q_size", "nb_worker", "pickle_safe")
_GONE = {
    "compile": (
        "class_mode", "distribute", "experimental_run_tf_function", "sample_weight_mode", "target_tensors",
        "theano_mode",
    ),
    "train_on_batch": ("reset_metrics", "accuracy"),
    "test_on_batch": ("reset_metrics", "accuracy"),
}  # fmt: skip


def find(context: Context) -> Iterator[Step]:
    """The steps for calls of these methods of models."""
    for call, func, kind in context.methods(*_METHODS):
        if kind in (Kind.MODEL, None):
            yield from steps(context, call, func.attr.value, kind is Kind.MODEL)


def steps(context: Context, call: cst.Call, method: str, is_model: bool) -> Iterator[Step]:
    """The steps for one call."""
    for old, new in _RENAMED.items():
        arg = keyword(call, old)
        if arg is not None and keyword(call, new) is None:
            yield Step("arguments", arg, f"{method}({old}=) is now {new}", (RenameKeyword(arg, new),))
    for old in (*_GONE.get(method, ()), *LOADING):
        arg = keyword(call, old)
        if arg is not None and (is_model or old in ("class_mode", "pickle_safe", "max_q_size", "nb_worker", "workers")):
            note = f"{method} takes no {old}; a keras.utils.PyDataset does" if old in LOADING else None
            yield Step("arguments", arg, f"{method}({old}=) is gone", (RemoveArgument(call, arg),), note=note)
    shown = keyword(call, "show_accuracy")
    if shown is not None:
        yield Step("arguments", shown, "show_accuracy is gone", (RemoveArgument(call, shown),))
    if method == "compile" and is_model:
        yield from _compile(context, call)


def _compile(context: Context, call: cst.Call) -> Iterator[Step]:
    """The third argument of `compile` is `loss_weights` now, and accuracy is a metric."""
    third = positional(call, 2)
    if third is not None and len(positionals(call)) == 3 and isinstance(third.value, (cst.List, cst.Tuple)):
        yield Step(
            "arguments",
            third,
            "the third argument of compile is metrics no more",
            (Rewrite(third, ("metrics=", third.value)),),
        )
    shown = any(keyword(other, "show_accuracy") is not None for other, _, _ in context.methods("fit", "evaluate"))
    if shown and keyword(call, "metrics") is None and third is None:
        yield Step(
            "arguments", call, 'show_accuracy is metrics=["accuracy"]', (AddArgument(call, ('metrics=["accuracy"]',)),)
        )
