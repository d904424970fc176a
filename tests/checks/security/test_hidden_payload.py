from pathlib import Path

from openvet.check import Context
from openvet.checks.security.hidden_payload import HiddenPayload
from openvet.finding import Confidence, Finding, Severity
from openvet.subject import Document, Origin, Payload
from specimens.archives import PICKLE, PNG, zipped


def flagged(folder: Path) -> None:
    (folder / "logo.png").write_bytes(PNG + PICKLE)


def passed(folder: Path) -> None:
    (folder / "logo.png").write_bytes(PNG)
    (folder / "padded.png").write_bytes(PNG + bytes(512))
    (folder / "data.zip").write_bytes(zipped([("a.txt", b"text")]))


def run(*payloads: Payload) -> list[Finding]:
    origin = Origin(place=("m",), digest="0")
    document = Document(origin=origin, format="png", payloads=payloads)
    return list(HiddenPayload().run(document, Context()))


def test_a_program_fails_and_says_where_it_is_carried() -> None:
    (finding,) = run(Payload(kind="pe in base64", carrier="metadata x", offset=7))
    assert finding.title == (
        "a Windows executable (inside base64) is carried in metadata x"
    )
    assert (finding.severity, finding.confidence) == (Severity.HIGH, Confidence.HIGH)


def test_unexplained_bytes_are_a_hint_only() -> None:
    (finding,) = run(
        Payload(kind="data", carrier="bytes after the end", low_confidence=True)
    )
    assert finding.confidence is Confidence.LOW


def test_web_assembly_in_a_page_is_a_review() -> None:
    (finding,) = run(Payload(kind="wasm in base64", carrier="encoded text"))
    assert finding.severity is Severity.MEDIUM


def test_payloads_of_a_kind_are_one_finding() -> None:
    found = run(*(Payload(kind="zip", carrier=f"tensor {n}") for n in range(40)))
    assert len(found) == 1
    assert len(found[0].evidence) == 10
