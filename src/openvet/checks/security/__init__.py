"""Rules about what a file can do to whoever opens it."""
