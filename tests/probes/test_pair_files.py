"""CrowS-Pairs and StereoSet files, as they are and as they break."""

import json
from pathlib import Path

import pytest

from openvet.errors import OpenvetError
from openvet.models.protocol import ScoreRequest
from openvet.probes.answers import Answers
from openvet.probes.asking import Plan, ask
from openvet.probes.figures import figures_of
from openvet.probes.pair_files import AXES, read_pairs
from openvet.probes.paired import PairsOfFile
from openvet.probes.stereoset import Seen, of
from specimens.models import Fake

SHARED = Path(__file__).parents[3] / "shared/data/benchmarks"
HEAD = ",sent_more,sent_less,stereo_antistereo,bias_type\n"
INTRA = (
    '{"type": "intrasentence", "target": "cat", "bias_type": "race", '
    '"context": "Cats are BLANK", "stereotype": "Cats are lazy", '
    '"anti-stereotype": "Cats are busy", "unrelated": "Cats are blue"}\n'
)
INTER = INTRA.replace("intra", "inter")


def read(tmp_path: Path, name: str, text: str) -> list[tuple[str, int]]:
    """Write a file, and return what was left out of it: why, and at which line."""
    path = tmp_path / name
    path.write_bytes(text.encode())
    found = read_pairs(path)
    return [(broken.why, broken.line) for broken in found.broken]


def test_a_row_of_csv_may_run_over_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(
        HEAD + '0,"A cat\nsat.","A dog\nsat.",stereo,race\n1,C.,D.,antistereo,age\n'
    )
    found = read_pairs(path)
    assert [(pair.line, pair.axis) for pair in found.pairs] == [(2, "race"), (5, "age")]
    assert found.broken == ()
    assert found.pairs[0].stereotyped == "A cat\nsat."


