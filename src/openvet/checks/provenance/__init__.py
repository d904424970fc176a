"""Rules about where a model comes from, and whether its files agree on that."""
