"""Whether an import surely works or surely fails under the Keras that the program is written for.

`try: from keras.layers import CuDNNLSTM` fails in Keras 3, so the handler is what runs. What Keras 3 does not have, the
table of changes knows; where the program is written for an older Keras, nothing of Keras is claimed to fail.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

from kerascheck.keras.changes import gone_part
from kerascheck.layers.registry import REMOVED, find

Outcome: TypeAlias = Literal["works", "fails", "unknown"]

#: Ways to write the Keras that a program of today gets.
_ROOTS = ("tensorflow.keras", "keras")

#: What Keras 3 itself cannot do without.
_NEEDED = frozenset({"numpy", "h5py", "rich", "ml_dtypes", "optree", "absl", "packaging", "namex"})
#: Modules of Python 2, and of the standard library before the Python that Keras 3 needs.
_OLD_PYTHON = frozenset(
    {
        "cPickle", "cStringIO", "StringIO", "ConfigParser", "Queue", "Tkinter", "tkMessageBox", "urllib2", "urlparse",
        "httplib", "commands", "__builtin__", "exceptions", "sets", "md5", "sha", "thread", "dummy_thread", "anydbm",
        "HTMLParser", "SocketServer", "BaseHTTPServer", "xmlrpclib", "cookielib", "Cookie", "UserDict",
        "itertools.izip", "itertools.imap", "urllib.urlretrieve", "urllib.urlopen", "urllib.urlencode", "urllib.quote",
        "collections.Mapping", "collections.MutableMapping", "collections.Iterable", "collections.Sequence",
        "collections.Callable", "collections.Hashable",
    }
)  # fmt: skip
#: Modules of the standard library that not every platform or build has.
_SOME_PLATFORMS = frozenset(
    {
        "winreg", "msvcrt", "winsound", "_winapi", "fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "curses",
        "readline", "tkinter", "sqlite3", "lzma", "bz2", "crypt", "nis", "spwd", "syslog", "posix", "nt", "ossaudiodev",
        "distutils", "imp", "asyncore", "asynchat", "smtpd", "cgi", "pipes", "telnetlib", "uu", "xdrlib", "tomllib",
    }
)  # fmt: skip


def outcome_of(dotted: str, names: Sequence[str] = (), *, dialect: int = 3, text: str = "") -> Outcome:
    """What becomes of `import dotted`, or of `from dotted import names`.

    Args:
        dotted: the module as it is spelled, without dots in front.
        names: what is taken from it; empty for the module itself.
        dialect: the generation of Keras that the program is written for.
        text: the program: what it imports elsewhere, beyond any doubt, is there.
    """
    found = [_one(f"{dotted}.{name}", dotted, dialect, text) for name in names] or [_one(dotted, dotted, dialect, text)]
    if "fails" in found:
        return "fails"
    return "works" if all(one == "works" for one in found) else "unknown"


def _one(full: str, module: str, dialect: int, text: str) -> Outcome:
    if _is_old_python(full):
        return "fails"
    top = full.partition(".")[0]
    if top in sys.stdlib_module_names:
        plain = top not in _SOME_PLATFORMS and top != "__future__"
        return "works" if plain and full in (top, module) else "unknown"
    root = next((root for root in _ROOTS if full == root or full.startswith(f"{root}.")), None)
    if root is not None:
        return _of_keras(full[len(root) + 1 :], root, dialect)
    if full == "tensorflow.contrib" or full.startswith("tensorflow.contrib."):
        return "fails" if dialect == 3 else "unknown"
    if full == module == top and (top in _NEEDED or imported_for_sure(text, top)):
        return "works"
    return "unknown"


def _is_old_python(full: str) -> bool:
    return any(full == old or full.startswith(f"{old}.") for old in _prefixes(full) if old in _OLD_PYTHON)


def _prefixes(full: str) -> list[str]:
    parts = full.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _of_keras(rest: str, root: str, dialect: int) -> Outcome:
    """The outcome for what stands behind the root of Keras."""
    if dialect < 3:
        return "unknown"
    if not rest:
        return "works" if root == "keras" else "unknown"  # TensorFlow is one of several backends
    if is_gone(rest, root):
        return "fails"
    group, _, name = rest.partition(".")
    if group == "layers" and "." not in name and find(name) is not None and name not in REMOVED:
        return "works"
    return "works" if rest in _KNOWN else "unknown"


_KNOWN = frozenset(
    {
        "layers", "models", "optimizers", "losses", "metrics", "callbacks", "initializers", "regularizers",
        "constraints", "activations", "utils", "backend", "applications", "datasets", "preprocessing", "Sequential",
        "Model", "Input", "models.Sequential", "models.Model", "models.load_model", "utils.to_categorical",
        "utils.plot_model", "layers.Input", "layers.Layer", "optimizers.Adam", "optimizers.SGD", "optimizers.RMSprop",
    }
)  # fmt: skip


@lru_cache(maxsize=4096)
def is_gone(rest: str, root: str = "keras") -> bool:
    """Whether Keras 3 surely does not have `keras.<rest>`: a layer that was removed, a module of older Keras."""
    row = gone_part(f"keras.{rest}", "keras" if root == "keras" else "tf.keras")
    return row is not None and row.raises is None


@lru_cache(maxsize=256)
def imported_for_sure(text: str, top: str) -> bool:
    """Whether a line of the program that stands in no block imports the package."""
    return re.search(rf"^(?:import|from)[ \t]+{re.escape(top)}\b", text, re.MULTILINE) is not None
