"""Rules: one file each, grouped by concern."""
