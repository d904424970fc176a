"""Open a model's files: offline, without its own code, and nothing in silence.

What transformers would do quietly is an error here: fill in tensors that are missing
with random numbers, keep weights that are no numbers, run code that came with the
files. Runs in the model worker only.
"""

import json
import re
from collections.abc import Sized
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from openvet.errors import ModelError
from openvet.models.failing import breaks, line, reason, refused
from openvet.models.files import CONFIG, Kind, Place, is_there, is_vocabulary, kind_of
from openvet.models.layers import held, held_gguf
from openvet.models.own_code import NEVER, OwnCode, needed
from openvet.write.escape import visible

FEW: Final = 3
"""Names shown of many."""
NAME: Final = 80
"""Characters shown of a name."""
ASKS: Final = "trust_remote_code"
"""Stands in what transformers says where it would run code of the author."""
INDEXES: Final = ("model.safetensors.index.json", "pytorch_model.bin.index.json")

MAKERS: Final[dict[Kind, str]] = {
    "causal": "AutoModelForCausalLM",
    "masked": "AutoModelForMaskedLM",
    "classifier": "AutoModelForSequenceClassification",
    "sentences": "AutoModel",
}
"""Which class of transformers opens what."""


class Opened:
    """A model in memory with what it needs to be asked.

    Args:
        model: In evaluation mode, float32.
        tokenizer: Its tokenizer.
        kind: What it was made for.
        unused: Code of its author that it names, in words.
    """

    def __init__(
        self,
        model: Any,  # noqa: ANN401 - transformers' types
        tokenizer: Any,  # noqa: ANN401 - as above
        kind: Kind = "causal",
        unused: str = "",
    ) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.kind = kind
        self.native = (
            f"opened as {type(model).__name__} of transformers, without code of its"
            f" author ({unused})"
            if unused
            else ""
        )
        """What was left out, where its author may have meant something else."""
        first = tokenizer.bos_token_id
        first = tokenizer.eos_token_id if first is None else first
        self.start: tuple[int, ...] = () if first is None else (int(first),)
        """What every scored text starts with; never scored itself."""
        self.ends: tuple[int, ...] = ()
        """Tokens that end a generated text."""
        config = model.config.get_text_config()
        head = model.get_output_embeddings() if kind == "causal" else None
        self.vocabulary = int(config.vocab_size if head is None else head.out_features)
        self.window = int(getattr(config, "max_position_embeddings", None) or 1 << 30)
        reaches = (
            getattr(config, name, None)
            for name in ("sliding_window", "attention_chunk_size")
        )
        self.reach = min((int(reach) for reach in reaches if reach), default=1 << 30)
        """Positions that every layer looks back."""
        if self.window < 1:
            raise ModelError(
                f"{CONFIG} says that a text has {self.window} tokens at most",
                hint=f"mend max_position_embeddings in {CONFIG}",
            )


def settings_of(path: Path) -> dict[str, Any]:
    """Return the settings that a JSON file holds.

    Raises:
        ModelError: It holds none.
    """
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(
            f"{path.name} cannot be read: {error}", hint="get the file again"
        ) from None
    if not isinstance(found, dict):
        raise ModelError(f"{path.name} holds no settings", hint="get the file again")
    return found


def inspect(folder: Path, *, pickles: bool) -> dict[str, Any]:
    """Return a folder's settings, once all that can be seen beforehand is in order.

    Raises:
        ModelError: It needs code of its own, or files are missing.
    """
    config = settings_of(folder / CONFIG)
    _no_code(config, OwnCode(config, folder))
    for name in INDEXES[: 1 + pickles]:
        if (folder / name).is_file():
            wanted = _shards(folder / name)
            missing = sorted(n for n in wanted if not is_there(folder / n))
            if missing:
                raise ModelError(
                    f"{_few(missing)} of the weights is missing",
                    hint=f"get every file that {name} names",
                )
    if not any(folder.glob("*.safetensors")) and not pickles:
        found = sorted(p.name for p in folder.glob("*.bin"))
        raise ModelError(
            f"the weights are a pickle: {_few(found)}" if found else "no weights found",
            hint="convert them to safetensors" if found else "get the whole folder",
        )
    if not any(is_vocabulary(p.name) and p.is_file() for p in folder.iterdir()):
        raise ModelError(
            "there is no tokenizer",
            hint="put tokenizer.json of the same model into the folder",
        )
    return config


