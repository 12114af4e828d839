"""Training, from annotated videos to a model folder."""
