"""Procedures, routes and information sheets: every figure as the practice facts have it, and strict reading."""

from __future__ import annotations

import typing
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import mini_data
import msgspec
import pytest

from ipattr.checks import check_data
from ipattr.errors import DataError
from ipattr.instants import add_period
from ipattr.model import Record
from ipattr.model.sources import Sources
from ipattr.registry import Registry, load_sources, open_registry
from ipattr.registry.tree import _CODE

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import DurationFigure, Interval, Pace, Procedure, ProcedureNote, Span

ASK, FIND, ROUTES, SHEET = "procedures/ask.toml", "procedures/find.toml", "procedures/routes.toml", "sheets/window.toml"
TODAY = date(2026, 11, 21)


class Figure(NamedTuple):
    """One line of the table of figures: where it stands, what it says, and the words of the facts it was made from."""

    owner: str
    step: str
    since: str
    platform: str
    low: str
    high: str
    source: str
    facts: str


FIGURES = (
    # cp-voluntary
    Figure("cp-voluntary", "ip", "", "", "1 day", "1 week", "P-KAJO-39", "1 day–1 week w/o 意見照会; +2–3 weeks with"),
    Figure("cp-voluntary", "ip", "", "", "15 day", "4 week", "P-KAJO-39", "1 day–1 week w/o 意見照会; +2–3 weeks with"),
    Figure("cp-voluntary", "ip", "", "", "2 week", "3 week", "P-KAJO-39", "3–4 weeks (2–3 w/o 意見照会)"),
    Figure("cp-voluntary", "ip", "", "", "3 week", "4 week", "P-KAJO-39", "3–4 weeks (2–3 w/o 意見照会)"),
    # the address by court
    *(
        figure
        for owner in ("ip-injunction", "disclosure-order")
        for figure in (
            Figure(owner, "order", "filing", "", "3 week", "3 month", "P-KAJO-39", "3 weeks (unopposed) – 2–3 months"),
            Figure(owner, "order", "filing", "", "1 month", "3 month", "S20", "仮処分/開示命令 1–3 months"),
            Figure(owner, "ip", "order", "", "1 week", "2 month", "P-KAJO-39", "1–2 weeks (some 1–2 months)"),
            Figure(owner, "ip", "order", "x", "3 week", "6 week", "P-KAJO-46", "**3–6 weeks** after 開示決定"),
        )
    ),
    Figure("ip-injunction", "execution", "order", "", "2 week", "2 week", "P-SETOLAW-202509", "execute within 2 weeks"),
    Figure(
        "disclosure-order", "final", "order", "", "1 month", "1 month", "P-SETOLAW-202509", "becomes final | 1 month"
    ),
    # 提供命令
    Figure("provision-order", "order", "", "", "1 week", "1 week", "P-KAJO-39", "issued ~1 week"),
    Figure(
        *("provision-order", "provider", "order", "google", "45 day", "2 month"),
        *("P-KANDATO-20231204", "Google names provider 1.5–2 months later"),
    ),
    Figure("provision-order", "handover", "", "", "1 month", "1 month", "P-KAJO-39", "~1 month for 15条1項2号"),
    # against the access provider
    Figure(
        "erasure-injunction", "order", "", "", "2 week", "2 week", "P-VICTIMS-GUIDE", "消去禁止仮処分 ~2 weeks to order"
    ),
    Figure("preservation-letter", "letter", "", "", "1 day", "1 day", "P-KANDATO-TIMELIMIT", "| at once |"),
    Figure("ap-order", "order", "", "", "1 month", "3 month", "P-KAJO-39", "AP: 開示命令 | 1–3 months"),
    Figure("ap-order", "person", "order", "", "2 week", "4 week", "P-KAJO-39", "then name/address | 2–4 weeks"),
    Figure("ap-order", "final", "order", "", "1 month", "1 month", "P-SETOLAW-202509", "becomes final | 1 month"),
    Figure("ap-suit", "order", "", "", "3 month", "6 month", "P-KAJO-39", "judgment 3–6 months"),
    Figure("ap-suit", "order", "", "", "6 month", "6 month", "P-VICTIMS-GUIDE", "AP lawsuit ~6 months"),
    Figure("ap-suit", "order", "", "", "6 month", "12 month", "S20", "本案 6–12 months"),
    Figure("ap-suit", "person", "order", "", "2 week", "4 week", "P-KAJO-39", "then name/address | 2–4 weeks"),
)
TOTALS = (
    Figure("ip-injunction", "", "", "", "2 month", "8 month", "P-KAJO-39", "Total IP route | 2–8 months"),
    Figure("ip-injunction", "", "", "", "6 month", "18 month", "P-TSUNAGARU", "3–8 months (old 6–18)"),
    Figure("disclosure-order", "", "", "", "2 month", "8 month", "P-KAJO-39", "Total IP route | 2–8 months"),
    Figure("disclosure-order", "", "", "", "3 month", "8 month", "P-TSUNAGARU", "3–8 months (old 6–18)"),
    Figure("provision-order", "", "", "", "3 month", "8 month", "P-TSUNAGARU", "3–8 months (old 6–18)"),
    Figure("phone", "", "", "", "3 month", "5 month", "P-KAJO-39", "incl. 23条照会 | 3–5 months"),
)
REPLIES = (Figure("docomo", "", "", "", "2 month", "3 month", "S6", "docomo out of court | 2–3 months"),)
TIMETABLE: dict[Pace, tuple[tuple[str, str, str], ...]] = {
    "current": (
        ("meeting", "3 day", "3日"),
        ("hearing", "14 day", "2週間"),
        ("order", "1 month", "1か月"),
        ("ip", "14 day", "2週間"),
        ("letter", "1 day", "直ちに"),
        ("margin", "8 day", "1週間"),
    ),
    "older": (
        ("meeting", "3 day", "3日"),
        ("hearing", "20 day", "3週間"),
        ("order", "1 month", "1か月"),
        ("ip", "14 day", "2週間"),
        ("letter", "1 day", "直ちに"),
        ("margin", "8 day", "1週間"),
    ),
}
CHAINS: dict[Pace, tuple[date, ...]] = {
    "current": (
        *(date(2026, 6, 22), date(2026, 6, 25), date(2026, 7, 9), date(2026, 8, 9)),
        *(date(2026, 8, 23), date(2026, 8, 24), date(2026, 9, 1)),
    ),
    "older": (
        *(date(2026, 6, 16), date(2026, 6, 19), date(2026, 7, 9), date(2026, 8, 9)),
        *(date(2026, 8, 23), date(2026, 8, 24), date(2026, 9, 1)),
    ),
}
NOTES = {
    ("cp-voluntary", "x", "not-followed", "P-SETOLAW-202509"),
    ("provision-order", "x", "not-followed", "P-SETOLAW-202509"),
    ("ip-injunction", "x", "remark", "P-KANDATO-20231118"),
    ("ip-injunction", "x", "slower", "P-SETOLAW-202509"),
    ("ip-injunction", "x", "slower", "P-SOGITSU-20251024"),
    ("ip-injunction", "x", "slower", "P-KAJO-46"),
    ("ip-injunction", "x", "remark", "P-COCONALA-94129"),
    ("disclosure-order", "x", "slower", "P-SETOLAW-202509"),
    ("disclosure-order", "x", "slower", "P-SOGITSU-20251024"),
    ("disclosure-order", "x", "slower", "P-KAJO-46"),
    ("disclosure-order", "x", "remark", "P-COCONALA-94129"),
    ("erasure-order", "", "seldom", "P-KANDATO-DOSYS"),
}
"""Every remark of a procedure that is about one platform, or does more than remark."""
ROUTES_TABLE = {
    "in-hand": ("in-hand", True, ("preservation-letter", "ap-order@letter", "ap-suit@letter")),
    "in-hand-injunction": ("in-hand", True, ("erasure-injunction", "ap-order@letter", "ap-suit@letter")),
    "in-hand-order": ("in-hand", True, ("ap-order", "erasure-order@filing")),
    **{
        name: ("ip", True, (first, "preservation-letter@ip", "ap-order@letter", "ap-suit@letter"))
        for name, first in (
            ("ip-voluntary", "cp-voluntary"),
            ("ip-injunction", "ip-injunction"),
            ("disclosure-order", "disclosure-order"),
        )
    },
    "provision-order": ("ip", True, ("provision-order", "ap-order@provider")),
    "phone": ("phone", False, ("phone-suit", "bar-inquiry@phone")),
}
SHEETS = {
    "catv": ("JST", "", "source-ip=yes time=yes source-port=yes destination-ip=yes copy=unknown"),
    "docomo": ("", "", "source-ip=yes time=yes source-port=one-of destination-ip=one-of"),
    "interlink": ("JST", "s", "source-ip=yes source-port=yes time=yes"),
    "kddi": ("", "", "source-ip=yes time=yes destination-ip=yes source-port=unknown"),
    "rakuten": ("", "s", "source-ip=yes time=yes source-port=yes copy=yes copy=yes"),
    "softbank": ("", "", "source-ip=yes time=yes destination-ip=yes source-port=unknown"),
}


