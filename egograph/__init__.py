"""egograph: streaming activity recognition for first-person video, by a graph inferred from every clip."""

__version__ = "0.1.0"
