"""Scores: how often a trained model is right."""
