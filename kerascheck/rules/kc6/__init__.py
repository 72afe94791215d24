"""KC6: speed and reproducibility, one rule a module."""
