"""KC8: custom layers, models and training loops, one rule a module."""
