"""The first thing that a fresh process of kerascheck runs; started by its path, not as a module (see `processes`).

So the current folder is on no import path at any time, on every Python: what is executed is this file, and what it
imports is looked for where Python and its packages are installed.
"""

import os
import sys

sys.path[:] = [entry for entry in sys.path if entry != os.path.dirname(os.path.abspath(__file__))]


def main() -> None:
    """Do what the parent says: it sends the import path, where kerascheck lies, and a function to call."""
    import signal
    from importlib import import_module
    from multiprocessing import connection

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the parent, which ends this process
    kind = getattr(connection, "PipeConnection" if sys.platform == "win32" else "Connection")
    parent = kind(int(sys.argv[1]))
    path, root, module, function, arguments = parent.recv()  # strings, numbers and lists of them
    sys.path[:] = path
    sys.path.insert(0, root)
    import kerascheck  # noqa: F401

    sys.path.remove(root)  # it may be the current folder
    getattr(import_module(module), function)(parent, *arguments)


if __name__ == "__main__":
    main()