@pytest.fixture(scope="module")
def shipped() -> Registry:
    return open_registry()


@pytest.fixture(scope="module")
def practice(root: Path) -> str:
    """Return the prose that the data were made from; it lies beside a working checkout only."""
    path = root.parent / "shared" / "facts" / "practice.md"
    if not path.is_file():
        pytest.skip("the compiled facts are not beside this checkout: no practice.md")
    return path.read_text(encoding="utf-8")


def text(span: Span) -> str:
    return f"{span.value} {span.unit}"


def line(owner: str, step: str, figure: DurationFigure) -> tuple[str, ...]:
    return (owner, step, figure.since, figure.platform, text(figure.low), text(figure.high), figure.source)


def figures(procedures: typing.Iterable[Procedure]) -> list[tuple[str, ...]]:
    return [line(one.id, step.id, figure) for one in procedures for step in one.steps for figure in step.figures]


def later(day: date, span: Span) -> date:
    """Walk one span; weeks are seven days, and no date of the timetable falls on a day that a month lacks."""
    if span.unit == "week":
        return day + timedelta(weeks=span.value)
    (arrived,) = add_period(day, span.value, span.unit)
    return arrived


# The figures are those of the facts


def test_the_data_hold_these_figures_and_no_other(shipped: Registry) -> None:
    assert sorted(figures(shipped.procedures.values())) == sorted(one[:-1] for one in FIGURES)
    totals = [line(route.id, "", total) for route in shipped.routes for total in route.totals]
    assert totals == [one[:-1] for one in TOTALS]
    replies = [line(sheet.id, "", sheet.reply) for sheet in shipped.sheets if sheet.reply is not None]
    assert replies == [one[:-1] for one in REPLIES]
    assert not any(one.totals for one in shipped.procedures.values())


