"""What the configuration files of a model repository make loaders open and import."""
