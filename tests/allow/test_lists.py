"""The lists themselves: readable, complete, and free of what they must not hold."""

import re

import pytest

from openvet.allow import lists
from openvet.allow.guarded import is_plain_formula
from openvet.allow.shapes import alternatives, position

EVERY = sorted(lists.packages() | {lists.STANDARD_LIBRARY})


@pytest.mark.parametrize("package", EVERY)
def test_a_list_says_what_it_was_made_from(package: str) -> None:
    made = lists.load(package)
    assert made.package == package
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", made.made)
    assert made.tool.startswith("harvest ")
    assert made.wheels or package == lists.STANDARD_LIBRARY
    for wheel in made.wheels:
        assert wheel.name.endswith(".whl")
        assert re.fullmatch(r"[0-9a-f]{64}", wheel.sha256)


@pytest.mark.parametrize("package", EVERY)
def test_every_rule_of_a_list_is_used_and_can_be_read(package: str) -> None:
    made = lists.load(package)
    assert set(made.names) == set(made.rules)
    for rule in made.rules.values():
        for shape in rule.args:
            position(shape)
        for shape in rule.build:
            alternatives(shape)


@pytest.mark.parametrize("package", EVERY)
def test_a_list_names_only_its_own_package(package: str) -> None:
    roots = lists.standard_roots() if package == lists.STANDARD_LIBRARY else {package}
    for modules in lists.load(package).names.values():
        for module, names in modules.items():
            assert module.partition(".")[0] in roots
            assert names.split()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("joblib._store_backends", "FileSystemStoreBackend"),
        ("joblib.memory", "Memory"),
        ("torch.package.package_importer", "PackageImporter"),
        ("torch.fx.graph_module", "GraphModule"),
        ("torch.utils._config_module", "ConfigModule"),
        ("numpy.lib.npyio", "DataSource"),
        ("numpy.lib._datasource", "DataSource"),
        ("pandas.io.pytables", "HDFStore"),
        ("subprocess", "Popen"),
        ("threading", "Thread"),
        ("logging", "FileHandler"),
        ("zipfile", "ZipFile"),
        ("tempfile", "TemporaryFile"),
        ("socket", "socket"),
    ],
)
def test_classes_with_effects_are_on_no_list(module: str, name: str) -> None:
    assert lists.find(module, name) is None


def test_the_lists_stay_small() -> None:
    sizes = [path.stat().st_size for path in lists.FOLDER.glob("*.json")]
    assert sum(sizes) < 1_500_000


def test_the_nearest_technique_names_the_harm() -> None:
    system = lists.technique("os", "system")
    assert system is not None
    assert system.does == "starts a program, or ends or takes over one"
    handler = lists.technique("logging.handlers", "SocketHandler")
    assert handler is not None
    assert "network" in handler.does
    assert lists.technique("some.library", "Model") is None


def test_a_module_that_only_begins_alike_is_not_covered() -> None:
    assert lists.technique("osprey", "system") is None
    assert not lists.known("sklearnish.base")


@pytest.mark.parametrize(
    ("formula", "plain"),
    [
        ("y ~ a + C(b)", True),
        ("np.log(y) ~ x * z - 1", True),
        ("y ~ Q('a b') + I(x ** 2)", True),
        ("y ~ C(x, Treatment(reference='q'))", True),
        ("y ~ f(x)", False),
        ("y ~ a.__class__", False),
        ("y ~ (os.system)('id')", False),
        ("y ~ a[0](1)", False),
        ("y ~ 'x'.format(1)", False),
        ("y ~ `a`", False),
    ],
)
def test_a_formula_may_only_transform_columns(formula: str, *, plain: bool) -> None:
    assert is_plain_formula(formula) is plain


def test_a_shape_that_nobody_understands_is_refused() -> None:
    with pytest.raises(ValueError, match="no such shape"):
        alternatives("data|nonsense")
