"""The Python that kerascheck runs in: import path, processes, garbage collector, reading of files under limits."""
