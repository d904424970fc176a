"""Models of boosters, fastText and their like, written byte by byte and harmless."""

import struct
from typing import Any


def ubjson(value: Any) -> bytes:
    """Return a value as XGBoost writes it; lists of numbers become typed arrays."""
    match value:
        case dict():
            body = b"".join(_sized(key) + ubjson(item) for key, item in value.items())
            coded = b"{" + body + b"}"
        case str():
            coded = b"S" + _sized(value)
        case int():
            coded = b"L" + struct.pack(">q", value)
        case float():
            coded = b"d" + struct.pack(">f", value)
        case [int(), *_]:
            head = b"[$l#L" + struct.pack(">q", len(value))
            coded = head + struct.pack(f">{len(value)}i", *value)
        case _:
            head = b"[#L" + struct.pack(">q", len(value))
            coded = head + b"".join(ubjson(item) for item in value)
    return coded


def _sized(text: str) -> bytes:
    raw = text.encode()
    return b"L" + struct.pack(">q", len(raw)) + raw


def xgboost(**changes: Any) -> dict[str, Any]:
    """Return a model of one tree with three nodes; `changes` go into the tree."""
    tree = {
        "left_children": [1, -1, -1],
        "right_children": [2, -1, -1],
        "parents": [2147483647, 0, 0],
        "split_indices": [1, 0, 0],
        "split_conditions": [0.5, 0.1, -0.1],
        "default_left": [0, 0, 0],
        "categories": [],
        "categories_nodes": [],
        "categories_segments": [],
        "categories_sizes": [],
        "tree_param": {"num_nodes": "3", "num_feature": "2"},
        **changes,
    }
    return {
        "learner": {
            "attributes": {"best_iteration": "0"},
            "feature_names": ["age", "height"],
            "gradient_booster": {
                "model": {
                    "gbtree_model_param": {"num_trees": "1"},
                    "tree_info": [0],
                    "trees": [tree],
                },
                "name": "gbtree",
            },
            "learner_model_param": {"num_feature": "2"},
        },
        "version": [3, 2, 0],
    }


def lightgbm(**changes: str) -> bytes:
    """Return a model of one tree with three leaves; `changes` go into the tree."""
    tree = {
        "num_leaves": "3",
        "num_cat": "0",
        "split_feature": "0 1",
        "threshold": "0.5 1.5",
        "decision_type": "2 2",
        "left_child": "1 -1",
        "right_child": "-3 -2",
        "leaf_value": "0.1 0.2 0.3",
        **changes,
    }
    lines = [
        "tree", "version=v4", "num_class=1", "max_feature_idx=1",
        "feature_names=age height", "tree_sizes=200", "", "Tree=0",
        *(f"{key}={value}" for key, value in tree.items()),
        "shrinkage=1", "", "", "end of trees", "", "feature_importances:", "age=1", "",
        "parameters:", "[boosting: gbdt]", "end of parameters", "",
        "pandas_categorical:null",
    ]  # fmt: skip
    return "\n".join(lines).encode() + b"\n"


def catboost(key: str = "params", value: str = "{}", part: str = "") -> bytes:
    """Return a model core with one pair of information, and perhaps a part's name."""
    strings = [key, value, *([part] if part else [])]
    # In order: root offset, the root's layout of four fields (two absent), the root,
    # two vectors of one offset each, the pair's layout, the pair, strings.
    body = bytearray(struct.pack("<I", 4 + 4 + 2 * 4))
    body += struct.pack("<6H", 12, 12, 0, 0, 4, 8 if part else 0)
    body += struct.pack("<i", 12)  # the root table, back to its vtable
    vectors = len(body) + 8
    body += struct.pack("<I", vectors - len(body))
    body += struct.pack("<I", vectors + 8 - len(body))
    body += struct.pack("<II", 1, 8 + 8)  # information: one table, behind part names
    names_at = len(body) + 4
    body += struct.pack("<II", 1, 0)
    layout_at = len(body)
    body += struct.pack("<4H", 8, 12, 4, 8)
    pair_at = len(body)
    body[vectors + 4 : vectors + 8] = struct.pack("<I", pair_at - vectors - 4)
    body += struct.pack("<i", pair_at - layout_at) + bytes(8)
    for place, text in zip((pair_at + 4, pair_at + 8, names_at), strings, strict=False):
        body += bytes(-len(body) % 4)
        body[place : place + 4] = struct.pack("<I", len(body) - place)
        raw = text.encode()
        body += struct.pack("<I", len(raw)) + raw + b"\0"
    return b"CBM1" + struct.pack("<I", len(body)) + bytes(body)


