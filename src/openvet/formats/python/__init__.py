"""Python source, read as a syntax tree by the standard library and never run."""