@pytest.mark.parametrize("phrase", sorted({one.facts for one in (*FIGURES, *TOTALS, *REPLIES)}))
def test_each_figure_stands_in_the_facts(practice: str, phrase: str) -> None:
    assert phrase in practice


@pytest.mark.parametrize("pace", ["current", "older"])
@pytest.mark.parametrize("opening", ["ip-injunction", "disclosure-order"])
def test_the_intervals_are_those_of_the_timetable(shipped: Registry, pace: Pace, opening: str) -> None:
    found = [(step, text(entry.span), entry.text) for step, entry in chain(shipped, pace, opening)]
    assert tuple(found) == TIMETABLE[pace]


def test_no_other_procedure_has_intervals(shipped: Registry) -> None:
    with_intervals = {one.id for one in shipped.procedures.values() for step in one.steps if step.intervals}
    assert with_intervals == {"ip-injunction", "disclosure-order", "preservation-letter"}


@pytest.mark.parametrize("pace", ["current", "older"])
@pytest.mark.parametrize("opening", ["ip-injunction", "disclosure-order"])
def test_the_intervals_lead_from_filing_to_expiry(shipped: Registry, pace: Pace, opening: str) -> None:
    filing = CHAINS[pace][0]
    days = [filing]
    for _, interval in chain(shipped, pace, opening):
        days.append(later(days[-1], interval.span))
    assert tuple(days) == CHAINS[pace]


def test_the_timetable_in_the_round_numbers_of_the_facts(shipped: Registry) -> None:
    post = date(2026, 6, 1)
    assert add_period(post, 3, "month") == (CHAINS["current"][-1],)
    assert add_period(post, 6, "month") == (date(2026, 12, 1),)
    assert CHAINS["current"][0] - post == timedelta(weeks=3)
    # 62 and 68 days from filing to address, as the facts count them.
    assert [(days[4] - days[0]).days for days in CHAINS.values()] == [62, 68]
    assert [step.id for step in shipped.procedures["preservation-letter"].steps] == ["start", "letter", "margin"]