def fasttext(
    words: tuple[str, ...] = ("the", "of"), *, rows: int | None = None
) -> bytes:
    """Return a dense model of width two."""
    width = 2
    head = struct.pack("<ii", 793712314, 12)
    arguments = struct.pack("<12id", width, 5, 5, 1, 5, 1, 1, 3, 0, 0, 0, 100, 1e-4)
    dictionary = struct.pack("<iiiqq", len(words), len(words), 0, 10, -1)
    for word in words:
        dictionary += word.encode() + b"\0" + struct.pack("<qb", 3, 0)
    matrices = b""
    for claimed in (len(words) if rows is None else rows, 1):
        actual = min(claimed, len(words))
        values = struct.pack(f"<{actual * width}f", *range(actual * width))
        matrices += b"\0" + struct.pack("<qq", claimed, width) + values
    return head + arguments + dictionary + matrices


def word2vec(words: tuple[str, ...] = ("the", "of"), width: int = 3) -> bytes:
    """Return vectors in word2vec's binary form."""
    rows = b"".join(
        word.encode() + b" " + struct.pack(f"<{width}f", *[0.1] * width) + b"\n"
        for word in words
    )
    return f"{len(words)} {width}\n".encode() + rows


def sentencepiece(pieces: tuple[str, ...] = ("<unk>", "<s>", "▁a")) -> bytes:
    """Return a vocabulary with training options."""
    data = b""
    for piece in pieces:
        raw = piece.encode()
        message = b"\x0a" + bytes([len(raw)]) + raw + b"\x15" + struct.pack("<f", -1.0)
        data += b"\x0a" + bytes([len(message)]) + message
    options = b"\x0a\x08corp.txt"
    return data + b"\x12" + bytes([len(options)]) + options


def ggjt(words: tuple[bytes, ...] = (b"a", b"b")) -> bytes:
    """Return a llama.cpp file of the kind before GGUF."""
    data = b"tjgg" + struct.pack("<I7I", 3, len(words), 8, 256, 1, 1, 8, 0)
    for word in words:
        data += struct.pack("<I", len(word)) + word + struct.pack("<f", 0.0)
    name = b"tok_embeddings.weight"
    data += struct.pack("<5I", 2, len(name), 0, 8, len(words)) + name
    data += bytes(-len(data) % 32)
    return data + struct.pack(f"<{8 * len(words)}f", *[0.5] * 8 * len(words))


def msgpack(value: Any) -> bytes:
    """Return a value in MessagePack; a tuple is an extension of a code and bytes."""
    match value:
        case int():
            coded = b"\xd3" + struct.pack(">q", value)
        case str():
            raw = value.encode()
            coded = b"\xda" + struct.pack(">H", len(raw)) + raw
        case bytes():
            coded = b"\xc6" + struct.pack(">I", len(value)) + value
        case (int(code), bytes(raw)) if isinstance(value, tuple):
            coded = b"\xc9" + struct.pack(">Ib", len(raw), code) + raw
        case list():
            coded = b"\xdd" + struct.pack(">I", len(value))
            coded += b"".join(map(msgpack, value))
        case _:
            coded = bytes([0x80 | len(value)])
            coded += b"".join(msgpack(k) + msgpack(v) for k, v in value.items())
    return coded


def flax(values: bytes = bytes(16), shape: tuple[int, ...] = (2, 2)) -> bytes:
    """Return a flax checkpoint of one array of floats."""
    array = msgpack([[*shape], "float32", values])
    array = b"\x93" + array[5:]  # flax writes the three as a short list
    return b"\x81\xa6params\x81\xa6kernel" + msgpack((1, array))
