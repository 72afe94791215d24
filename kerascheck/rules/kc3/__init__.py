"""KC3: outputs, losses and labels, one rule a module."""
