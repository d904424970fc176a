"""Rules about what may be done with a model, and what is owed for it."""
