"""kerascheck: a type checker and linter for Keras programs."""

__version__ = "0.1.0"
