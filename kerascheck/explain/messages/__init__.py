"""The table of messages that `kerascheck explain` and the page "I have this message" know, one module a subject."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain

from kerascheck.explain.messages.base import Message

#: A longer text is no phrase that somebody looks for.
_MAX_WORDS = 60


def subjects() -> dict[str, tuple[Message, ...]]:
    """The rows by subject, as the page has them; what is told by fewer words comes later."""
    from kerascheck.explain.messages import (
        arguments,
        compiling,
        data,
        environment,
        inputs,
        models,
        saving,
        targets,
        tensors,
        training,
        weights,
    )

    return {
        "Targets and the loss": targets.MESSAGES,
        "Training: fit, evaluate, predict": training.MESSAGES,
        "Compile: loss, optimizer, metrics": compiling.MESSAGES,
        "Saving and loading": saving.MESSAGES,
        "Files of weights": weights.MESSAGES,
        "Layers and their inputs": inputs.MESSAGES,
        "Arguments of layers": arguments.MESSAGES,
        "Models and custom layers": models.MESSAGES,
        "Data before the model": data.MESSAGES,
        "Imports, versions and the machine": environment.MESSAGES,
        "Tensors and graphs": tensors.MESSAGES,
    }


@lru_cache(1)
def all_messages() -> tuple[Message, ...]:
    """All rows; of several that fit a message, the first one is meant."""
    return tuple(chain.from_iterable(subjects().values()))


def similar(words: str) -> list[Message]:
    """The rows in which a few words stand as they are."""
    wanted = " ".join(words.lower().split())
    if not 4 <= len(wanted) <= _MAX_WORDS:
        return []
    return [message for message in all_messages() if wanted in message.words]


def recognised(text: str, kind: str = "") -> tuple[Message, dict[str, str]] | None:
    """The row that a message is of, and what its fields hold."""
    for message in all_messages():
        groups = message.found_in(text, kind)
        if groups is not None:
            return message, groups
    return None
