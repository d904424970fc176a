"""JSON, version 1: the report as it is, one line, canonical."""

from openvet.report import Report
from openvet.wire import encode


def write(report: Report) -> str:
    """Return the report as canonical JSON (schema: `openvet.report.Report`)."""
    return encode(report).decode()