def _shards(path: Path) -> set[str]:
    """Return the files that an index names.

    Raises:
        ModelError: It names none.
    """
    shards = settings_of(path).get("weight_map")
    files = list(shards.values()) if isinstance(shards, dict) else [shards]
    odd = next((one for one in files if not isinstance(one, str)), None)
    if odd is not None or not isinstance(shards, dict):
        raise ModelError(
            f"{path.name} does not say which tensor lies in which file: there is"
            f" {visible(json.dumps(odd), most=NAME)} where the name of a file belongs",
            hint="get the file again",
        )
    return {one for one in files if isinstance(one, str)}


def _no_code(config: dict[str, Any], own: OwnCode) -> None:
    """Refuse a model that transformers opens only with code of its author.

    What is named and not needed does not matter: the library has the class itself.
    """
    from transformers import CONFIG_MAPPING

    kind = config.get("model_type")
    known = isinstance(kind, str) and kind in CONFIG_MAPPING
    if own.model and not (known and _has_class(config, own)):
        raise needed("model", own.model)
    if not known:
        raise ModelError(
            f"the architecture {str(kind)[:80]!r} is unknown to this transformers",
            hint="install a newer one: pip install --upgrade transformers",
        )


def _has_class(config: dict[str, Any], own: OwnCode) -> bool:
    """Say whether transformers has the class that a model was saved as.

    A known type is not enough: some call their own architecture `bert`.
    """
    import transformers

    named = config.get("architectures")
    first = named[0] if isinstance(named, list) and named else None
    if not isinstance(first, str) or not own.has(first):
        return True
    classes = {_plain(name) for name in dir(transformers)}
    return _plain(first) in classes