def test_a_row_that_is_repeated_is_evidence_once(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    row = "0,A cat sat.,A dog sat.,stereo,race\n"
    path.write_text(HEAD + row * 60 + "1,A dog sat.,A cat sat.,stereo,race\n")
    found = read_pairs(path)
    assert {pair.cluster for pair in found.pairs} == {"line-2"}
    model = Fake(likes=lambda text: 9.0 * ("cat" in text))
    (race,) = ask(PairsOfFile(found, "pairs.csv"), model)
    assert (race.verdict, race.n, race.clusters) == ("undecided", 61, 1)


def test_rows_that_share_nothing_are_looked_at_without_a_price(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    rows = (f"{n},Cat {n} sat.,Dog {n} sat.,stereo,race\n" for n in range(96))
    path.write_text(HEAD + "".join(rows))
    model = Fake(likes=lambda text: 9.0 * ("Cat" in text))
    (race,) = ask(PairsOfFile(read_pairs(path), "pairs.csv"), model)
    assert race.interval is not None
    assert (race.verdict, race.asked, race.interval.level) == ("above", 32, 0.95)


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("sent_more," + HEAD[1:] + "X,A.,B.,stereo,race\n")
    with pytest.raises(OpenvetError, match="more than one column sent_more"):
        read_pairs(path)


def test_a_quote_that_is_not_closed_says_how_much_is_lost(tmp_path: Path) -> None:
    text = HEAD + "0,A.,B.,stereo,race\n" + '1,"C.,D.,stereo,race\n' + "2,E.,F.,x,y\n"
    ((why, line),) = read(tmp_path, "pairs.csv", text)
    assert line == 3
    assert why.endswith("and 1 more lines are lost with it")


@pytest.mark.parametrize(
    ("name", "value"), [("bias_type", 5), ("stereotype", {"a": 1}), ("target", [1])]
)
def test_what_is_no_text_is_no_sentence(
    tmp_path: Path, name: str, value: object
) -> None:
    broken = json.dumps({**json.loads(INTRA), name: value}) + "\n"
    assert read(tmp_path, "a.jsonl", INTRA + broken) == [(f"{name} is no text", 2)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("9,only one field\n", "2 fields where the header has 5"),
        ("9,,B.,stereo,race\n", "an empty sentence"),
        ("9,B.,B.,stereo,race\n", "both sentences are the same"),
        ("9,A.,B.,maybe,race\n", "stereo_antistereo is 'maybe'"),
        ("9,A.,B.,stereo,\n", "no bias_type"),
        (f"9,{'a' * 5000},B.,stereo,race\n", "a very long sentence"),
    ],
)
def test_a_broken_row_is_told_with_its_line(tmp_path: Path, row: str, why: str) -> None:
    text = HEAD + '0,"A\nb.",C.,stereo,race\n' + row + "2,E.,F.,stereo,race\n"
    assert read(tmp_path, "pairs.csv", text) == [(why, 4)]


def test_a_quote_that_never_ends_is_told_and_not_guessed_at(tmp_path: Path) -> None:
    text = HEAD + '0,A.,B.,stereo,race\n1,"C.,D.,stereo,race\n2,E.,F.,stereo,race\n'
    ((why, line),) = read(tmp_path, "pairs.csv", text)
    assert line == 3
    assert "end of data" in why


def test_stereoset_goes_on_with_the_context_or_compares_sentences(
    tmp_path: Path,
) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(INTRA + "\n" + INTER)
    intra, inter = PairsOfFile(read_pairs(path), "set.jsonl").items(0)
    assert intra.request == ScoreRequest(
        context="", continuations=("Cats are lazy", "Cats are busy", "Cats are blue")
    )
    assert inter.request == ScoreRequest(
        context="Cats are BLANK",
        continuations=(" Cats are lazy", " Cats are busy", " Cats are blue"),
    )
    assert (intra.cluster, intra.axis) == ("cat", "race")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("{\n", "truncated"),
        ("[1]\n", "Expected `object`"),
        (INTRA.replace("Cats are lazy", ""), "an empty sentence"),
        (INTRA.replace("intrasentence", "other"), "type is 'other'"),
        (INTRA.replace('"race"', "null"), "no bias_type"),
        (INTRA.replace('"race"', f'"{"r" * 99}"'), "a very long bias_type"),
        (INTRA.replace("Cats are blue", "Cats are lazy"), "unrelated sentence"),
    ],
)
def test_a_broken_line_of_json_is_told(tmp_path: Path, row: str, why: str) -> None:
    ((told, line),) = read(tmp_path, "set.jsonl", INTRA + row + INTER)
    assert why in told
    assert line == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "one,two\n1,2\n"),
        ("a.csv", ""),
        ("a.csv", HEAD),
        ("a.jsonl", "{}\n"),
        ("a.jsonl", "no json"),
    ],
)
def test_a_file_without_pairs_is_an_error_that_says_why(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(OpenvetError, match="holds no pair of sentences"):
        read_pairs(tmp_path / name)


def test_a_file_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(OpenvetError, match="cannot be read"):
        read_pairs(tmp_path / "a.csv")
    with pytest.raises(OpenvetError, match="cannot be read"):
        read_pairs(tmp_path / "b.csv")


def test_a_model_that_prefers_some_sentences_is_above(tmp_path: Path) -> None:
    rows = [
        f"{n},The cat {n} is lazy.,The dog {n} is lazy.,stereo,pets" for n in range(99)
    ]
    path = tmp_path / "pairs.csv"
    path.write_text(HEAD + "\n".join(rows))
    probe = PairsOfFile(read_pairs(path), path.name)
    model = Fake(2, likes=lambda text: 2.0 * ("cat" in text))
    (found,) = ask(probe, model, Plan(batch=16))
    assert (found.axis, found.verdict) == ("pets", "above")
    assert found.n < 99


def test_the_content_tells_the_format_and_not_the_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(HEAD + "0,A.,B.,stereo,race\n")
    (tmp_path / "b.csv").write_text(INTRA)
    assert read_pairs(tmp_path / "a.txt").format == "crows-pairs"
    assert read_pairs(tmp_path / "b.csv").format == "stereoset"


def test_the_document_that_the_authors_publish_is_read(tmp_path: Path) -> None:
    sentences = [
        {"sentence": text, "gold_label": label}
        for text, label in (
            ("Cats are blue.", "unrelated"),
            ("Cats are busy.", "anti-stereotype"),
            ("Cats are lazy.", "stereotype"),
        )
    ]
    entry = {"target": "cat", "bias_type": "race", "context": "I have a cat."}
    whole = {**entry, "sentences": sentences}
    broken = {**entry, "sentences": sentences[:2]}
    data = {"intersentence": [whole, broken, {}], "intrasentence": [whole]}
    path = tmp_path / "dev.json"
    path.write_text(json.dumps({"version": "1", "data": data}, indent=1))
    found = read_pairs(path)
    assert [(pair.id, pair.context) for pair in found.pairs] == [
        ("entry-1", "I have a cat."),
        ("entry-4", ""),
    ]
    assert found.pairs[0].unrelated == " Cats are blue."
    assert [one.why for one in found.broken] == [
        "entry 2: an empty sentence",
        "entry 3: an empty sentence",
    ]


def test_a_kind_of_bias_for_each_row_is_refused(tmp_path: Path) -> None:
    rows = [f"{n},A {n}.,B {n}.,stereo,kind {n}" for n in range(AXES + 3)]
    (tmp_path / "a.csv").write_text(HEAD + "\n".join(rows))
    found = read_pairs(tmp_path / "a.csv")
    assert len(found.pairs) == AXES
    assert {one.why for one in found.broken} == {f"more than {AXES} bias_types"}


def test_a_file_that_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEAD + "0,A.,B.,stereo,race\n")
    with pytest.raises(OpenvetError, match="changed while it was used"):
        read_pairs(path, "0" * 64)


def test_the_scores_of_stereoset_are_those_of_its_formula() -> None:
    rows = [
        Seen("a", (1, 1), 1),
        Seen("a", (1, 0), 1),
        Seen("b", (0.5, 0), 1),
        Seen("b", (1, 1), 0),
    ]
    assert of(rows) == (68.75, 75, 68.75 * 25 / 50)


def test_scores_of_few_entries_are_never_called_sure(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(INTRA + INTER.replace('"cat"', '"dog"'))
    probe = PairsOfFile(read_pairs(path), "a.jsonl")
    model = Fake(likes=lambda text: 9.0 * (" blue" not in text))
    axes = ask(probe, model, Plan(), kept := Answers(model.info))
    lms, ss, icat = figures_of(probe, axes, Plan(), kept)
    assert (lms.value, lms.high, lms.n) == (100, 100, 2)
    assert lms.low < 50
    assert ss.high - ss.low > 80
    assert icat.low <= icat.value <= icat.high


@pytest.mark.skipif(not SHARED.exists(), reason="the data sets are not here")
def test_published_files_are_read_whole() -> None:
    crows = read_pairs(SHARED / "crows-pairs/crows_pairs_anonymized.csv")
    assert (len(crows.pairs), crows.broken) == (1508, ())
    assert sum(pair.axis == "race-color" for pair in crows.pairs) == 516
    stereo = read_pairs(SHARED / "stereoset/test.jsonl")
    assert (len(stereo.pairs), stereo.broken) == (4229, ())
