"""Names inside archives: where a link ends once it is extracted."""

from typing import Final

_HOPS: Final = 40
_LONGEST: Final = 4096
"""Characters of a path that Linux opens (PATH_MAX); no link is found behind more."""


def link_leaves(name: str, target: str, links: dict[str, str]) -> bool:
    """Say whether a link inside an archive ends outside the extraction folder.

    Args:
        name: The link's own path in the archive.
        target: What it points to, as written.
        links: Every symbolic link of the archive, by normalized path; links on the
            way are followed, since an extractor will have made them by then.
    """
    folder = name.replace("\\", "/").rpartition("/")[0]
    if folder and not _rooted(target):
        target = f"{folder}/{target}"
    return path_leaves(target, links)


def path_leaves(path: str, links: dict[str, str] | None = None) -> bool:
    """Say whether extracting `path` would write outside the extraction folder."""
    if _rooted(path):
        return True
    todo = list(reversed(path.replace("\\", "/").split("/")))
    here: list[str] = []
    hops = 0
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if not here:
                return True
            here.pop()
            continue
        here.append(part)
        target = None
        if links and len(here) <= _LONGEST // 2:
            target = links.get("/".join(here))
        # A link that ends the path is replaced by the extractor, not followed.
        if target is None or not todo:
            continue
        hops += 1
        if hops > _HOPS or _rooted(target):
            return True
        here.pop()
        todo.extend(reversed(target.replace("\\", "/").split("/")))
    return False


def normal(path: str) -> str:
    """Return a path without empty and `.` parts, as keys of `links` are written."""
    return "/".join(p for p in path.replace("\\", "/").split("/") if p not in ("", "."))


def _rooted(path: str) -> bool:
    """Say whether a path starts at a root or a drive."""
    return path.startswith(("/", "\\")) or (
        path[1:2] == ":" and path[:1].isascii() and path[:1].isalpha()
    )
