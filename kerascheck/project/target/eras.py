"""The generations of Keras, and a sign of one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Era(Enum):
    """A generation of Keras. The values are what the setting `target` takes."""

    KERAS_1 = "keras1"
    KERAS_2 = "keras2"  # the package keras, up to 2.15
    TF_KERAS = "tf-keras"  # Keras 2 as a part of TensorFlow, up to 2.15, or as the package tf_keras
    KERAS_3 = "keras3"
    UNKNOWN = "unknown"

    @property
    def is_old(self) -> bool:
        """Whether it comes before Keras 3."""
        return self in (Era.KERAS_1, Era.KERAS_2, Era.TF_KERAS)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that is so with one generation of Keras only."""

    era: Era
    text: str  # what is written there
    filename: str | None = None  # None: in the program itself
    row: int | None = None
    settles: bool = True  # False for a name that Keras 3 does not have: the program may be meant for Keras 3, and fail

    def __str__(self) -> str:
        place = self.filename if self.filename is not None else ""
        where = f"{place}:{self.row}" if place and self.row is not None else place or f"row {self.row}"
        return f"{self.text} ({where})"
