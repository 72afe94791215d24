"""`%load_ext kerascheck`: checks in IPython and Jupyter, cell by cell.

Imported by IPython only; nothing else of kerascheck needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Give the shell `%kerascheck` and `%%kerascheck`."""
    from kerascheck.integrations.jupyter.magics import KerascheckMagics

    KerascheckMagics(shell).attach()


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take them away again."""
    from kerascheck.integrations.jupyter.magics import KerascheckMagics

    for magics in list(shell.magics_manager.registry.values()):
        if isinstance(magics, KerascheckMagics):
            magics.detach()
