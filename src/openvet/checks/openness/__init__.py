"""Rules about how much of a model is there, under which terms, and what is said."""
