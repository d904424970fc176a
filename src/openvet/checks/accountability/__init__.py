"""Rules on who answers for a model."""
