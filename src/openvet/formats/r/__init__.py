"""R's serialization, read as facts."""