def _plain(name: str) -> str:
    """Return a name as it is compared: MPTForCausalLM is MptForCausalLM."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def load(place: Place, *, pickles: bool = False) -> Opened:
    """Return the model of a place, as what it was made for, with its tokenizer.

    Args:
        place: Where it lies.
        pickles: Also take weights that are pickles, read by torch's own restricted
            unpickler.

    Raises:
        ModelError: It cannot be opened as it is meant to be.
    """
    from safetensors import SafetensorError
    from tokenizers import Tokenizer  # noqa: F401 - broken native parts show here

    kind: Kind = "causal"
    folder, config = Path(place.folder), {}
    try:
        if place.gguf:
            _read_once()
            held_gguf(folder / place.gguf)
        else:
            config = inspect(folder, pickles=pickles)
            kind = kind_of(folder, config)
            held(folder, config)
        own = OwnCode(config, folder)
        if not place.gguf:
            _taken(folder, own)
        tokenizer = _tokenizer(place, own)
        model, info = _model(place, kind, own, pickles=pickles)
        _complete(info, kind, own)
        _numbers(model)
        return Opened(model.eval(), tokenizer, kind, own.both)
    except SafetensorError as error:
        raise ModelError(
            f"the weights are broken: {line(error)}", hint="get the file again"
        ) from None
    except breaks() as error:
        raise reason(error) from None


def _taken(folder: Path, own: OwnCode) -> None:
    """Have transformers take the settings alone, so that what it refuses is theirs.

    Raises:
        ModelError: It does not take them.
    """
    from transformers import AutoConfig

    try:
        AutoConfig.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    except breaks() as error:
        if ASKS in str(error):
            raise needed("model", own.model) from None
        raise refused(CONFIG, error) from None


def _read_once() -> None:
    """Have a GGUF file parsed once, and as a plain array.

    transformers asks three times for it, and every slice of a mapped array costs: both
    together are most of the time that opening a small model takes.
    """
    import gguf

    numpy: Any = import_module("numpy")  # which has no place for a replacement
    read, names, mapped = gguf.GGUFReader, gguf.get_tensor_name_map, numpy.memmap
    if hasattr(read, "cache_info"):
        return

    def plain(*arguments: object, **options: object) -> object:
        return mapped(*arguments, **options).view(numpy.ndarray)

    def parsed(path: str) -> object:
        numpy.memmap = plain
        try:
            return read(path)
        finally:
            numpy.memmap = mapped

    gguf.GGUFReader, gguf.get_tensor_name_map = cache(parsed), cache(names)


def _tokenizer(place: Place, own: OwnCode) -> Any:  # noqa: ANN401 - transformers' type
    from transformers import AutoTokenizer

    options = {"gguf_file": place.gguf} if place.gguf else {}
    try:
        # False and not left out: then transformers asks whoever is at the keyboard.
        return AutoTokenizer.from_pretrained(
            place.folder, local_files_only=True, trust_remote_code=False, **options
        )
    except MemoryError:
        raise
    except breaks() as error:
        if ASKS in str(error):
            raise needed("tokenizer", own.tokenizer or own.model) from None
        if not own.tokenizer:
            raise
        raise ModelError(
            f"the tokenizer cannot be opened: {line(error)}; it names code of its"
            f" author ({own.tokenizer}), {NEVER}",
            hint="put tokenizer.json of the same model into the folder",
        ) from None


def _model(
    place: Place, kind: Kind, own: OwnCode, *, pickles: bool
) -> tuple[Any, dict[str, Any]]:
    import torch
    import transformers
    from huggingface_hub.errors import StrictDataclassError
    from transformers import GgufConfig

    options: dict[str, Any] = {"use_safetensors": None if pickles else True}
    if place.gguf:
        options = {
            "gguf_file": place.gguf,
            "quantization_config": GgufConfig(dequantize=True),
        }
    try:
        model, info = getattr(transformers, MAKERS[kind]).from_pretrained(
            place.folder,
            local_files_only=True,
            trust_remote_code=False,
            dtype=torch.float32,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # told apart below, in words
            **options,
        )
    except ValueError as error:
        if ASKS in str(error):
            raise needed("model", own.model) from None
        raise
    except (StrictDataclassError, ArithmeticError) as error:
        # Of what the settings alone say, as of a size that 0 heads are to share.
        raise refused(place.gguf or CONFIG, error) from None
    return model, info


def _complete(info: dict[str, Any], kind: Kind, own: OwnCode) -> None:
    """Refuse a model of which a part was made up."""
    laid = f"; code of its author ({own.model}) may lay them out otherwise, {NEVER}"
    laid *= bool(own.model)
    wrong = sorted(info.get("mismatched_keys") or (), key=str)
    if wrong:
        name, *shapes = wrong[0] if isinstance(wrong[0], tuple) else (wrong[0],)
        told = " where the settings ask for ".join(str(tuple(s)) for s in shapes)
        raise ModelError(
            f"{_count(wrong)} of the wrong shape: {name} {told}".rstrip() + laid,
            hint="config.json and the weights belong to different models",
        )
    missing = sorted(map(str, info.get("missing_keys") or ()))
    if kind == "sentences":  # which are pooled in another way
        missing = [name for name in missing if not name.startswith("pooler.")]
    if missing:
        raise ModelError(
            f"{_count(missing)} missing from the weights: {_few(missing)}{laid}",
            hint="get every file of the weights; libraries fill in random numbers",
        )


def _numbers(model: Any) -> None:  # noqa: ANN401 - transformers' type
    """Refuse weights that are no numbers: every answer would be meaningless."""
    for name, tensor in model.named_parameters():
        # A sum is one pass without a copy; only a suspect is looked at closely.
        if not bool(tensor.sum().isfinite()) and not bool(tensor.isfinite().all()):
            raise ModelError(
                f"the tensor {name} holds values that are not finite",
                hint="the weights are damaged: get the file again",
            )


def _count(found: Sized) -> str:
    return f"{len(found)} tensor{'s' * (len(found) > 1)}"


def _few(names: list[str]) -> str:
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(visible(name, most=NAME) for name in names[:FEW]) + more
