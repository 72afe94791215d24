"""`kerascheck lsp`."""

from __future__ import annotations

from kerascheck.cli.common import (
    Failure,
)


def serve_editor(verbose: bool) -> int:
    """`kerascheck lsp`: the exit status.

    Raises:
        Failure: the extra is not installed.
    """
    from kerascheck.integrations.lsp.start import MissingPackage, serve

    try:
        return serve(verbose)
    except MissingPackage as error:
        raise Failure(str(error)) from None
