"""``ipattr plan`` as people meet it: the reverse timetable, the what-if, and sentences instead of tracebacks."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from test_cli import EXAMPLES, ipattr

from ipattr.days import parse_span
from ipattr.errors import UsageError
from ipattr.model import Span

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = ("--post", "2026-06-01", "--as-of", "2026-06-02")


def latest(document: dict[str, object], route: str, pace: str) -> dict[str, str]:
    """Return the latest day of each step of one route for the first expiry."""
    plan = document["backward"][0]  # type: ignore[index]
    (found,) = [one for one in plan["latest"] if (one["route"], one["pace"]) == (route, pace)]
    return {step["step"]: step["on"] for step in found["steps"]} | {"expiry": plan["expiry"]}


@pytest.mark.parametrize("route", ["ip-injunction", "disclosure-order"])
@pytest.mark.parametrize(
    ("retention", "pace", "days"),
    [
        (
            "3m",
            "current",
            {
                "filing": "2026-06-22",
                "hearing": "2026-07-09",
                "order": "2026-08-09",
                "ip": "2026-08-23",
                "letter": "2026-08-24",
                "expiry": "2026-09-01",
            },
        ),
        ("3m", "older", {"filing": "2026-06-16", "letter": "2026-08-24", "expiry": "2026-09-01"}),
        ("6か月", "current", {"letter": "2026-11-23", "expiry": "2026-12-01"}),
    ],
)
def test_the_reverse_timetable_of_the_practitioner(route: str, retention: str, pace: str, days: dict[str, str]) -> None:
    run = ipattr("plan", *BEFORE, "--retention", retention, "--format", "json")
    assert run.returncode in {0, 1}, run.stderr.decode()
    found = latest(json.loads(run.stdout), route, pace)
    assert {step: found[step] for step in days} == days


def test_a_case_is_planned_whatever_form_it_has(tmp_path: Path) -> None:
    case, saved = tmp_path / "case", tmp_path / "case.json"
    log = ("lookup", str(EXAMPLES / "x-return.docx"), "--posts", str(EXAMPLES / "posts.csv"), "--as-of", "2026-11-21")
    assert ipattr("case", "init", str(case)).returncode == 0
    assert ipattr(*log, "--case", str(case), "-o", str(saved)).returncode == 1
    texts = []
    for named, stdin in ((str(case), b""), (str(saved), b""), ("-", saved.read_bytes())):
        run = ipattr("plan", named, "--as-of", "2026-11-21", "--served", "2026-11-25", "--format", "json", stdin=stdin)
        assert run.returncode in {0, 1}, run.stderr.decode()
        texts.append(run.stdout)
    assert len(set(texts)) == 1
    document = json.loads(texts[0])
    assert document["rows"] == 20
    served = [one for one in document["what_if"] if one["served"] == "2026-11-25"]
    counts = [
        len(served[0]["all"].get(state, ())) for state in ("kept", "uncertain", "gone", "unknown", "not_applicable")
    ]
    assert sum(counts) == 20
    assert sorted(one["row"] for one in document["ranking"]) == list(range(1, 21))


def test_each_provider_may_have_its_own_day() -> None:
    arguments = ("--retention", "3m", "--served", "2026-08-24", "--format", "json")
    run = ipattr("plan", *BEFORE, *arguments)
    assert run.returncode in {0, 1}, run.stderr.decode()
    run = ipattr("plan", *BEFORE, "--retention", "3m", "--served", "no-such-provider=2026-08-24")
    assert (run.returncode, run.stdout) == (2, b"")
    assert b"no-such-provider" in run.stderr


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("form", ["table", "md", "csv", "json"])
def test_every_form_is_written_and_says_that_it_is_no_advice(tmp_path: Path, form: str, lang: str) -> None:
    suffix = {"table": "txt"}.get(form, form)
    target = tmp_path / f"plan.{suffix}"
    run = ipattr("plan", *BEFORE, "--retention", "3m", "--lang", lang, "-o", str(target), "--format", form)
    assert run.returncode in {0, 1}, run.stderr.decode()
    text = target.read_text(encoding="utf-8")
    assert "助言" in text or "advice" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--retention"),
        (("--post", "2026-06-01"), "--retention"),
        (("--retention", "3m"), "--post"),
        (("--post", "2026-06-31", "--retention", "3m"), "--post"),
        (("--post", "0001-01-01", "--retention", "3m"), "--post"),
        (("--post", "9999-12-31", "--retention", "3m"), "--post"),
        (("--post", "2026-06-01", "--retention", "three months"), "--retention"),
        (("--post", "2026-06-01", "--retention", "3m", "--served", "=2026-08-24"), "--served"),
        (("--post", "2026-06-01", "--retention", "3m", "--served", "soon"), "--served"),
        (("--post", "2026-06-01", "--retention", "3m", "--route", "teleport"), "teleport"),
        (("--post", "2026-06-01", "--retention", "3m", "--platform", "nowhere"), "nowhere"),
        (("case.json", "--post", "2026-06-01"), "--post"),
        (("case.json", "--retention", "3m"), "--retention"),
    ],
)
def test_what_contradicts_itself_is_one_sentence(arguments: tuple[str, ...], said: str) -> None:
    run = ipattr("plan", *arguments, "--as-of", "2026-06-02")
    assert (run.returncode, run.stdout) == (2, b"")
    assert said in run.stderr.decode()
    assert run.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("93d", 93, "day"),
        ("93日", 93, "day"),
        ("３か月", 3, "month"),
        ("6ヶ月間", 6, "month"),
        ("3m", 3, "month"),
        ("2w", 2, "week"),
        ("1y", 12, "month"),
        ("1年", 12, "month"),
        ("10 days", 10, "day"),
    ],
)
def test_a_period_is_read_as_people_type_it(text: str, value: int, unit: str) -> None:
    assert parse_span(text) == Span(value=value, unit=unit)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "0d", "3", "-3m", "3mm", "m", "三か月", "3m 2d", "99999d"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_span(text)


def test_routes_and_letters_are_read_as_people_type_lists() -> None:
    command = ("plan", *BEFORE, "--retention", "3m", "--format", "json")
    one = ipattr(*command, "--route", "ip-injunction", "--route", "phone", "--served", "docomo=2026-08-24")
    other = ipattr(*command, "--route", " ip-injunction、phone", "--served", " docomo = 2026-08-24")
    assert one.returncode in {0, 1}, one.stderr.decode()
    assert one.stdout == other.stdout != b""
    run = ipattr(*command, "--route", "")
    assert (run.returncode, run.stdout) == (2, b"")
    assert "--route" in run.stderr.decode()


def test_the_same_plan_is_the_same_bytes() -> None:
    import ipattr as package

    first, second = (
        package.plan(post=[date(2026, 6, 1)], retention=[Span(value=3, unit="month")], as_of=date(2026, 6, 2))
        for _ in range(2)
    )
    assert first == second
