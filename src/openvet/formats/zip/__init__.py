"""Zip archives: records, the walk over both listings, and where they contradict."""
