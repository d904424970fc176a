"""YAML tags that ask a loader for more than plain data, as the objects they make."""

import re
from typing import Final

from openvet.artifacts import Made
from openvet.formats.objects.tree import split
from openvet.formats.yaml import YamlTag

CORE: Final = "tag:yaml.org,2002:"
PLAIN: Final = frozenset({
    "python/bool", "python/bytes", "python/complex", "python/dict", "python/float",
    "python/int", "python/list", "python/long", "python/none", "python/str",
    "python/tuple", "python/unicode",
    "opencv-matrix", "opencv-nd-matrix", "opencv-sparse-matrix", "opencv-image",
    "opencv-sequence", "opencv-graph", "opencv-ml-svm", "opencv-ml-dtree",
    "opencv-ml-random-trees", "opencv-ml-boost-tree", "opencv-ml-knn",
    "opencv-ml-ann-mlp", "opencv-ml-bayesian", "opencv-ml-em", "opencv-haar-classifier",
})  # fmt: skip
"""PyYAML's tags for plain Python data, and those of OpenCV's storages."""
HYPER: Final = re.compile(r"!(new|name|apply|module):(.+)")
"""HyperPyYAML's tags, which SpeechBrain resolves when it reads a recipe."""

FOREIGN: Final = frozenset({"ruby", "perl", "php", "js"})
"""Languages whose loaders take `!ruby/object:Name` for a class or code of theirs."""


def tag_objects(tags: tuple[YamlTag, ...]) -> tuple[Made, ...]:
    """Return the objects behind tags.

    A program's own tags (`!Ref`) stand for nothing that is known outside it, and tags
    of plain data make nothing: both are left out.
    """
    made = (_made(tag) for tag in tags)
    return tuple(one for one in made if one is not None)


def _made(tag: YamlTag) -> Made | None:
    hyper = HYPER.fullmatch(tag.tag)
    if hyper is not None:
        return _object(tag, f"!{hyper[1]}", hyper[2])
    # Without a second `!` the tag is local, but Ruby's and old loaders' look so.
    name = tag.tag.removeprefix(CORE).removeprefix("!")
    what, mark, path = name.partition(":")
    if name in PLAIN:
        return None
    if mark and what.startswith("python/"):
        return _object(tag, what, path)
    if "/" in what and what.partition("/")[0] in FOREIGN:
        return Made(
            kind="tag",
            module=what,
            name=path,
            key=tag.key or what,
            detail=tag.detail,
            line=tag.line,
        )
    return _object(tag, "", name) if tag.tag.startswith(CORE) else None


def _object(tag: YamlTag, what: str, path: str) -> Made:
    """Return what a tag makes; a module imported alone has no name."""
    module, name = split(path.strip())
    if what.endswith("module"):
        module, name = path.strip(), ""
    return Made(
        kind="tag",
        module=module,
        name=name,
        key=tag.key or what,
        detail=f"{what} {tag.detail}".strip(),
        line=tag.line,
    )
