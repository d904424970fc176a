"""The pickle machine: what a stream would do, without doing it."""
