"""Spark ML: the metadata of each stage names the class that reads it.

Written from `ReadWrite.scala` of Spark 3.5 and `pyspark/ml/util.py`: the class is found
by its name and asked for its reader; in Python its module is imported and it is made.
"""

from typing import Final

from openvet.artifacts import Made
from openvet.budget import Budget
from openvet.formats.objects.tree import DETAIL, Objects, dicts, split

MARKS: Final = frozenset({"sparkVersion"})


def spark_objects(data: object, budget: Budget) -> Objects:
    """Return the classes that Spark would look up.

    Raises:
        OverBudgetError: It is too large.
    """
    found = Objects()
    for node in dicts(data, budget):
        path = node.get("class")
        if "sparkVersion" in node and isinstance(path, str) and not found.full:
            module, name = split(path[:DETAIL])
            made = Made(kind="class", module=module, name=name, key="class")
            found.made.append(made)
    return found
