"""Datasets: class lists, action segments, annotated frames, and a procedural kitchen in the same layouts."""
