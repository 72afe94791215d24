"""For which Keras a program is written, and what says so.

`target_of` weighs the evidence; `signs` finds it in programs, `pins` in the files that say what a project installs.
"""

from kerascheck.project.target.decide import Target, forget, surroundings, target_of
from kerascheck.project.target.eras import Era, Evidence

__all__ = ["Era", "Evidence", "Target", "forget", "surroundings", "target_of"]
