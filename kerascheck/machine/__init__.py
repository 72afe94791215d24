"""The symbolic interpreter: executes a program on symbolic values, without running it."""

from kerascheck.machine.analysis import analyze
from kerascheck.machine.combinations import Analysis

__all__ = ["Analysis", "analyze"]
