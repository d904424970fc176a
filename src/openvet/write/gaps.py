"""What was not examined, apart from what was asked and stayed undecided.

Both leave an audit incomplete, and only the first of them can hide anything.
"""

from collections.abc import Sequence

from openvet.report import NotExamined, Report


def unread(items: Sequence[NotExamined]) -> list[NotExamined]:
    """Return the parts that nobody read, or not whole."""
    return [item for item in items if item.gap.reason != "undecided"]


def only_open(report: Report) -> bool:
    """Say whether all was read, and some questions stay open all the same."""
    items = report.not_examined
    return bool(items) and not (unread(items) or report.errors)


def headed(items: Sequence[NotExamined]) -> str:
    """Return how many parts were not examined, and how many stayed undecided."""
    read, all_ = len(unread(items)), len(items)
    parts = []
    if read:
        parts.append(f"not examined ({read:,})")
    if all_ > read:
        parts.append(f"undecided ({all_ - read:,})")
    return ", ".join(parts)


def meaning(report: Report) -> str:
    """Return what the verdict "incomplete" means for whoever has to decide."""
    if only_open(report):
        return (
            "No failing finding, and everything was read. Some questions stay open:"
            " what was asked or counted does not decide them."
        )
    if report.not_examined or report.errors:
        return (
            "No failing finding, but part of the model was not examined. What nobody"
            " read may hold anything."
        )
    return "No failing finding, but something that the policy asks for is not known."
