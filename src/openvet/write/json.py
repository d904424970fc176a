"""JSON, version 1: the report as it is, one line, canonical."""

from openvet.report import Report
from openvet.wire import encode
from openvet.write.escape import safe_json


def write(report: Report) -> str:
    """Return the report as canonical JSON (schema: `openvet.report.Report`)."""
    return safe_json(encode(report).decode()) + "\n"
