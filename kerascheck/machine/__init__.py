"""The symbolic interpreter: executes a program on symbolic values, without running it."""

from kerascheck.machine.analysis import Analysis, analyze

__all__ = ["Analysis", "analyze"]
