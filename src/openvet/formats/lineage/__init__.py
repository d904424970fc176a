"""What files say of the making of a model: parents, licenses, names, figures.

Each module reads one kind of document that was parsed elsewhere and writes down what
it says, with the place where it stands.
"""
