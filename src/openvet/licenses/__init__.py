"""Which license a text is, what it asks, and what is known under a name.

`identify` reads a text, `known` a name, `license_of` gives the terms of a license;
`model_named` and `dataset_named` tell what well-known parents are licensed as.
"""

from openvet.licenses.matching import Identified, identify
from openvet.licenses.naming import Known, known
from openvet.licenses.origins import Named, Origin, dataset_named, model_named
from openvet.licenses.table import License, Term, TermKind, license_of

__all__ = [
    "Identified",
    "Known",
    "License",
    "Named",
    "Origin",
    "Term",
    "TermKind",
    "dataset_named",
    "identify",
    "known",
    "license_of",
    "model_named",
]
