"""Types looked up by name, and exceptions with their text."""

from openvet.allow.standing import Tier
from specimens.pickles import call, name, text
from specimens.verdicts import judged, tier

ONE = b"K\x01"


def test_a_type_that_dill_looks_up_is_no_code_of_the_file() -> None:
    look_up = name("dill._dill", "_load_type")
    plain = call(call(look_up, text("slice")), ONE, ONE, ONE)
    assert judged(plain) == ()
    code = call(look_up, text("CodeType"))
    assert [part.rule for part in judged(plain + b"0" + code)] == ["pickle-stores-code"]
    assert [part.rule for part in judged(look_up)] == ["pickle-stores-code"]


def test_an_unknown_exception_may_keep_its_text() -> None:
    raised = call(name("some.library", "OwnError"), text("no such row"), ONE)
    assert tier(raised) is Tier.REVIEW
    assert tier(call(name("some.library", "Own"), text("x"))) is Tier.DANGEROUS
