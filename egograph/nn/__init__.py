"""Layers, the temporal head, the state of a stream."""
