"""Rules about what laws on AI ask of a model."""
