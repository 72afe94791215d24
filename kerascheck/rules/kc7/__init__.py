"""KC7: saving, loading and security, one rule a module."""
