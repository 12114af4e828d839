"""Nodes: hands, objects and scene, and their identity over time."""