def chain(registry: Registry, pace: Pace, opening: str) -> list[tuple[str, Interval]]:
    """Return the intervals of one pace, from the filing of one procedure to the end of the letter's."""
    steps = [*registry.procedures[opening].steps, *registry.procedures["preservation-letter"].steps]
    return [(step.id, entry) for step in steps for entry in step.intervals if entry.pace == pace]


def test_what_the_law_counts(shipped: Registry) -> None:
    found = {
        (one.id, step.id) for one in shipped.procedures.values() for step in one.steps if step.counting != "estimate"
    }
    assert found == {("ip-injunction", "execution"), ("disclosure-order", "final"), ("ap-order", "final")}


def test_what_is_said_of_a_platform(shipped: Registry) -> None:
    def noted(owner: str, notes: tuple[ProcedureNote, ...]) -> set[tuple[str, str, str, str]]:
        return {(owner, n.platform, n.effect, n.source) for n in notes if n.platform or n.effect != "remark"}

    assert set().union(*(noted(one.id, one.notes) for one in shipped.procedures.values())) == NOTES
    assert set().union(*(noted(one.id, one.notes) for one in shipped.routes)) == {
        (route, platform, effect, "P-GLADIATOR")
        for route in ("ip-injunction", "disclosure-order")
        for platform, effect in (("x", "slower"), ("facebook", "remark"), ("instagram", "remark"))
    }


def test_what_was_not_found_has_no_figure(shipped: Registry) -> None:
    silent = {one.id for one in shipped.procedures.values() if not any(s.figures or s.intervals for s in one.steps)}
    assert silent == {"bar-inquiry", "erasure-order", "phone-suit"}


def test_every_statement_says_where_from_and_how_sure(shipped: Registry) -> None:
    statements: list[DurationFigure | Interval | ProcedureNote] = []
    for one in shipped.procedures.values():
        statements += one.notes
        for step in one.steps:
            statements += [*step.figures, *step.intervals]
    for route in shipped.routes:
        statements += [*route.totals, *route.notes]
    for sheet in shipped.sheets:
        statements += sheet.remarks
    assert len(statements) > 70
    undated = set()
    for statement in statements:
        assert statement.confidence in {"high", "medium", "low"}
        citation = shipped.citations[statement.source]
        if statement.as_of:
            assert statement.as_of[:4].isdigit()
        elif citation.dated[:4].isdigit():
            undated.add(citation.code)
    # Dated pages whose statements bear no date: the revision of the timetable is undated, and so are windows' pages.
    assert undated == {"P-KANDATO-TIMELIMIT", "P-DISCLOSURE-FEES"}


# Routes and sheets


def test_the_routes(shipped: Registry) -> None:
    found = {
        route.id: (
            route.kind,
            route.depends_on_log,
            tuple(leg.procedure + (f"@{leg.after}" if leg.after else "") for leg in route.legs),
        )
        for route in shipped.routes
    }
    assert found == ROUTES_TABLE
    assert list(found) == list(ROUTES_TABLE)


def test_the_sheets(shipped: Registry) -> None:
    found = {
        sheet.id: (
            sheet.time_zone,
            sheet.precision,
            " ".join(f"{item.item or 'copy'}={item.required}" for item in sheet.items),
        )
        for sheet in shipped.sheets
    }
    assert found == SHEETS
    assert list(found) == sorted(found)


def test_a_sheet_asks_for_what_the_search_keys_of_its_providers_need(shipped: Registry) -> None:
    """Where a provider's own rules name any item, its sheet does not call that item unneeded or leave it out."""
    for sheet in shipped.sheets:
        offered = {item.item for item in sheet.items if item.required in {"yes", "one-of"}}
        for name in sheet.providers:
            sets = [
                set(wanted) for rule in shipped.providers[name].keys for wanted in rule.any_of if rule.source != "K"
            ]
            assert all(wanted <= offered for wanted in sets), name


def test_the_unread_definitions_of_docomo_are_said_to_be_unread(shipped: Registry) -> None:
    (docomo,) = (sheet for sheet in shipped.sheets if sheet.id == "docomo")
    (port,) = (item for item in docomo.items if item.item == "source-port")
    (destination,) = (item for item in docomo.items if item.item == "destination-ip")
    assert port.note is not None
    assert "確認できて" in port.note.ja
    assert destination.label.ja == shipped.providers["docomo"].destination_term.text  # type: ignore[union-attr]


# How they are read


