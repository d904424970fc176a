"""Objects that configuration files name and loaders build: one module per dialect."""
