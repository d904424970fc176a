"""Whether an expression yields what a machine keeps to itself: settings, keys."""

import ast
from typing import TYPE_CHECKING, Final

from openvet.formats.python.fold import text
from openvet.formats.python.nodes import below

if TYPE_CHECKING:
    from openvet.formats.python.names import Names

STEPS: Final = 2000
ENVIRONMENT: Final = "os.environ"
TOKENS: Final = frozenset(
    {"huggingface_hub.get_token", "huggingface_hub.HfFolder.get_token",
     "huggingface_hub.utils.get_token"}
)  # fmt: skip
PLACES: Final = (
    "/etc/passwd", "/etc/shadow", ".ssh/", ".aws/", ".netrc", ".git-credentials",
    "huggingface/token", ".kube/config", ".docker/config", "/proc/self/environ",
    ".config/gcloud", ".pypirc", ".npmrc",
)  # fmt: skip


def private(names: "Names", root: ast.AST) -> str:
    """Return what private thing an expression yields whole; empty for none.

    One variable of the environment is how programs are told their own key, so it is
    no sign; the whole environment is.
    """
    todo: list[ast.AST] = [root]
    for _ in range(STEPS):
        if not todo:
            break
        node = todo.pop()
        if isinstance(node, ast.Subscript) and _is_environment(names, node.value):
            continue
        if isinstance(node, ast.Call):
            name = names.resolve(node.func)
            if name == f"{ENVIRONMENT}.get":
                continue
            if name in TOKENS or (name == "builtins.open" and _place(names, node)):
                return "a key or a private file"
        if isinstance(node, ast.Name) and node.id in names.private:
            return names.private[node.id]
        if isinstance(node, ast.Name | ast.Attribute) and _is_environment(names, node):
            return "the whole environment"
        todo.extend(below(node))
    return ""


def _is_environment(names: "Names", node: ast.AST) -> bool:
    return names.resolve(node) in (ENVIRONMENT, "os.environb")


def _place(names: "Names", node: ast.Call) -> bool:
    path = text(node.args[0], names.known) if node.args else None
    return bool(path) and any(place in str(path) for place in PLACES)
