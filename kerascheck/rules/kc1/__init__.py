"""KC1: the architecture of networks, one rule a module."""
