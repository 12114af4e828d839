"""Relational competence: what a model's answers owe to its graph, and how they bear what goes wrong before it.

After what the position paper on relational graphs asks of evaluation (arXiv 2508.18421).
"""
