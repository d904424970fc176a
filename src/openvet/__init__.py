"""openvet vets an open AI model before someone ships it."""

__version__ = "0.1.0"
