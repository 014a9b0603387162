"""In grey every key of a legend still looks like no other; five thousand logins stay on one page; laws of setting."""

from __future__ import annotations

import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pytest
from filing_world import many
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat
from plot_world import NAMES, texts

from ipattr.plots import KINDS, heat, plot, shares, stripchart, termchart, times, visitchart
from ipattr.plots.calendars import bin_start, bin_step, instant_x, span, ticks
from ipattr.plots.fonts import choose
from ipattr.plots.settings import settled
from ipattr.plots.sheets import SMALL, Key, Words, lay
from ipattr.plots.styles import Area, Point, Rule
from ipattr.renderers.layout import inert

if TYPE_CHECKING:
    from ipattr.model import Case

LEGENDS = {
    "timeline": times.MARKS,
    "hours": (Area("#ffffff"), *(Area(heat.shade(n, 9)) for n in (1, 3, 6, 9))),
    "providers": shares.MARKS,
    "sessions": visitchart.MARKS,
    "deadlines": termchart.MARKS,
    "destinations": stripchart.MARKS,
}
"""Every mark that one legend may explain."""
VISIBLE = 0.25
INSTANTS = st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def swatches(marks: tuple[Point | Area | Rule, ...]) -> list[Image.Image]:
    """Return each mark as its key is drawn, in grey."""
    found = []
    with settled():
        for mark in marks:
            sheet = lay(Words("", (), (Key(mark, ""),), (), ()), body=5)
            written = io.BytesIO()
            sheet.figure.savefig(written, format="png", dpi=300)
            grey = Image.open(written).convert("L")
            left, middle = 1.0, sheet.top - 1.2 - 1.9
            dots = 300 / 25.4
            found.append(
                grey.crop(
                    (round(left * dots), round((middle - 1.9) * dots), round(7.5 * dots), round((middle + 1.9) * dots))
                )
            )
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_keys_of_a_legend_look_alike_in_grey(kind: str) -> None:
    marks = LEGENDS[kind]
    drawn = swatches(marks)
    blank = Image.new("L", drawn[0].size, 255)
    for one in drawn if kind != "hours" else drawn[1:]:
        assert difference(one, blank) > VISIBLE
    alike = [
        (a, b)
        for (a, one), (b, other) in combinations(zip(marks, drawn, strict=True), 2)
        if difference(one, other) < VISIBLE
    ]
    assert alike == []


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how much two pictures differ, in percent of the way from black to white over the whole area."""
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0] / 2.55


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Return five thousand logins that lead to more than a hundred addressees."""
    return many(tmp_path_factory.mktemp("many")).case


def test_five_thousand_logins_stay_on_a_page_and_none_is_lost(crowd: Case) -> None:
    rows = len(crowd.rows)
    for kind in KINDS:
        figure = plot(crowd, kind, lang="en")
        height = figure.figure.get_size_inches()[1] * 25.4
        assert height <= 247, kind
        data = figure.data
        if kind == "timeline":
            bars = data[data["mark"] == "bar"]
            assert bars["count"].sum() == rows
            assert bars["lane"].nunique() <= 34
            steps = set(bars["until_utc"] - bars["utc"])
            assert len(steps) == 1
            starts = Counter(
                bin_start(row.login.instant.utc, steps.copy().pop().to_pytimedelta()) for row in crowd.rows
            )
            assert {at.to_pydatetime(): n for at, n in bars.groupby("utc")["count"].sum().items()} == starts
        elif kind in {"hours", "providers", "deadlines"}:
            assert data["logins"].sum() == rows - (kind == "deadlines") * sum(
                crowd.deadlines[row.deadline].status == "not-applicable" for row in crowd.rows
            )
        elif kind == "sessions":
            assert data[data["mark"] == "bar"]["rows"].sum() == rows
            assert (data["mark"] == "login").sum() == rows
        else:
            logins = data[data["mark"] == "login"]
            sets = (crowd.candidate_sets[row.candidates].candidates for row in crowd.rows)
            assert logins["logins"].sum() == sum(map(len, sets))
        assert max(len(text.get_text()) for text in texts(figure)) < 400


@given(st.lists(INSTANTS, min_size=1, max_size=6), st.integers(40, 120))
@settings(max_examples=60, deadline=None)
def test_names_of_ticks_never_touch_and_stand_within_the_axis(moments: list[datetime], width: int) -> None:
    axis = span([instant_x(at) for at in moments])
    assert all(axis[0] <= instant_x(at) <= axis[1] for at in moments)
    with settled():
        sheet = lay(Words("", (), (), (), ()), body=5)
    found = ticks(axis, width, sheet)
    assert found
    assert all(axis[0] <= tick.x <= axis[1] for tick in found)
    per_day = width / (axis[1] - axis[0])
    for one, other in pairwise(found):
        halves = (sheet.face.width(one.name, SMALL) + sheet.face.width(other.name, SMALL)) / 2
        assert (other.x - one.x) * per_day > halves


@given(st.lists(INSTANTS, min_size=1, max_size=8))
def test_every_instant_lies_in_its_own_bar(moments: list[datetime]) -> None:
    step = bin_step(moments)
    assert (max(moments) - min(moments)) / step <= 150
    for at in moments:
        start = bin_start(at, step)
        assert start <= at < start + step
        assert bin_start(start, step) == start
        if step >= timedelta(days=1):
            assert (start + timedelta(hours=9)).time() == datetime.min.time()


@given(st.one_of(st.text(max_size=80), st.sampled_from(NAMES)), st.integers(8, 60), st.integers(1, 3))
@settings(deadline=None)
def test_a_text_is_inert_and_never_wider_than_its_room(text: str, room: int, most: int) -> None:
    face = choose()
    written = face.written(text)
    assert inert(written) == written
    assert face.has(written)
    lines = face.cut(text, 7, room, most=most)
    assert 1 <= len(lines) <= most
    assert all(face.width(line, 7) <= room for line in lines)
    whole = face.lines(text, 7, room)
    assert "".join("".join(whole).split()) == "".join(written.split())
    if len(whole) <= most:
        assert lines == whole
