"""Many files: in several processes, under limits, remembered from one run to the next."""
