"""Where the code stands that a key of a repository names."""

from typing import Any, Literal

from openvet.artifacts import LoadedCode

Configs = dict[str, Any]


def resolve(folder: str, module: str, files: frozenset[str]) -> str:
    """Return the file that a dotted module is in, seen from a folder of the model."""
    path = module.replace(".", "/")
    for base in dict.fromkeys((folder, "", f"{folder}code/", "code/")):
        for name in (f"{base}{path}.py", f"{base}{path}/__init__.py", f"{base}{path}"):
            if name in files and name.endswith(".py"):
                return name
    return ""


def named(  # noqa: PLR0913, PLR0917 - the parts of one fact
    config: str, key: str, target: str, module: str, loader: str, files: frozenset[str]
) -> LoadedCode:
    """Return code that the repository holds, or would have to hold."""
    folder = config.rpartition("/")[0]
    file = resolve(f"{folder}/" if folder else "", module, files)
    return LoadedCode(
        key=key[:200],
        config=config,
        target=target[:200],
        loader=loader,
        file=file,
        standing="present" if file else "missing",
    )


def elsewhere(config: str, key: str, target: str, loader: str) -> LoadedCode:
    """Return code of another repository."""
    return _outside(config, key, target, loader, "elsewhere")


def library(config: str, key: str, target: str, loader: str) -> LoadedCode:
    """Return code that is installed where the model is loaded."""
    return _outside(config, key, target, loader, "library")


def _outside(
    config: str,
    key: str,
    target: str,
    loader: str,
    standing: Literal["elsewhere", "library"],
) -> LoadedCode:
    return LoadedCode(
        key=key[:200],
        config=config,
        target=target[:200],
        loader=loader,
        standing=standing,
    )