def test_they_are_decoded_when_asked_for(tmp_path: Path) -> None:
    data = mini_data.write(tmp_path / "data")
    opened = open_registry(data, cache=tmp_path / "cache")
    assert not {"procedures", "routes", "sheets"} & vars(opened).keys()
    sources = load_sources(data)
    assert tuple(opened.procedures.values()) == sources.procedures
    assert (opened.routes, opened.sheets) == (sources.routes, sources.sheets)
    assert [one.id for one in sources.procedures] == ["ask", "find"]


def test_whatever_shapes_the_compiled_file_has_a_part_in_its_key() -> None:
    files = {kind.__module__.removeprefix("ipattr.").replace(".", "/") + ".py" for kind in _records(Sources)}
    assert "model/procedures.py" in files
    assert files <= set(_CODE)


def _records(kind: object) -> set[type[Record]]:
    """Return every record type that stands anywhere inside a type."""
    found: set[type[Record]] = set()
    waiting: list[object] = [kind]
    while waiting:
        one = waiting.pop()
        waiting += typing.get_args(one)
        if isinstance(one, type) and issubclass(one, Record) and one not in found:
            found.add(one)
            waiting += typing.get_type_hints(one).values()
    return found


@pytest.mark.parametrize(
    ("name", "old", "new", "where", "says"),
    [
        (ASK, 'id = "ask"', 'id = "asked"', f"{ASK}: $.id", "not the file's name"),
        (ASK, "yields = {", "yield = {", f"{ASK}: $.yield", "Unknown key"),
        (ASK, 'actor = "court"', 'actor = "judge"', f"{ASK}: $.steps[1].actor", "judge"),
        (ASK, 'milestone = "ip"', 'milestone = "end"', f"{ASK}: $.steps[2].milestone", "end"),
        (ASK, 'pace = "current", ', 'pace = "best", ', f"{ASK}: $.steps[1].intervals[0].pace", "best"),
        (
            ASK,
            'value = 31, unit = "day"',
            'value = 31, unit = "year"',
            f"{ASK}: $.steps[2].figures[0].high.unit",
            "year",
        ),
        (ASK, 'id = "hearing"', 'id = "filing"', f"{ASK}: $.steps", "twice"),
        (ASK, 'since = "filing"', 'since = "file"', f"{ASK}: $.steps[2].figures[0].since", "'file'"),
        (ASK, 'since = "filing"', 'since = "ip"', f"{ASK}: $.steps[2].figures[0].since", "No earlier step"),
        (ASK, 'since = "filing"', 'since = "objection"', f"{ASK}: $.steps[2].figures[0].since", "No earlier step"),
        (ASK, 'platform = "x"\ntext', 'platform = "y"\ntext', f"{ASK}: $.steps[2].figures[0].platform", "'y'"),
        (ASK, 'platform = "x", effect', 'platform = "y", effect', f"{ASK}: $.notes[0].platform", "platforms/"),
        (ASK, 'text = "計"', 'text = "計"\nplatform = "y"', f"{ASK}: $.totals[0].platform", "platforms/"),
        (ROUTES, 'after = "ip"', 'after = "address"', f"{ROUTES}: $.route[0].legs[1].after", "address"),
        (ROUTES, 'procedure = "find"', 'procedure = "look"', f"{ROUTES}: $.route[0].legs[1].procedure", "'look'"),
        (ROUTES, 'platform = "x"', 'platform = "y"', f"{ROUTES}: $.route[0].notes[0].platform", "'y'"),
        (ROUTES, 'text = "全"', 'text = "全"\nplatform = "y"', f"{ROUTES}: $.route[0].totals[0].platform", "'y'"),
        (ROUTES, "[[route]]", "[[road]]", f"{ROUTES}: $.road", "Unknown key"),
        (SHEET, 'id = "window"', 'id = "door"', f"{SHEET}: $.id", "not the file's name"),
        (SHEET, '["alpha"]', '["alpha", "gamma"]', f"{SHEET}: $.providers[1]", "'gamma'"),
        (SHEET, 'item = "time"', 'item = "hour"', f"{SHEET}: $.items[1].item", "hour"),
        (
            SHEET,
            'required = "one-of" },\n  {',
            'required = "maybe" },\n  {',
            f"{SHEET}: $.items[2].required",
            "maybe",
        ),
        (
            SHEET,
            '"一件一通", en = "one each" },',
            '"一", en = "" }, platform = "y",',
            f"{SHEET}: $.remarks[0].platform",
            "'y'",
        ),
        (SHEET, 'text = "返答"', 'text = "返答"\nplatform = "y"', f"{SHEET}: $.reply.platform", "'y'"),
    ],
)
def test_an_error_names_its_place(tmp_path: Path, name: str, old: str, new: str, where: str, says: str) -> None:  # noqa: PLR0917 - one column per argument
    data = mini_data.write(tmp_path, mini_data.replaced(name, old, new))
    with pytest.raises(DataError) as caught:
        load_sources(data)
    assert caught.value.where == where
    assert says in caught.value.en
    assert caught.value.ja


