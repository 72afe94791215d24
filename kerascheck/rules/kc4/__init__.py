"""KC4: data and training calls, one rule a module."""
