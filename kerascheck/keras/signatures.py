"""The parameters of the methods of models in their order, so that an argument is found wherever it stands.

Source: keras/src/trainers/trainer.py (Keras 3.15); of the methods that Keras 3 has no more, and of `compile` before
Keras 3: the documentation of Keras 2, whose versions put different arguments after those that are listed.
"""

from __future__ import annotations

#: Those that show a model data.
TRAINING: dict[str, tuple[str, ...]] = {
    "fit": (
        "x", "y", "batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data", "shuffle",
        "class_weight", "sample_weight", "initial_epoch", "steps_per_epoch", "validation_steps",
        "validation_batch_size", "validation_freq",
    ),
    "evaluate": ("x", "y", "batch_size", "verbose", "sample_weight", "steps", "callbacks", "return_dict"),
    "predict": ("x", "batch_size", "verbose", "steps", "callbacks"),
    "train_on_batch": ("x", "y", "sample_weight", "class_weight", "return_dict"),
    "test_on_batch": ("x", "y", "sample_weight", "return_dict"),
    "predict_on_batch": ("x",),
    "fit_generator": (
        "generator", "steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data", "validation_steps",
    ),
    "evaluate_generator": ("generator", "steps"),
    "predict_generator": ("generator", "steps"),
    "predict_classes": ("x", "batch_size", "verbose"),
    "predict_proba": ("x", "batch_size", "verbose"),
}  # fmt: skip

COMPILE = (
    "optimizer", "loss", "loss_weights", "metrics", "weighted_metrics", "run_eagerly", "steps_per_execution",
    "jit_compile", "auto_scale_loss",
)  # fmt: skip

#: Before Keras 3, metrics came third.
OLD_COMPILE = ("optimizer", "loss", "metrics", "loss_weights")
