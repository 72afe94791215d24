"""The table of messages that `kerascheck explain` and the page "I have this message" know, one module a subject."""

from __future__ import annotations

from functools import lru_cache

from kerascheck.explain.messages.base import Message

#: A longer text is no phrase that somebody looks for.
_MAX_WORDS = 60


@lru_cache(1)
def all_messages() -> tuple[Message, ...]:
    """All rows; of several that fit a message, the first one is meant."""
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
    )  # fmt: skip

    return (
        *targets.MESSAGES, *training.MESSAGES, *compiling.MESSAGES, *saving.MESSAGES, *inputs.MESSAGES,
        *arguments.MESSAGES, *models.MESSAGES, *data.MESSAGES, *environment.MESSAGES, *tensors.MESSAGES,
    )  # fmt: skip


def subjects() -> dict[str, tuple[Message, ...]]:
    """The rows by subject, as the page has them."""
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
    )  # fmt: skip

    return {
        "Layers and their inputs": inputs.MESSAGES,
        "Arguments of layers": arguments.MESSAGES,
        "Models and custom layers": models.MESSAGES,
        "Compile: loss, optimizer, metrics": compiling.MESSAGES,
        "Targets and the loss": targets.MESSAGES,
        "Training: fit, evaluate, predict": training.MESSAGES,
        "Data before the model": data.MESSAGES,
        "Tensors and graphs": tensors.MESSAGES,
        "Saving and loading": saving.MESSAGES,
        "Imports, versions and the machine": environment.MESSAGES,
    }


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
