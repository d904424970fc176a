"""The process that builds a model: `python -I -m openvet.models.building`.

It gives up the network before it imports a library, and processes, sockets, native
libraries and writing anywhere but below one folder before it opens the model. What the
builder gets is not the folder that is audited but a copy that was opened as models are
that are asked: no code of its own, nothing made up, nothing that is no number.
"""

import gc
import os
import resource
import sys
import tempfile
from pathlib import Path

import msgspec

from openvet.confine import isolate, keep_to, limit
from openvet.errors import ModelError
from openvet.models.built import Build, Ready, Refused
from openvet.models.worker import ENVIRONMENT, FILES, load_libraries
from openvet.pipe import hear, tell
from openvet.wire import encode


def made(build: Build) -> Ready | Refused:
    """Confine the process, build the model, and say how that went."""
    limit(
        (resource.RLIMIT_DATA, build.memory_bytes, ""),
        (resource.RLIMIT_FSIZE, build.file_bytes, ""),
        (resource.RLIMIT_NOFILE, FILES, ""),
        (resource.RLIMIT_CPU, build.cpu_seconds, ""),
        (resource.RLIMIT_CORE, 0, ""),
    )
    isolate()
    tempfile.tempdir = build.into
    os.environ.update(ENVIRONMENT, OMP_NUM_THREADS="1")
    try:
        load_libraries()
        import onnxruntime_genai.models.builder  # noqa: F401 - it loads native parts
    except ImportError as error:
        return Refused(reason=f"{error.name or error} is not installed", again=True)
    keep_to(build.into)
    try:
        return _made(build)
    except MemoryError:
        return Refused(reason="building it needs more memory", again=True)


def _made(build: Build) -> Ready | Refused:
    from onnxruntime_genai.models.builder import create_model, parse_extra_options

    from openvet.models.failing import breaks, line

    into = Path(build.into)
    plain, out, cache = (str(into / name) for name in ("plain", "built", "cache"))
    try:
        if not _copied(build, plain):
            return Refused(reason="it does not go on with text", again=False)
    except ModelError as error:
        return Refused(reason=error.message, again=True)
    gc.collect()
    try:
        options = parse_extra_options(plain, plain, out, "fp32", "cpu", cache, [])
        create_model(plain, plain, out, "fp32", "cpu", cache, **options)
    except OSError as error:
        return Refused(reason=f"it cannot be written: {line(error)}", again=True)
    except MemoryError:
        raise
    except breaks() as error:
        return Refused(reason=f"its builder refuses: {line(error)}", again=False)
    return Ready()


def _copied(build: Build, folder: str) -> bool:
    """Open the model as those are that are asked, and save it if it writes at all.

    Raises:
        ModelError: It cannot be opened as it is meant to be, or not be saved.
    """
    import torch

    from openvet.models.failing import line
    from openvet.models.files import Place
    from openvet.models.loading import load

    torch.set_num_threads(1)
    place = Place(folder=build.folder, gguf=build.gguf)
    opened = load(place, pickles=build.pickles)
    if opened.kind != "causal":
        return False
    model = opened.model
    if build.gguf:  # its numbers are plain by now, which its settings do not say
        model.hf_quantizer = None
        if hasattr(model.config, "quantization_config"):
            del model.config.quantization_config
    try:
        model.save_pretrained(folder)
        opened.tokenizer.save_pretrained(folder)
    except OSError as error:
        raise ModelError(f"it cannot be written: {line(error)}") from None
    return True


def main() -> None:
    """Answer one question; what libraries print goes nowhere."""
    build = msgspec.json.Decoder(Build).decode(hear())
    answers, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    report = made(build)
    sys.stdout.flush()
    os.dup2(answers, 1)
    tell(encode(report))


if __name__ == "__main__":
    main()
