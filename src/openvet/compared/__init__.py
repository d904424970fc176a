"""Models side by side on the same questions, and which smaller one would do."""
