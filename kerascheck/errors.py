"""What is wrong with the way kerascheck is asked; the messages are for users."""

from __future__ import annotations


class ConfigError(Exception):
    """The user asked for something that does not exist; the message says what, where, and what is near it."""


class PluginError(ConfigError):
    """A package offers rules that cannot be used; the message names it and says why."""