def test_a_route_that_stands_twice(tmp_path: Path) -> None:
    data = mini_data.write(tmp_path, {ROUTES: mini_data.FILES[ROUTES] * 2})
    with pytest.raises(DataError, match="twice") as caught:
        load_sources(data)
    assert caught.value.where == ROUTES


@pytest.mark.parametrize("name", ["procedures/ask.csv", "sheets/more/window.toml", "procedure/ask.toml"])
def test_a_file_out_of_place_is_refused(tmp_path: Path, name: str) -> None:
    data = mini_data.write(tmp_path, {name: mini_data.FILES[ASK]})
    with pytest.raises(DataError) as caught:
        load_sources(data)
    assert caught.value.where == name


def test_the_routes_must_be_there(tmp_path: Path) -> None:
    data = mini_data.write(tmp_path)
    (data / ROUTES).unlink()
    with pytest.raises(DataError) as caught:
        load_sources(data)
    assert caught.value.where == ROUTES


# The linter

STEP = 'id = "hearing"'
TERM = 'low = { value = 2, unit = "week" }\nhigh = { value = 2, unit = "week" }'
NOTED = 'en = "slow" }, platform = "x", effect = "slower", source = "S1", confidence = "low"'
INTERVAL = (
    'intervals = [{ pace = "current", span = { value = 3, unit = "day" }, text = "三日", source = "S1", '
    'confidence = "low" }]'
)
FIGURE = f'\n[[steps.figures]]\n{TERM}\nsince = "ip"\ntext = "二週"\nsource = "S1"\nconfidence = "low"\n'
UNDATED = 'milestone = "person"\nnote = { ja = "不明", en = "unknown" }'
ITEM = '  { label = { ja = "先", en = "destination" }, item = "destination-ip", required = "one-of" },\n'


