"""What a model owes to what it was made from, and how each duty stands.

`account_of` reads a dossier: the graph of parents, which terms of their licenses reach
the model, what in the folder discharges them, and what only the person can answer.
"""

from openvet.obligations.account import Account, account_of
from openvet.obligations.duties import Duty
from openvet.obligations.graph import Lineage, Node, Step, lineage_of
from openvet.obligations.own import Statement, statements_of
from openvet.obligations.proof import Standing

__all__ = [
    "Account",
    "Duty",
    "Lineage",
    "Node",
    "Standing",
    "Statement",
    "Step",
    "account_of",
    "lineage_of",
    "statements_of",
]
