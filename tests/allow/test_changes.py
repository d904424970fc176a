"""Objects that a pickle makes, and then changes in an order no honest writer uses."""

import pytest

from openvet.allow.standing import Tier
from specimens.pickles import call, name, stack_name, text
from specimens.verdicts import built, dict_of, judged, model, new, tier, tuple_of

ONE = b"K\x01"
TEXT = text("true")
HELD = name("functools", "partial")
"""A function that may be held."""
MODEL = new("__main__", "Model")
CARRIED = call(name("cloudpickle.cloudpickle", "_make_function"), ONE, ONE, b"}", b"N")
SKELETON = call(
    name("cloudpickle.cloudpickle", "_make_skeleton_class"),
    name("builtins", "type"),
    text("Net"),
    tuple_of(name("builtins", "object")),
    b"}",
    b"N",
    b"N",
)
ESTIMATOR = stack_name("sklearn.base", "BaseEstimator")
FILTER = "sklearn.preprocessing._function_transformer"


@pytest.mark.parametrize(
    "body",
    [
        built(MODEL, dict_of(append=HELD)) + TEXT + b"a",
        built(MODEL, dict_of(extend=HELD)) + b"(" + TEXT + b"e",
        built(MODEL, dict_of(add=HELD)) + b"(" + TEXT + b"\x90",
        built(MODEL, dict_of(x=ONE)) + text("k") + TEXT + b"s",
        built(built(MODEL, dict_of(x=ONE)), TEXT),
        new("sklearn.utils", "Bunch") + text("extend") + HELD + b"s(" + TEXT + b"e",
    ],
)
def test_an_object_is_not_changed_once_its_state_is_set(body: bytes) -> None:
    assert tier(body) is Tier.DANGEROUS


@pytest.mark.parametrize(
    "body",
    [
        built(MODEL, dict_of(__setstate__=HELD)),
        built(MODEL, tuple_of(b"N", dict_of(__setstate__=HELD))),
        built(MODEL, tuple_of(b"N", dict_of(__class__=ESTIMATOR))),
        new("scipy.optimize", "OptimizeResult") + text("__setstate__") + HELD + b"s",
    ],
)
def test_no_state_says_what_sets_the_next_state(body: bytes) -> None:
    assert tier(body) is Tier.DANGEROUS


def test_no_table_of_attributes_is_made_with_a_method_of_its_own() -> None:
    table = name("scipy.optimize._optimize", "OptimizeResult")
    assert judged(call(table, dict_of(fun=ONE, add=ONE))) == ()
    assert tier(call(table, dict_of(append=ESTIMATOR))) is Tier.DANGEROUS


def test_no_reconstructor_is_handed_such_a_state() -> None:
    rebuild = name("torch._utils", "_rebuild_parameter_with_state")
    for state, expected in (
        (dict_of(x=ONE), Tier.ALLOWED),
        (dict_of(__setstate__=ESTIMATOR), Tier.DANGEROUS),
        (tuple_of(b"}", dict_of(__setstate__=ESTIMATOR)), Tier.DANGEROUS),
    ):
        made = call(rebuild, ONE, b"\x88", b"}", state)
        assert tier(built(made, dict_of(y=ONE))) is expected


def test_items_then_entries_then_a_state_are_how_objects_are_written() -> None:
    made = call(name("collections", "OrderedDict"))
    entries = made + b"(" + text("a") + ONE + b"u(" + text("b") + ONE + b"u"
    assert judged(built(entries, dict_of(_metadata=b"N"))) == ()
    listed = call(name("collections", "deque"))
    assert judged(listed + b"(" + ONE + b"e(" + ONE + b"e") == ()
    state = tuple_of(b"N", dict_of(slot=ONE))
    assert judged(built(new("sklearn.utils", "Bunch"), state)) == ()


@pytest.mark.parametrize("setter", ["_class_setstate", "_function_setstate"])
def test_only_what_the_file_carries_may_be_filled(setter: str) -> None:
    fill = name("cloudpickle.cloudpickle", setter)
    state = tuple_of(b"}", dict_of(x=ONE))
    assert tier(call(fill, CARRIED, state)) is Tier.REVIEW
    assert tier(call(fill, SKELETON, state)) is Tier.REVIEW
    assert tier(call(fill, ESTIMATOR, state)) is Tier.DANGEROUS
    module = call(name("cloudpickle.cloudpickle", "subimport"), text("json"))
    assert tier(call(fill, module, state)) is Tier.DANGEROUS


def test_modules_that_act_when_imported_are_not_imported_by_name() -> None:
    for importer in ("cloudpickle.cloudpickle:subimport", "dill._dill:_import_module"):
        module, _, function = importer.partition(":")
        for wanted in ("json", "numpy.linalg"):
            assert tier(call(name(module, function), text(wanted))) is Tier.REVIEW
        for wanted in ("antigravity", "idlelib.idle", "lib.__main__", "this", "a b"):
            assert tier(call(name(module, function), text(wanted))) is Tier.DANGEROUS


def test_a_class_is_made_by_a_class_and_not_by_carried_code() -> None:
    create = name("dill._dill", "_create_type")
    rest = (text("Net"), tuple_of(name("builtins", "object")), b"}")
    assert tier(call(create, name("builtins", "type"), *rest)) is Tier.REVIEW
    assert tier(call(create, CARRIED, *rest)) is Tier.DANGEROUS


@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("numpy", "fromfile"),
        ("numpy.ctypeslib", "load_library"),
        ("torch", "import_ir_module"),
        ("torch.utils.cpp_extension", "load"),
        ("transformers", "pipeline"),
    ],
)
def test_a_function_that_opens_or_runs_is_not_held_for_later(
    module: str, function: str
) -> None:
    held = new(FILTER, "FunctionTransformer")
    assert judged(built(held, dict_of(func=name("numpy", "exp")))) == ()
    body = built(held, dict_of(func=name(module, function)))
    assert tier(body) is Tier.DANGEROUS


def test_a_ufunc_is_asked_for_by_the_name_of_a_ufunc() -> None:
    asked = name("numpy._core", "_ufunc_reconstruct")
    assert judged(call(asked, text("numpy"), text("exp"))) == ()
    assert tier(call(asked, text("numpy"), text("load"))) is Tier.DANGEROUS


def test_what_is_walked_through_is_a_plain_sequence() -> None:
    loader = model("torch.utils.data.dataloader", "DataLoader")
    time = name("time", "struct_time")
    assert judged(call(time, tuple_of(*[ONE] * 9), b"}")) == ()
    assert tier(call(time, loader)) is Tier.DANGEROUS


@pytest.mark.parametrize(
    "opcode", [b"(isome.library\nrun\n", b"(csome.library\nrun\no"]
)
def test_a_function_called_without_arguments_still_runs(opcode: bytes) -> None:
    assert tier(opcode, version=2) is Tier.DANGEROUS
    assert tier(opcode.replace(b"run", b"Model"), version=2) is Tier.REVIEW
