"""What laws on AI ask of a model: whether they apply first, then what is owed.

Pure functions over a dossier and the use that a person plans. Figures, dates and duties
are data with an "as of" and a source each; what only a person knows stays a question.
"""