@pytest.mark.parametrize(
    ("code", "about", "name", "old", "new"),
    [
        ("IPD001", f"{ASK}: $.notes[0].source", ASK, NOTED, NOTED.replace("S1", "S9")),
        ("IPD001", f"{ASK}: $.steps[1].intervals[0].source", ASK, INTERVAL, INTERVAL.replace("S1", "S9")),
        ("IPD001", f"{ASK}: $.sources", ASK, 'sources = ["S1"]', 'sources = ["S9"]'),
        ("IPD001", f"{ROUTES}: $.route[0].sources", ROUTES, 'sources = ["S1"]', 'sources = ["S9"]'),
        ("IPD001", f"{ROUTES}: $.route[0].totals[0].source", ROUTES, '"全"\nsource = "S1"', '"全"\nsource = "S9"'),
        ("IPD001", f"{SHEET}: $.reply.source", SHEET, '"返答"\nsource = "S1"', '"返答"\nsource = "S9"'),
        (
            "IPD430",
            f"{ASK}: $.totals[0]",
            ASK,
            'value = 1, unit = "month" }\nhigh = { value = 4',
            'value = -1, unit = "month" }\nhigh = { value = 4',
        ),
        ("IPD430", f"{ASK}: $.steps[1].intervals[0]", ASK, 'value = 3, unit = "day"', 'value = -3, unit = "day"'),
        ("IPD431", f"{ASK}: $.totals[0]", ASK, 'value = 4, unit = "month"', 'value = 3, unit = "week"'),
        ("IPD431", f"{ASK}: $.steps[2].figures[0]", ASK, 'value = 31, unit = "day"', 'value = 27, unit = "day"'),
        ("IPD431", f"{SHEET}: $.reply", SHEET, 'value = 2, unit = "week"', 'value = 6, unit = "day"'),
        ("IPD432", f"{ROUTES}: $.route[0].totals[0]", ROUTES, '"全"\nsource = "S1"', '"全"\nsource = ""'),
        ("IPD432", f"{ASK}: $.totals[0]", ASK, 'text = "計"', 'text = ""'),
        ("IPD433", f"{ASK}: $.steps[2].figures[0].as_of", ASK, 'as_of = "2025"', 'as_of = "令和7年"'),
        ("IPD434", f"{ASK}: $.notes[0].confidence", ASK, NOTED, NOTED.replace('"low"', '"none"')),
        ("IPD434", f"{SHEET}: $.reply.confidence", SHEET, '"S1"\nconfidence = "low"', '"S1"\nconfidence = "none"'),
        ("IPD435", f"{FIND}: $.steps", FIND, 'actor = "applicant"\n', f'actor = "applicant"\n{INTERVAL}\n'),
        ("IPD436", f"{FIND}: $.steps[1]", FIND, UNDATED, 'milestone = "person"'),
        (
            "IPD437",
            f"{ASK}: $.steps[1].intervals",
            ASK,
            INTERVAL,
            INTERVAL.replace("}]", "}, ") + INTERVAL.removeprefix("intervals = ["),
        ),
        ("IPD439", f"{ASK}: $.steps[3]", ASK, 'statute = "某法1条"\n', ""),
        ("IPD440", f"{ROUTES}: $.route[0].legs[1].after", ROUTES, 'after = "ip"', 'after = "phone"'),
        ("IPD440", f"{ROUTES}: $.route[0].legs[0].after", ROUTES, '"ask" }', '"ask", after = "ip" }'),
        ("IPD441", f"{ROUTES}: $.route[0].legs", ROUTES, ', { procedure = "find", after = "ip" }', ""),
        ("IPD442", f"{SHEET}: $.items[2].required", SHEET, ITEM, ""),
        ("IPD443", f"{SHEET}: $.items", SHEET, '"time", required', '"source-ip", required'),
        ("IPD443", f"{SHEET}: $.items", SHEET, 'item = "time", ', ""),
        ("IPD443", f"{SHEET}: $.items", SHEET, '"destination-ip", required', '"source-port", required'),
    ],
)
def test_each_rule_sees_its_fault_and_no_other(  # noqa: PLR0917 - one column per argument
    tmp_path: Path, code: str, about: str, name: str, old: str, new: str
) -> None:
    found = lint(tmp_path, mini_data.replaced(name, old, new))
    assert found == [(code, about)]


def test_a_timetable_that_breaks_off(tmp_path: Path) -> None:
    changed = mini_data.FILES[ASK].replace(INTERVAL, 'note = { ja = "不明", en = "unknown" }')
    assert changed != mini_data.FILES[ASK]
    assert lint(tmp_path, {ASK: changed}) == [("IPD438", f"{ASK}: $.steps[2].intervals")]


def test_a_statutory_period_without_length(tmp_path: Path) -> None:
    changed = mini_data.FILES[ASK].replace(FIGURE, 'note = { ja = "不明", en = "unknown" }\n')
    assert changed != mini_data.FILES[ASK]
    assert lint(tmp_path, {ASK: changed}) == [("IPD439", f"{ASK}: $.steps[3]")]


def test_a_procedure_without_steps(tmp_path: Path) -> None:
    head, _, _ = mini_data.FILES[FIND].partition("[[steps]]")
    found = lint(tmp_path, {FIND: head + "steps = []\n"})
    assert found == [("IPD435", f"{FIND}: $.steps"), ("IPD441", f"{ROUTES}: $.route[0].legs")]


def test_a_provider_of_two_sheets(tmp_path: Path) -> None:
    other = mini_data.FILES[SHEET].replace('id = "window"', 'id = "xwindow"')
    assert lint(tmp_path, {"sheets/xwindow.toml": other}) == [("IPD444", "sheets/xwindow.toml: $.providers[0]")]


def test_the_shipped_data_give_no_finding() -> None:
    assert check_data(load_sources(), as_of=TODAY) == ()


def lint(root: Path, changes: dict[str, str]) -> list[tuple[str, str]]:
    found = check_data(load_sources(mini_data.write(root, changes)), as_of=TODAY)
    assert all(one.message.ja and one.message.en for one in found)
    return [(one.code, one.about) for one in found]


def test_a_record_survives_json(shipped: Registry) -> None:
    for procedure in shipped.procedures.values():
        assert msgspec.json.decode(msgspec.json.encode(procedure), type=type(procedure)) == procedure
