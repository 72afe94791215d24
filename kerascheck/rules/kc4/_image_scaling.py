"""KC400, KC401 and KC409: how numbers are scaled before they reach the network."""

from __future__ import annotations

from kerascheck.network.arguments import Given
from kerascheck.network.ir import Site
from kerascheck.network.program import TrainCall
from kerascheck.rules._training import argument, argument_site


def _x_site(call: TrainCall) -> Site:
    given = argument(call, "x")
    if not isinstance(given, Given):
        given = argument(call, "generator")
    return argument_site(call.site, given) if isinstance(given, Given) else call.site
