"""The model card of a CycloneDX component, filled with what files say and no more.

What a field of the schema asks for and no file says stays out of the document: how a
model was trained is named only where a file names it in the schema's own words, and
energy only as the card writes it, because the schema wants a provider and kilowatt
hours that cards do not give.
"""

from typing import Any, Final

from openvet.dossier import Spot
from openvet.stated import Passage
from openvet.write.bom.bill import Bill, told
from openvet.write.bom.citations import Citations
from openvet.write.escape import visible

BASE: Final = "/metadata/component/modelCard"
APPROACHES: Final = frozenset(
    {"supervised", "unsupervised", "reinforcement-learning", "semi-supervised",
     "self-supervised"}
)  # fmt: skip
TASKS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "audio-classification": (("audio",), ("label",)),
    "automatic-speech-recognition": (("audio",), ("text",)),
    "depth-estimation": (("image",), ("image",)),
    "feature-extraction": (("text",), ("vector",)),
    "fill-mask": (("text",), ("text",)),
    "image-classification": (("image",), ("label",)),
    "image-segmentation": (("image",), ("image",)),
    "image-text-to-text": (("image", "text"), ("text",)),
    "image-to-image": (("image",), ("image",)),
    "image-to-text": (("image",), ("text",)),
    "object-detection": (("image",), ("box", "label")),
    "question-answering": (("text",), ("text",)),
    "sentence-similarity": (("text",), ("number",)),
    "summarization": (("text",), ("text",)),
    "tabular-classification": (("table",), ("label",)),
    "tabular-regression": (("table",), ("number",)),
    "text-classification": (("text",), ("label",)),
    "text-generation": (("text",), ("text",)),
    "text-to-audio": (("text",), ("audio",)),
    "text-to-image": (("text",), ("image",)),
    "text-to-speech": (("text",), ("audio",)),
    "text-to-video": (("text",), ("video",)),
    "token-classification": (("text",), ("label",)),
    "translation": (("text",), ("text",)),
    "video-classification": (("video",), ("label",)),
    "zero-shot-classification": (("text",), ("label",)),
    "zero-shot-image-classification": (("image", "text"), ("label",)),
}
"""What goes in and comes out, by the Hub's name of the task (huggingface.co/tasks)."""


def model_card(bill: Bill, cited: Citations) -> dict[str, Any]:
    """Return the model card; empty where nothing is known."""
    parts = {
        "modelParameters": _parameters(bill, cited),
        "quantitativeAnalysis": _analysis(bill, cited),
        "considerations": _considerations(bill, cited),
    }
    return {name: part for name, part in parts.items() if part}


def _parameters(bill: Bill, cited: Citations) -> dict[str, Any]:
    found: dict[str, Any] = {}
    base = f"{BASE}/modelParameters"
    for field, subjects in (
        ("task", ("task",)),
        ("architectureFamily", ("model-type", "family")),
        ("modelArchitecture", ("architecture", "model-type")),
    ):
        fact = bill.first(*subjects)
        if fact is not None:
            found[field] = told(fact.value)
            cited.add(f"{base}/{field}", fact.spot)
    for fact in bill.facts("tags", "task"):
        named = fact.value if isinstance(fact.value, tuple) else (fact.value,)
        known = [one for one in named if isinstance(one, str) and one in APPROACHES]
        if known and "approach" not in found:
            found["approach"] = {"type": known[0]}
            cited.add(f"{base}/approach/type", fact.spot)
    data = bill.of_kind("dataset")
    if data:
        found["datasets"] = [{"ref": f"data:{at}"} for at in range(len(data))]
        for at, part in enumerate(data):
            cited.add(f"{base}/datasets/{at}", part.edges[0].spot)
    task = bill.first("task")
    if task is not None and told(task.value) in TASKS:
        for field, kinds in zip(
            ("inputs", "outputs"), TASKS[told(task.value)], strict=True
        ):
            found[field] = [{"format": kind} for kind in kinds]
            cited.add(f"{base}/{field}", task.spot, "follows from the name of the task")
    return found


def _analysis(bill: Bill, cited: Citations) -> dict[str, Any]:
    metrics: list[dict[str, Any]] = []
    for fact in bill.facts("evaluation"):
        if not isinstance(fact.value, dict):
            continue
        pairs = {
            field: told(fact.value.get(key))
            for field, key in (
                ("type", "metric"), ("value", "value"), ("slice", "dataset"),
            )
        }  # fmt: skip
        if pairs["type"] and pairs["value"]:
            pointer = f"{BASE}/quantitativeAnalysis/performanceMetrics/{len(metrics)}"
            cited.add(pointer, fact.spot)
            metrics.append({key: value for key, value in pairs.items() if value})
    return {"performanceMetrics": metrics} if metrics else {}


def _considerations(bill: Bill, cited: Citations) -> dict[str, Any]:
    found: dict[str, Any] = {}
    base = f"{BASE}/considerations"

    def keep(field: str, value: object, spot: Spot) -> None:
        kept = found.setdefault(field, [])
        cited.add(f"{base}/{field}/{len(kept)}", spot)
        kept.append(value)

    for field, topics in (
        ("users", ("users",)),
        ("useCases", ("use",)),
        ("technicalLimitations", ("limitations", "out-of-scope")),
        ("performanceTradeoffs", ("tradeoffs",)),
    ):
        for passage in bill.passages(*topics):
            keep(field, said(passage), passage.spot)
    mended = "\n".join(said(passage) for passage in bill.passages("mitigations"))
    for passage in bill.passages("risks"):
        risk = {"name": said(passage)}
        keep("ethicalConsiderations", risk | _mended(mended), passage.spot)
    environment = [(told(fact.value), fact.spot) for fact in bill.facts("emissions")]
    environment += [(said(one), one.spot) for one in bill.passages("environment")]
    if environment:
        pointer = f"{base}/environmentalConsiderations/properties"
        listed: list[dict[str, str]] = []
        for text, spot in environment:
            cited.add(f"{pointer}/{len(listed)}", spot)
            listed.append({"name": "openvet:emissions", "value": text})
        found["environmentalConsiderations"] = {"properties": listed}
    return found


def _mended(text: str) -> dict[str, str]:
    return {"mitigationStrategy": text} if text else {}


def said(passage: Passage) -> str:
    """Return a passage as it may be shown."""
    return visible(passage.text, newlines=True)
