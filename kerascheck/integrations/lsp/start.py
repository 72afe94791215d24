"""Starting the server on standard input and output."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kerascheck.integrations.lsp.server import Server

INSTALL = "pip install 'kerascheck[lsp]'"


class MissingPackage(Exception):
    """The extra `lsp` is not installed; the message says what to do."""


def make_server() -> Server:
    """A server with everything that it answers."""
    from kerascheck.integrations.lsp import answers, life, orders, texts
    from kerascheck.integrations.lsp.server import Server

    server = Server()
    for module in (life, texts, answers, orders):
        module.register(server)
    return server


def serve(verbose: bool = False) -> int:
    """Serve one client until it says goodbye or is gone; the exit status.

    Nothing but the protocol is written to standard output: whatever else is printed goes to standard error.

    Raises:
        MissingPackage: the extra is not installed.
    """
    try:
        import pygls.lsp.server  # noqa: F401
    except ImportError:
        raise MissingPackage(f"the language server needs the package pygls: {INSTALL}") from None
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.ERROR,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    server = make_server()
    server.start_io(sys.stdin.buffer, output)
    return 0 if server.is_finished else 1
