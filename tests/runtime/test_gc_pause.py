"""Where the garbage of an analysis is looked for."""

from __future__ import annotations

import gc
import subprocess
import sys

from kerascheck.runtime.gc_pause import between_files, leave_alone, no_collection

#: In a process of its own: what is set there stays. It checks files whose analysis makes cycles, and counts what is left.
CHECKS = """
import gc
from kerascheck.configuration.config import Settings
from kerascheck.engine import check_source
from kerascheck.runtime.gc_pause import collect_between_files

def program(number):
    return f'''
import keras
def build(size):
    def inner(x):
        return keras.layers.Dense(size)(x)
    return inner
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.parts = [self, {number}]
Net(), build({number})(keras.Input((3,)))
'''.encode()

collect_between_files()
counts = []
for number in range(1, 40):
    check_source(program(number), f"{number}.py", Settings())
    if number in (12, 39):
        gc.unfreeze()
        counts.append(sum(type(one).__name__ in ("Scope", "Run", "Program") for one in gc.get_objects()))
print(*counts)
"""


def test_nothing_is_collected_meanwhile() -> None:
    assert gc.isenabled()
    with no_collection():
        assert not gc.isenabled()
        with no_collection():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_process_that_does_other_things_as_well_keeps_its_collector() -> None:
    frozen = gc.get_freeze_count()
    between_files()
    leave_alone()
    assert gc.get_freeze_count() <= frozen  # some of what is frozen may come to its end meanwhile
    assert gc.isenabled()


def test_analyses_leave_nothing_behind_in_a_process_for_files_alone() -> None:
    ended = subprocess.run([sys.executable, "-c", CHECKS], capture_output=True, text=True, check=True)
    early, late = map(int, ended.stdout.split())
    assert late <= early
