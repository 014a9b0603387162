"""The content of the documents: nothing lost or guessed, the same numbers everywhere, nothing hidden that leaks."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from exhibit_cases.exchanges import exhibit
from filing_world import AS_OF, HOSTILE, example, many
from hypothesis import given
from hypothesis import strategies as st

from ipattr.errors import UsageError
from ipattr.model import Account, Address, Instant, Party, Text
from ipattr.renderers.exhibits.received import CLOSE, OPEN
from ipattr.renderers.filings.blocks import Document, Heading, Lines, PageBreak, Paragraph, Table
from ipattr.renderers.filings.documents import Addressee, addressees, documents, placeholders
from ipattr.renderers.filings.documents.calculation import day_table, result_table
from ipattr.renderers.filings.documents.draft import drafts
from ipattr.renderers.filings.documents.pen import LONGEST, Pen, cited, in_lines, rows_of, shown
from ipattr.renderers.filings.material import Material, Wish, stamp_line
from ipattr.renderers.layout import inert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipattr.model import Case, LoginEvent

JST = timezone(timedelta(hours=9))
WISH = Wish(dated=date(2026, 11, 25), first_number=3)
KINDS = (
    "schedules",
    "evidence-list",
    "exhibits",
    "calculation",
    "preservation-letter",
    "information-sheet",
    "masked-schedules",
    "office-notes",
)
FILED = KINDS[:-1]


@cache
def made(wish: Wish = WISH) -> tuple[Document, ...]:
    return documents(example(), wish)


@cache
def crowd() -> Material:
    with tempfile.TemporaryDirectory(prefix="filing-") as name:
        return many(Path(name), 700)


def tables(document: Document) -> list[Table]:
    return [block for section in document.sections for block in section.blocks if isinstance(block, Table)]


def texts(document: Document) -> Iterator[str]:
    """Yield every text of a document, that of its file name and its footer too."""
    yield from (document.folder, document.stem, document.title, document.footer)
    for section in document.sections:
        yield section.label
        for block in section.blocks:
            match block:
                case Heading() | Paragraph():
                    yield block.text
                case Table():
                    yield block.caption
                    yield from (column.title for column in block.columns)
                    yield from (cell for row in block.rows for cell in row)
                case Lines():
                    yield from (part for row in block.rows for part in row)
                case PageBreak():
                    pass


def prose(document: Document) -> list[str]:
    """Return the headings and paragraphs of a document."""
    return [b.text for section in document.sections for b in section.blocks if isinstance(b, Heading | Paragraph)]


def whole(document: Document) -> str:
    return "\n".join(texts(document))


def of(addressee: Addressee, kind: str, wish: Wish = WISH) -> Document:
    return next(one for one in made(wish) if one.folder == addressee.folder and one.kind == kind)


def connections(document: Document) -> Table:
    return next(table for table in tables(document) if [c.title for c in table.columns][:2] == ["No.", "接続日時"])


def named(name: str, material: Material | None = None) -> Addressee:
    return next(one for one in addressees(material or example()) if one.name == name)


DOCOMO, KDDI, SOFTBANK = "株式会社NTTドコモ", "KDDI株式会社", "ソフトバンク株式会社"


# Nothing is lost


@pytest.mark.parametrize("build", [example, crowd], ids=["example", "crowd"])
def test_every_login_is_somebodys_or_listed_as_nobodys(build: Callable[[], Material]) -> None:
    material = build()
    found = addressees(material)
    case = material.case
    every = {row.number for row in case.rows}
    addressed = {row for one in found for row in one.rows}
    overview = documents(material, WISH)[0]
    unaddressed = [row for t in tables(overview) if t.columns[-1].title == "次にすること" for row in t.rows]
    assert {int(row[0]) for row in unaddressed} == every - addressed
    alone = [row for one in found for row in one.sole]
    attributed = {row.number for row in case.rows if case.attributions[row.attribution].status == "attributed"}
    assert len(alone) == len(set(alone))  # a login that can be but one's is in one set alone
    assert set(alone) == attributed & addressed
    assert all(case.attributions[case.rows[row - 1].attribution].addressee is None for row in attributed - addressed)
    for one in found:
        assert set(one.sole) | set(one.shared) == set(one.rows)
        assert not set(one.sole) & set(one.shared)


@pytest.mark.parametrize("kind", ["schedules", "masked-schedules", "preservation-letter"])
def test_each_set_has_each_login_of_its_addressee_once_and_in_order(kind: str) -> None:
    for one in addressees(example()):
        rows = connections(of(one, kind)).rows
        assert tuple(int(row[0]) for row in rows) == one.rows


def test_the_sets_are_the_documents_of_each_and_one_for_the_office_and_the_overview_comes_first() -> None:
    found = addressees(example())
    kinds = [(one.folder, one.kind) for one in made()]
    assert kinds == [("", "overview"), *((one.folder, kind) for one in found for kind in KINDS)]
    assert documents(example(), WISH) == made()


def test_the_overview_lists_every_login_with_its_addressees_and_every_refused_row() -> None:
    overview, case = made()[0], example().case
    logins = next(t for t in tables(overview) if "請求先の番号" in [c.title for c in t.columns])
    whose: dict[str, list[str]] = {}
    for one in addressees(example()):
        for number in one.rows:
            whose.setdefault(str(number), []).append(str(one.number))
    assert [row[0] for row in logins.rows] == [str(row.number) for row in case.rows]
    assert {row[0]: row[6] for row in logins.rows} == {
        str(row.number): "、".join(whose.get(str(row.number), ["なし"])) for row in case.rows
    }
    refused = next(t for t in tables(overview) if t.caption == "不採用の行")
    assert [(row[0], row[1], row[3]) for row in refused.rows] == [(r.file, str(r.row), r.raw) for r in case.rejects]
    summary = next(t for t in tables(overview) if "うち単独" in [c.title for c in t.columns])
    assert [(int(r[2]), int(r[3]), int(r[4])) for r in summary.rows] == [
        (len(one.rows), len(one.sole), len(one.shared)) for one in addressees(example())
    ]


def test_the_overview_shows_the_whole_ranking_and_every_grave_remark() -> None:
    overview, material = made()[0], example()
    ranked = next(t for t in tables(overview) if t.columns[0].title == "順位")
    assert [int(row[1]) for row in ranked.rows] == [one.row for one in material.ranking]
    text = whole(overview)
    case = material.case
    grave = [f for row in case.rows for f in row.login.findings if f.level in {"warning", "error"}]
    grave += [f for verdict in case.deadlines.values() for f in verdict.findings if f.level in {"warning", "error"}]
    assert grave
    assert all(shown(finding.message.ja) in text for finding in grave)


def test_every_document_carries_the_stamp_and_every_input_its_hash() -> None:
    line = stamp_line(example(), "ja")
    assert all(one.footer == line for one in made())
    case = example().case
    for entry in (*case.inputs, *case.post_inputs):
        assert entry.sha256 in whole(made()[0])
        assert all(entry.sha256 in whole(of(one, "office-notes")) for one in addressees(example()))


def test_each_cell_leads_back_to_the_row_of_the_input() -> None:
    for one in addressees(example()):
        (origin,) = [t for t in tables(of(one, "office-notes")) if t.caption == "接続"]
        assert tuple(int(row[0]) for row in origin.rows) == one.rows
        by_number = {row[0]: row for row in origin.rows}
        for claim in one.claims:
            login = claim.view.login
            row = by_number[str(claim.number)]
            assert login.instant is not None
            assert row[1:3] == (login.provenance.locator, login.instant.raw)
            assert row[3].startswith(login.address.raw)


# Who is first


@pytest.mark.parametrize("build", [example, crowd], ids=["example", "crowd"])
def test_the_most_urgent_addressee_comes_first(build: Callable[[], Material]) -> None:
    material = build()
    order = ("due", "open", "passed-at-earliest", "unknown", "passed", "not-applicable")
    found = addressees(material)
    ranks = [(0 if one.status in {"due", "open"} else order.index(one.status), one.act_by or AS_OF) for one in found]
    assert ranks == sorted(ranks)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert len({one.folder for one in found}) == len(found)


def test_the_date_of_an_addressee_is_of_a_log_that_may_still_exist() -> None:
    docomo = named(DOCOMO)
    assert (docomo.earliest, docomo.act_by) == (date(2026, 11, 22), date(2026, 11, 20))  # not 2024, which is lost


def test_only_limits_the_sets_and_says_so_but_never_the_overview() -> None:
    chosen = documents(example(), WISH._replace(only=("kddi-au",)))
    assert {one.folder for one in chosen} == {"", named(KDDI).folder}
    assert DOCOMO in whole(chosen[0])
    assert "書面を作成しなかった請求先" in whole(chosen[0])
    with pytest.raises(UsageError) as refused:
        documents(example(), WISH._replace(only=("nobody",)))
    assert "kddi-au" in str(refused.value)


# Times and addresses


def instant_in(cell: str, *, style: str) -> list[datetime]:
    """Read back the times of a cell by rules of our own."""
    plain = unicodedata.normalize("NFKC", cell).replace("\n", " ")
    if style == "reiwa":
        pattern = r"令和(\d+|元)年(\d+)月(\d+)日 (\d+)時(\d+)分(\d+)(?:\.(\d+))?秒\((JST|UTC)\)"
    else:
        pattern = r"(\d{4})/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?\((JST|UTC)\)"
    found = []
    for year, month, day, hour, minute, second, fraction, zone in re.findall(pattern, plain):
        western = int(year) if style == "western" else 2018 + (1 if year == "元" else int(year))
        moment = datetime(western, int(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        moment = moment.replace(microsecond=int(fraction.ljust(6, "0")) if fraction else 0)
        found.append(moment.replace(tzinfo=JST if zone == "JST" else UTC))
    return found


@pytest.mark.parametrize("dates", ["western", "reiwa"])
@pytest.mark.parametrize("wide", [False, True], ids=["half", "full"])
def test_times_and_addresses_are_those_of_the_log_in_either_style(dates: str, *, wide: bool) -> None:
    wish = WISH._replace(dates=dates, full_width=wide)  # type: ignore[arg-type]  # the two styles there are
    for one in addressees(example()):
        rows = {int(row[0]): row for row in connections(of(one, "schedules", wish)).rows}
        for claim in one.claims:
            login, row = claim.view.login, rows[claim.number]
            assert login.instant is not None
            jst, utc = instant_in(row[1], style=dates)
            assert jst == utc == login.instant.utc
            assert (jst.utcoffset(), utc.utcoffset()) == (timedelta(hours=9), timedelta(0))
            assert unicodedata.normalize("NFKC", row[2]) == login.address.line
            assert row[2].isascii() is not wide
            assert not (wide and re.search(r"[0-9]", row[1] + row[2]))


moments = st.datetimes(datetime(2019, 5, 1, 9), datetime(2098, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001 - bounds of a strategy that adds the zone
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)


@given(moments, st.sampled_from(["western", "reiwa"]), st.booleans())
def test_a_time_is_written_without_loss(at: datetime, dates: str, wide: bool) -> None:  # noqa: FBT001 - hypothesis fills it
    pen = Pen(dates, wide)  # type: ignore[arg-type]  # the two styles there are
    written = Instant(raw="", utc=at, precision="ms", zone="Z", zone_source="written")
    both = f"{pen.moment(written, 'JST')} {pen.moment(written, 'UTC')}"
    assert instant_in(both, style=dates) == [at, at]


def test_what_was_written_to_the_minute_or_the_day_gets_no_seconds_and_a_note() -> None:
    material = changed(5, instant=precise("min"))
    row, told = noted(material, 5)
    assert row[1].split("\n")[1] == "20時20分（JST）"
    assert "秒まで記載されていない" in told
    row, told = noted(changed(5, instant=precise("day")), 5)
    assert row[1] == "令和8年8月21日\n（時刻の記載なし）"
    row, told = noted(changed(5, instant=None), 5)
    assert row[1] == "●"
    assert "接続日時の記載がない" in told


def precise(precision: str) -> Instant:
    instant = example().case.rows[4].login.instant
    assert instant is not None
    return msgspec.structs.replace(instant, precision=precision)


def changed(number: int, **fields: object) -> Material:
    """Return the example with one login changed."""
    case = example().case
    rows = [
        msgspec.structs.replace(row, login=msgspec.structs.replace(row.login, **fields))
        if row.number == number
        else row
        for row in case.rows
    ]
    return example()._replace(case=msgspec.structs.replace(case, rows=tuple(rows)))


def noted(material: Material, number: int) -> tuple[tuple[str, ...], str]:
    """Return the row of a login in the schedules of the first addressee, and what its office is told of it."""
    first = {one.kind: one for one in documents(material, WISH) if one.folder.startswith("01_")}
    row = next(row for row in connections(first["schedules"]).rows if row[0] == str(number))
    told = next(t for t in tables(first["office-notes"]) if t.columns[0].title == "注")
    return row, "".join(text for _, rows, text in told.rows if str(number) in rows.split("、"))


def test_a_row_that_was_repaired_or_doubtful_is_noted_and_what_is_no_login_is_filed_as_such() -> None:
    _, told = noted(changed(5, status="review"), 5)
    assert "要確認" in told
    row, _ = noted(changed(3, kind="creation"), 3)
    assert row[-1] == "アカウント作成"


def test_where_others_come_into_question_the_office_is_told_and_the_court_is_not() -> None:
    _, told = noted(example(), 3)
    assert "NTTドコモビジネス株式会社" in told
    assert "請求先が一つに定まらない" in told
    for one in addressees(example()):
        notes = [t for t in tables(of(one, "office-notes")) if t.columns[0].title == "注"]
        rows = {int(part) for t in notes for row in t.rows for part in re.findall(r"\d+", row[1])}
        assert rows >= set(one.shared)
        for kind in FILED:
            assert not re.search(r"注\d|請求先が一つに|ほかに考えられる者", whole(of(one, kind))), kind


def test_what_is_filed_against_one_tells_nothing_of_the_connections_of_another() -> None:
    """Not a row, and no distance to a post either: from that the time of another's connection can be worked out."""
    for material in (example(), crowd()):
        case = material.case
        numbers = {row.login.id: row.number for row in case.rows}
        nearest = {numbers[link.login] for link in case.links if link.rank == 1}
        assert nearest
        rows = {one.folder: set(one.rows) for one in addressees(material)}
        for document in made() if material is example() else crowd_documents():
            if document.kind not in FILED:
                continue
            text = whole(document)
            assert "他の請求先" not in text
            told = {int(number) for number in re.findall(r"No\.(\d+)（投稿", text)}
            assert told <= rows[document.folder]


def test_the_office_is_told_where_a_post_has_a_nearer_login_elsewhere() -> None:
    told = next(t for t in tables(of(named(DOCOMO), "office-notes")) if t.columns[-1].title.startswith("すべての接続"))
    assert [(row[0], row[2]) for row in told.rows] == [("2", "なし")]
    assert "No.10（投稿の16分50.544秒後）" in told.rows[0][-1]
    for one in addressees(example()):
        office = [t for t in tables(of(one, "office-notes")) if t.columns[-1].title.startswith("すべての接続")]
        (draft,) = drafts(example(), WISH, (one,))
        farther = {post for post, links in draft.own_links.items() if links[0].rank != draft.all_links[post][0].rank}
        assert {row[0] for t in office for row in t.rows} == farther


# Destinations


def test_the_candidate_lists_are_those_of_the_case() -> None:
    case = example().case
    for one in addressees(example()):
        (draft,) = drafts(example(), WISH, (one,))
        document = of(one, "schedules")
        lists = [t for t in tables(document) if t.columns[-1].title == "付記"]
        assert len(lists) == len(draft.lists)
        for row in connections(document).rows:
            told = re.fullmatch(r"開示なし（候補一覧(\d+)を参照）", row[-1])
            if told is None:
                assert not any("候補一覧" in cell for cell in row)
                continue
            found = case.candidate_sets[case.rows[int(row[0]) - 1].candidates].candidates
            current = [entry for entry in found if entry.period == "current"]
            listed = lists[int(told[1]) - 1].rows
            assert sorted(cell[1] for cell in listed) == sorted(entry.address for entry in current)
            late = {entry.address for entry in current if entry.relation == "after"}
            assert {cell[1] for cell in listed if "接続より後にのみ観測" in cell[2]} == late
            shared = {entry.address for entry in current if entry.shared}
            assert {cell[1] for cell in listed if "共用" in cell[2]} == shared


def test_some_login_has_candidates_seen_only_later() -> None:
    assert any("接続より後にのみ観測" in text for text in texts(of(named(SOFTBANK), "schedules")))


def test_the_addressee_reads_its_own_word_for_the_destination() -> None:
    docomo, kddi = of(named(DOCOMO), "schedules"), of(named(KDDI), "schedules")
    assert "受信元IPアドレス" in [column.title for column in connections(docomo).columns]
    assert "接続先IPアドレスをいう相手方の用語" in whole(docomo)
    assert "接続先IPアドレス" in [column.title for column in connections(kddi).columns]
    assert "受信元" not in whole(kddi)


def test_who_needs_no_destination_gets_no_mere_candidates() -> None:
    docomo = of(named(DOCOMO), "schedules")
    row = next(row for row in connections(docomo).rows if row[0] == "14")  # docomo, IPv6
    assert row[-1] == "―"
    assert "該当なしとされるおそれ" in whole(of(named(DOCOMO), "office-notes"))
    # Nothing is withheld from the file all the same: the observations are in the exhibits.
    assert "No.14" in "".join(
        b.text for s in of(named(DOCOMO), "exhibits").sections for b in s.blocks if isinstance(b, Heading)
    )


def test_a_disclosed_destination_stands_itself_and_leads_to_no_list() -> None:
    disclosed = Address(raw="203.0.113.80", text="203.0.113.80", version=4)
    material = changed(5, destination=disclosed)
    document = next(
        one for one in documents(material, WISH) if one.kind == "schedules" and one.folder.startswith("01_")
    )
    row = next(row for row in connections(document).rows if row[0] == "5")
    assert row[-1] == "203.0.113.80"
    assert "受信元IPアドレスの記載があるものは、これを含む" in whole(document)


def test_no_candidate_is_said_to_be_the_destination_nor_limits_what_is_sought() -> None:
    for one in addressees(example()):
        (draft,) = drafts(example(), WISH, (one,))
        for kind in ("schedules", "preservation-letter", "information-sheet", "masked-schedules"):
            text = whole(of(one, kind))
            assert "のいずれかと考えられる" not in text
            if draft.lists:
                assert "開示されたものではない" in text
                assert "可能性を排除するものではない" in text
        sought = next(b.text for b in of(one, "schedules").sections[1].blocks if isinstance(b, Paragraph))
        assert ("接続を限定しない" in sought) == bool(draft.lists)


def test_the_observations_say_when_and_that_they_are_no_destination() -> None:
    for one in addressees(example()):
        text = whole(of(one, "exhibits"))
        assert "当該接続の接続先そのものを示すものではない" in text
        assert "本書の作成年月日は、観測の年月日ではない" in text
        for claim in one.claims:
            assert all(entry.address in text for entry in claim.view.candidates.candidates)
            assert all(name in text for entry in claim.view.candidates.candidates for name in entry.observations)


# Posts


def test_a_post_stands_with_those_whose_login_is_nearest_and_says_how_near() -> None:
    docomo = of(named(DOCOMO), "schedules")
    (filed,) = [t for t in tables(docomo) if t.columns[-1].title == "第１の接続のうち最も近いもの"]
    assert [row[0] for row in filed.rows] == ["1", "3"]
    assert filed.rows[0][-1] == "No.5（投稿の24分29.123秒前）"
    for one in addressees(example()):
        both = [*tables(of(one, "schedules")), *tables(of(one, "office-notes"))]
        named_posts = {row[0] for t in both if "最も近いもの" in t.columns[-1].title for row in t.rows}
        mine = {claim.view.login.id for claim in one.claims}
        assert named_posts == {link.post for link in example().case.links if link.login in mine}


def test_logins_of_several_accounts_are_told_apart() -> None:
    assert "複数のアカウントにわたる：reidai_kou / 6012345678901234567（No.1、3、5）" in whole(
        of(named(DOCOMO), "office-notes")
    )


# Retention


@pytest.mark.parametrize("build", [example, crowd], ids=["example", "crowd"])
def test_the_calculation_is_the_deadline_of_the_case(build: Callable[[], Material]) -> None:
    material = build()
    case = material.case
    told: dict[int, set[tuple[str, date]]] = {}
    for one in addressees(material):
        for claim in one.claims:
            deadline = case.deadlines[case.rows[claim.number - 1].deadline]
            found = claim.standing
            told.setdefault(claim.number, set()).update((e.provider, e.expires_on) for e in found.expiries)
            if claim.sole:
                assert (found.status, found.earliest, found.act_by) == (
                    deadline.status,
                    deadline.earliest,
                    deadline.act_by,
                )
                assert (found.latest, found.days_left) == (deadline.latest, deadline.days_left)
                assert bool(found.unknown) == bool(deadline.unknown_for)
    for number, expiries in told.items():
        deadline = case.deadlines[case.rows[number - 1].deadline]
        assert expiries == {(entry.provider, entry.expires_on) for entry in deadline.expiries}


@pytest.mark.parametrize("build", [example, crowd], ids=["example", "crowd"])
def test_nobody_is_measured_by_anothers_figure(build: Callable[[], Material]) -> None:
    for one in addressees(build()):
        for claim in one.claims:
            assert {entry.provider for entry in claim.standing.expiries} <= {party.provider for party in claim.parties}
            assert set(claim.standing.unknown) <= set(claim.parties)
    if build is example:  # one login, two who may have carried it, each with its own end
        business = named("NTTドコモビジネス株式会社")
        assert (business.status, business.earliest) == ("open", date(2027, 2, 5))
        third = next(claim for claim in named(DOCOMO).claims if claim.number == 3)
        assert (third.standing.status, third.standing.earliest) == ("passed-at-earliest", date(2026, 11, 5))


def test_each_figure_stands_with_unit_source_and_confidence_and_each_reading_with_its_day() -> None:
    text = whole(of(named(DOCOMO), "calculation"))
    assert "93日" in text
    assert "3か月" in text
    assert "2015年4月2日" in text
    assert "民法140条" in text
    rows = {row[0]: row for row in result_table(drafts(example(), WISH, (named(DOCOMO),))[0]).rows}
    assert rows["5"] == (
        "5",
        "令和8年11月22日（日）",
        "令和8年11月22日（日）",
        "令和8年11月20日（金）",
        "-1",
        "最後の執務日は経過、満了前",
    )
    # Conflicting figures: the shortest and the longest, and whose figure is missing.
    assert rows["3"][1] == "令和8年11月5日（木）"
    assert rows["3"][2].startswith("令和9年2月5日（金）")


def test_a_month_end_shows_both_readings() -> None:
    (draft,) = drafts(example(), WISH, (named(KDDI),))
    claim = draft.addressee.claims[0]
    entry = msgspec.structs.replace(
        claim.standing.expiries[0], expires_on=date(2027, 2, 28), readings=(date(2027, 2, 28), date(2027, 3, 2))
    )
    moved = claim._replace(standing=claim.standing._replace(expiries=(entry,)))
    from ipattr.renderers.filings.documents.calculation import _figures

    draft = draft._replace(addressee=draft.addressee._replace(claims=(moved,)))
    (row,) = day_table(draft, _figures(draft)).rows
    assert row[3] == "令和9年2月28日（日）\n又は令和9年3月2日（火）"
    assert row[4] == "令和9年2月26日（金）"  # back, never forward


def test_unknown_retention_stays_unknown_and_says_whom_to_ask() -> None:
    text = whole(of(named("楽天モバイル株式会社"), "calculation"))
    assert "保存期間は不明である" in text
    assert "照会する" in text
    letter = whole(of(named("楽天モバイル株式会社"), "preservation-letter"))
    assert "確認できておりません" in letter


# Exhibits and their numbers


@pytest.mark.parametrize(
    ("wish", "first"),
    [
        (WISH, "甲第3号証"),
        (WISH._replace(first_number=1, branch_of=7), "甲第7号証の1"),
        (WISH._replace(party="疎甲", first_number=2), "疎甲第2号証"),
        (WISH._replace(first_number=None), "甲第●号証"),
    ],
)
def test_numbers_agree_between_the_list_and_the_exhibits(wish: Wish, first: str) -> None:
    for one in addressees(example()):
        listed = next(t for t in tables(of(one, "evidence-list", wish)) if t.columns[0].title == "号証")
        cover = next(t for t in tables(of(one, "office-notes", wish)) if t.columns[0].title == "号証")
        assert listed.rows[0][0] == first
        assert [(row[0], row[1]) for row in listed.rows] == [(row[0], row[1]) for row in cover.rows]
        here = [(row[0], row[1]) for row in cover.rows if row[2] == "収録"]
        titles = [
            (section.label, next(b.text for b in section.blocks if isinstance(b, Heading)))
            for section in of(one, "exhibits", wish).sections
        ]
        assert titles == here
        assert all(label for label, _ in titles)


def test_every_row_of_the_list_is_filled_and_dates_of_observation_are_not_those_of_the_paper() -> None:
    listed = next(t for t in tables(of(named(DOCOMO), "evidence-list")) if t.columns[0].title == "号証")
    assert [c.title for c in listed.columns] == [
        "号証",
        "標目",
        "原本・写しの別",
        "作成年月日",
        "作成者",
        "立証趣旨",
        "備考",
    ]
    assert all(cell for row in listed.rows for cell in row)
    log, *_, observed, counted = listed.rows
    assert log[4] == "X Corp."
    assert log[3] == "●"
    assert example().case.inputs[0].sha256 in log[6]
    assert observed[3] == counted[3] == "令和8年11月25日"
    assert "2020年4月から2026年9月2日まで" in observed[5]
    assert "観測の年月日ではない" in observed[6]


def test_registry_answers_stand_only_with_those_whose_logins_they_are_about() -> None:
    about = {1, 2, 3, 9}
    for one in addressees(example()):
        notes = of(one, "office-notes")
        held = next(t for t in tables(notes) if t.columns[0].title == "号証")
        answers = {row[0] for row in held.rows if "の回答" in row[1]}
        assert len(answers) == (2 if about & set(one.rows) else 0)
        assert answers <= {section.label for section in of(one, "exhibits").sections}
        assert ("保存されていない" in whole(notes)) == (not answers)


def test_an_exhibit_prints_the_answer_in_full_and_its_marks_as_text() -> None:
    body = "株式会社みほん 〈見本〉\r\nline\x1b[31m\u202ex\r\n".encode()
    material = example()._replace(exhibits=(exhibit(body, protocol="rdap", rows=(5,)),))
    bound = next(one for one in documents(material, WISH) if one.kind == "exhibits" and one.folder.startswith("01_"))
    lines = next(b for s in bound.sections for b in s.blocks if isinstance(b, Lines))
    assert [text for _, text in lines.rows] == [
        "株式会社みほん 〈見本〉",
        "line《ESC》[31m《U+202E》x",
    ]  # 〈 is the text's own
    assert "《 》で囲んだ" in whole(bound)
    assert "sha256sum evidence/000001-0a1b2c3d4e5f.body evidence/000001-0a1b2c3d4e5f.json`" in whole(bound)


def test_an_exhibit_names_the_rows_of_its_addressee_alone() -> None:
    material = example()._replace(exhibits=(exhibit(b"x\r\n", rows=(5, 4, 7)),))
    for document in documents(material, WISH):
        if document.kind != "exhibits":
            continue
        one = next(addressee for addressee in addressees(material) if addressee.folder == document.folder)
        told = [row[1] for t in tables(document) if not t.header for row in t.rows if row[0] == "本件の行"]
        mine = sorted(set(one.rows) & {4, 5, 7})
        assert [re.findall(r"\d+", text) for text in told] == ([[str(row) for row in mine]] if mine else [])


def test_the_office_is_told_what_a_whole_log_would_tell_of_others() -> None:
    for one in addressees(example()):
        (told,) = [text for text in prose(of(one, "office-notes")) if text.startswith("x-return.docxの全部には")]
        assert f"この相手方のもの以外の接続{20 - len(one.rows)}件" in told
        assert "採用していない行2件" in told
        accounts = {example().case.rows[row - 1].login.account for row in one.rows}
        assert ("別のアカウント1個" in told) == (len(accounts) == 1)


def test_who_made_a_log_is_known_only_of_what_the_platform_itself_writes() -> None:
    made_by = {}
    for form in ("x-return", "x-archive", "table", "pdf", "sheet", "pasted"):
        case = example().case
        entries = tuple(msgspec.structs.replace(entry, form=form) for entry in case.inputs)
        material = example()._replace(case=msgspec.structs.replace(case, inputs=entries))
        document = next(one for one in documents(material, WISH) if one.kind == "evidence-list")
        row = next(t for t in tables(document) if t.columns[0].title == "号証").rows[0]
        made_by[form] = (row[1].removeprefix("X (旧Twitter)").partition("（")[2], row[4])
    assert made_by["x-return"] == ("開示されたもの）", "X Corp.")
    assert made_by["x-archive"] == ("利用者が取得したもの）", "X Corp.")
    assert {made_by[form][1] for form in ("table", "pdf", "sheet", "pasted")} == {"●"}
    assert not any("開示" in made_by[form][0] for form in ("table", "pdf", "sheet", "pasted"))


def test_a_case_without_a_journal_prints_no_head() -> None:
    material = example()._replace(head=None, exhibits=(exhibit(b"x\r\n", rows=(5,)),))
    bound = next(one for one in documents(material, WISH) if one.kind == "exhibits" and one.folder.startswith("01_"))
    facts_of = next(t for t in tables(bound) if not t.header)
    assert "記録の先端" not in [row[0] for row in facts_of.rows]
    assert "ソフトウェア" in [row[0] for row in facts_of.rows]


# The letter and the sheet


def test_the_letter_asks_and_claims_no_duty() -> None:
    for one in addressees(example()):
        text = whole(of(one, "preservation-letter"))
        assert f"{one.name}　御中" in text
        assert "令和8年11月25日" in text
        assert "任意のご協力" in text
        assert "保存の可否、及び保存していただける期限" in text
        assert not re.search(r"義務|違法|しなければならない|法的(?:責任|措置)", text)
        assert ("可能性がある" in text.partition("つきましては")[0]) == bool(one.shared)
        if one.shared and one.sole:
            assert f"（{rows_of(one.shared)}については、その可能性があるもの）" in text


def test_the_sheet_has_the_windows_own_labels_and_says_what_is_missing() -> None:
    sheets = {provider: sheet for sheet in example().facts.sheets for provider in sheet.providers}
    for one in addressees(example()):
        document, notes = of(one, "information-sheet"), of(one, "office-notes")
        text, told = whole(document), whole(notes)
        assert document.landscape
        listed = {int(row[0]) for t in tables(document) if t.columns[0].title == "No." for row in t.rows}
        assert listed == set(one.rows)
        (balance,) = [t for t in tables(notes) if t.columns[-1].title.startswith("不足")]
        assert tuple(int(row[0]) for row in balance.rows) == one.rows
        for sheet in {
            sheets[provider].id: sheets[provider] for provider in one.providers if provider in sheets
        }.values():
            assert all(item.label.ja in text for item in sheet.items)
            assert all(item.note.ja in told for item in sheet.items if item.note is not None)
            assert all(remark.text.ja in told for remark in sheet.remarks)


def test_what_the_window_need_not_see_stands_in_the_notes_of_the_office() -> None:
    for one in addressees(example()):
        assert not any("確度" in text or "作成注記" in text for text in prose(of(one, "information-sheet")))
    assert "前後5秒" in whole(of(named(DOCOMO), "office-notes"))
    assert "受け付け" in whole(of(named(SOFTBANK), "office-notes"))  # its own-list refusal


# What is not filed


NAMED = {
    "No.",
    "号証",
    "標目",
    "事項",
    "回線の別",
    "閲覧用URL又は投稿ID",
    "この相手方の接続のうち最も近いもの",
    "原本の記載（日時）",
    "原本の記載（IPアドレス）",
    "原本の記載（日時又は投稿ID）",
    "入力ファイル",
    "SHA-256",
    "出典（日付）",
}
"""The columns by which the notes name what a paper is about: what stands there is no remark, and may be in both."""


def remarks(notes: Document) -> Iterator[str]:
    """Yield what the notes say: all but what names a thing, the stamp, and words too short to be told from others."""
    yield from (text for text in prose(notes) if text != f"相手方　{notes.title.partition('　')[2]}")
    for table in tables(notes):
        if table.caption != "作成の条件":  # stands at the foot of every page
            said = [at for at, column in enumerate(table.columns) if column.title not in NAMED]
            yield from (row[at] for row in table.rows for at in said if len(row[at]) > 7)


@pytest.mark.parametrize("build", [example, crowd], ids=["example", "crowd"])
def test_nothing_that_is_said_to_the_office_stands_in_what_is_filed(build: Callable[[], Material]) -> None:
    sets: dict[str, dict[str, Document]] = {}
    for document in (made() if build is example else crowd_documents())[1:]:
        sets.setdefault(document.folder, {})[document.kind] = document
    for papers in sets.values():
        notes = papers.pop("office-notes")
        said = set(remarks(notes))
        assert len(said) > 20
        asked = {tuple(column.title for column in table.columns) for table in tables(notes) if table.header}
        captions = {table.caption for table in tables(notes)} - {""}
        for kind, paper in papers.items():
            text = whole(paper)
            assert not [one for one in said if one in text], kind
            assert not asked & {
                tuple(column.title for column in table.columns) for table in tables(paper) if table.header
            }
            assert not captions & {table.caption for table in tables(paper)}


def test_no_paper_tells_the_office_what_to_do_and_the_notes_say_that_they_are_not_filed() -> None:
    for document in made()[1:]:
        text = whole(document)
        if document.kind == "office-notes":
            assert "提出しない" in document.stem
            assert "提出しない" in text.partition("目録について")[0]
            assert "提出時に除く" not in text
        else:
            assert not re.search("提出前に|提出時に|提出の前に|提出しない|作成注記|確かめること|検討する|改める", text)


def test_where_a_paper_ends_no_page_is_left_over() -> None:
    for one in addressees(example()):
        firsts = [section.blocks[0] for section in of(one, "schedules").sections]
        assert [block.text for block in firsts if isinstance(block, Heading)] == [
            "当事者目録",
            "発信者情報目録",
            "投稿記事目録",
        ]
        assert len(firsts) == 3
        sheet = of(one, "information-sheet")
        titles = [section.blocks[0] for section in sheet.sections]
        assert all(isinstance(block, Heading) for block in titles)
        assert {block.text for block in titles if isinstance(block, Heading)} <= {
            "情報提供事項一覧",
            f"{drafts(example(), WISH, (one,))[0].term}の候補",
        }


# Hidden


def values_to_hide(case: Case, addressee: Addressee) -> dict[str, set[str]]:
    logins: list[LoginEvent] = [claim.view.login for claim in addressee.claims]
    sets = [claim.view.candidates.candidates for claim in addressee.claims]
    every = [row.login.account for row in case.rows] + [post.account for post in case.posts]
    return {
        "ip": {text for one in logins for text in (one.address.raw, one.address.text, one.address.line)},
        "port": {str(one.port) for one in logins if one.port is not None},
        "destination": {entry.address for found in sets for entry in found},
        "account": {text for one in every for text in (one.name, one.id) if text},
        "url": {text for post in case.posts for text in (post.url, post.post_id) if text},
    }


@pytest.mark.parametrize(
    "hidden",
    [("ip",), ("port",), ("destination",), ("account",), ("url",), ("ip", "port", "destination", "account", "url")],
)
@pytest.mark.parametrize("wide", [False, True], ids=["half", "full"])
def test_the_masked_copy_leaks_nothing_that_is_hidden(hidden: tuple[str, ...], *, wide: bool) -> None:
    wish = WISH._replace(mask=hidden, full_width=wide)  # type: ignore[arg-type]  # the items there are
    seen = 0
    for one in addressees(example()):
        masked = unicodedata.normalize("NFKC", whole(of(one, "masked-schedules", wish)))
        plain = unicodedata.normalize("NFKC", whole(of(one, "schedules", wish)))
        for item, values in values_to_hide(example().case, one).items():
            if item in hidden:
                assert not [value for value in values if value in masked]
                seen += sum(value in plain for value in values)
    assert seen  # the unmasked schedules do show them


def test_what_is_not_hidden_stays_and_the_copy_says_what_is() -> None:
    docomo = named(DOCOMO)
    masked = of(docomo, "masked-schedules")
    text = whole(masked)
    assert connections(masked).rows[0][2] == "49.96.●.●"
    assert connections(masked).rows[3][2] == "240a:61:●"
    assert "https://x.com/●/status/2090767117832945664" in text
    assert "判断による" not in text
    assert "判断による" in whole(of(docomo, "office-notes"))
    assert "作成注記" not in text
    assert connections(masked).rows[0][1] == connections(of(docomo, "schedules")).rows[0][1]
    everything = of(docomo, "masked-schedules", WISH._replace(mask=()))
    assert "伏せた事項はない" in whole(everything)
    assert [row[:3] for row in connections(everything).rows] == [
        row[:3] for row in connections(of(docomo, "schedules")).rows
    ]


def test_a_url_in_which_no_known_account_is_found_leaves_the_host_alone() -> None:
    pen = Pen("reiwa", wide=False, hidden=frozenset({"account"}), names=frozenset({"known"}))
    assert pen.url("https://x.com/Known/status/12") == "https://x.com/●/status/12"
    assert pen.url("https://x.com/somebody_else/status/12") == "https://x.com/●"
    assert pen.url("https://somebody.example/status/12?by=me") == "https://somebody.example/●"
    assert pen.url("x.com/somebody_else/status/12") == "●"
    assert pen.url("12") == "12"
    plain = Pen("reiwa", wide=False)
    assert plain.url("https://x.com/somebody_else/status/12") == "https://x.com/somebody_else/status/12"


def test_a_copy_with_several_senders_says_so() -> None:
    for one in addressees(example()):
        accounts = {example().case.rows[row - 1].login.account for row in one.rows}
        text = whole(of(one, "office-notes"))
        assert (f"写しには{len(accounts)}個のアカウントの接続が含まれる" in text) == (len(accounts) > 1)


def test_the_parties_are_named_for_one_procedure_and_the_others_are_said() -> None:
    for one in addressees(example()):
        assert "申立人" in whole(of(one, "schedules"))
        assert "申立人" in whole(of(one, "evidence-list"))
        text = whole(of(one, "office-notes"))
        assert "仮処分では債権者、債務者に、訴えでは原告、被告に改める" in text
        assert "当事者の呼称は目録と同じであり、同じく改める" in text  # of the list of evidence


def test_no_document_says_that_a_log_still_exists() -> None:
    for document in made():
        assert "消去前" not in whole(document)


@given(st.ip_addresses())
def test_a_hidden_address_keeps_a_sixteenth_or_less(address: object) -> None:
    text = str(address)
    told = Pen("reiwa", wide=False, hidden=frozenset({"destination"})).target(text)
    assert told.endswith("●")
    assert text not in told
    kept = re.findall(r"[0-9a-f]+", told)
    assert len(kept) == 2


# Nothing invented, nothing alive


def every_table_is_rectangular(made_of: tuple[Document, ...]) -> None:
    for document in made_of:
        for table in tables(document):
            assert {len(row) for row in table.rows} <= {len(table.columns)}, (document.kind, table.caption)
            assert all(column.share > 0 for column in table.columns)


@pytest.mark.parametrize("build", [example, crowd], ids=["example", "crowd"])
def test_tables_are_rectangular_names_fit_and_no_cell_fills_a_page(build: Callable[[], Material]) -> None:
    material = build()
    made_of = documents(material, WISH)
    every_table_is_rectangular(made_of)
    paths = [(one.folder, one.stem) for one in made_of]
    assert len(set(paths)) == len(paths)
    for one in made_of:
        assert len(f"{one.stem}.docx") <= 50
        assert len(one.folder) <= 50
        assert all(section.blocks for section in one.sections)
        for table in tables(one):
            assert all(cell.count("\n") < 30 and len(cell) < 1500 for row in table.rows for cell in row)


def test_blanks_stay_blank_and_no_word_of_the_program_shows() -> None:
    quoted = {"観測地点", "出典・確度・観測の番号", "資料", "所在", "出典（日付）", "出典（公表日）", "ホスト名"}
    for document in made():
        text = whole(document)
        assert "None" not in text
        assert "nan" not in re.findall(r"[a-z]+", text)
        assert not re.search(r"\{[a-z]*\}", text)
        for table in tables(document):
            for row in table.rows:
                for column, cell in zip(table.columns, row, strict=True):
                    if column.title not in quoted and not column.mono:
                        assert not re.search(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b", cell), cell
    parties = next(t for t in tables(of(named("楽天モバイル株式会社"), "schedules")) if not t.header)
    assert parties.rows[0][1].count("●") == 3
    assert "代表者　●" in parties.rows[1][1]
    unknown = next(t for t in tables(of(named("株式会社JPIX"), "schedules")) if not t.header)
    assert "（確度：" in unknown.rows[1][1] or "住所　　〒●　●" in unknown.rows[1][1]


def test_an_address_never_stands_without_its_confidence() -> None:
    for one in addressees(crowd()):
        entity = one.entity
        address = entity.address.partition("(")[0].strip() if entity is not None else ""
        for document in drafted(crowd(), one):
            text = whole(document)
            if address:
                assert text.count(address) == text.count(f"{address}（確度：")


@cache
def crowd_documents() -> tuple[Document, ...]:
    return documents(crowd(), WISH)


def drafted(material: Material, addressee: Addressee) -> list[Document]:
    assert material is crowd()
    return [
        one
        for one in crowd_documents()
        if one.folder == addressee.folder and one.kind in {"schedules", "preservation-letter"}
    ]


def hostile_case() -> Material:
    """Return the example with everything that an input or a registrant could say replaced by what is alive."""
    material = example()
    case = material.case
    names = iter(HOSTILE * 9)
    rows = []
    for row in case.rows:
        login = msgspec.structs.replace(row.login, account=Account(id=None, name=next(names)), client=next(names))
        rows.append(msgspec.structs.replace(row, login=login))
    verdicts = dict(case.attributions)
    stranger = "=cmd|'/c calc'!A1\u202e<b>" + "株" * 400
    for key, verdict in verdicts.items():
        if verdict.status == "not-listed":
            party = Party(
                provider="",
                name=Text(ja=stranger, en=stranger),
                kind="unlisted",
                condition=Text(ja="AS登録者自身の場合", en="if it is the registrant"),
                confidence="low",
            )
            verdicts[key] = msgspec.structs.replace(verdict, alternatives=(party,))
    posts = tuple(
        msgspec.structs.replace(post, url=next(names), account=Account(id=None, name=next(names)))
        for post in case.posts
    )
    rejects = tuple(msgspec.structs.replace(case.rejects[0], raw=text, column=text, file=text) for text in HOSTILE)
    inputs = tuple(msgspec.structs.replace(entry, name=next(names)) for entry in case.inputs)
    replaced = msgspec.structs.replace(
        case, rows=tuple(rows), posts=posts, rejects=rejects, inputs=inputs, attributions=verdicts, platform="<b>"
    )
    return material._replace(case=replaced)


def test_hostile_text_is_inert_cut_where_too_long_and_whole_at_the_end() -> None:
    material = hostile_case()
    made_of = documents(material, WISH)
    every_table_is_rectangular(made_of)
    for document in made_of:
        text = whole(document)
        assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\u200b-\u200f]", text)
        assert OPEN not in text
        assert CLOSE not in text
        assert not re.search(r'[\\/:*?"<>|]', document.folder + document.stem)
        assert len(document.folder) <= 50
        for table in tables(document):
            assert all(len(cell) < 4 * LONGEST for row in table.rows for cell in row), document.kind
    overview = whole(made_of[0])
    lines = [b for s in made_of[0].sections for b in s.blocks if isinstance(b, Lines)]
    kept = {"".join(text for _, text in block.rows) for block in lines}
    assert {inert(text) for text in HOSTILE if len(inert(text)) > LONGEST} <= kept
    for text in HOSTILE:
        if len(inert(text)) <= LONGEST:
            assert inert(text).replace("\\x0a", "\n") in overview.replace("\\x0a", "\n")
    assert len(addressees(material)) == len(addressees(example())) + 1


def test_an_unlisted_registrant_is_addressed_by_the_registered_name_and_a_lessee_unknown_is_not() -> None:
    found = addressees(hostile_case())
    stranger = next(one for one in found if not one.providers)
    assert stranger.entity is None
    assert stranger.rows == (19,)
    assert not any("借受人" in one.name for one in addressees(example()))
    text = whole(of(named(KDDI), "office-notes"))
    assert "ブロックの借受人（未確認）" in text  # named as one who comes into question


# Texts for an office's own file


def test_placeholders_have_both_names_and_no_hole() -> None:
    for one in addressees(example()):
        values = placeholders(example(), WISH, one)
        assert values.texts["請求先.名称"] == values.texts["addressee.name"] == one.name
        assert values.texts["件数"] == values.texts["count"] == str(len(one.rows))
        assert values.texts["請求先.代表者"] == "●"
        assert all(values.texts.values())
        assert values.tables["接続一覧"] is values.tables["connections"]
        assert [int(row[0]) for row in values.tables["接続一覧"].rows] == list(one.rows)
        assert [row[0] for row in values.tables["保存期間計算"].rows] == [str(row) for row in one.rows]
        assert (
            values.tables["証拠一覧"].rows
            == next(t for t in tables(of(one, "evidence-list")) if t.columns[0].title == "号証").rows
        )
        for name, table in values.tables.items():
            titles = [column.title for column in table.columns]
            assert len(set(titles)) == len(titles)
            assert not any(re.search(r"[{}.\n]", title) for title in titles), name
            assert {len(row) for row in table.rows} <= {len(titles)}
    docomo = placeholders(example(), WISH, named(DOCOMO)).texts
    assert docomo["対応期限"] == "令和8年11月20日"
    assert docomo["最短満了日"] == "令和8年11月22日"
    assert docomo["journal_head"].startswith("abab")
    assert "104.244.42.1" in docomo["candidates.text"]


# Small words


@given(st.sets(st.integers(1, 4000), min_size=1, max_size=300))
def test_row_numbers_in_pieces_lose_none(rows: set[int]) -> None:
    found: set[int] = set()
    for piece in in_lines(rows, 44):
        assert len(piece) <= 54
        for part in piece.split("、"):
            low, _, high = part.partition("-")
            found |= set(range(int(low), int(high or low) + 1))
    assert found == rows
    told = rows_of(rows)
    assert len(told) <= 70
    assert told.startswith("No.")


@given(st.text(max_size=400))
def test_a_text_of_an_input_is_inert_and_short(text: str) -> None:
    told = shown(text)
    assert len(told) <= LONGEST + 50
    assert inert(told) == told
    assert "\n" not in told
    if len(inert(text)) <= LONGEST:
        assert told == inert(text)


def test_a_source_without_a_page_is_said_to_have_none() -> None:
    citations = example().facts.citations
    assert cited("K", "", citations) == "資料による裏付けなし［K］"
    assert cited("", "", citations) == "出典なし"
    assert cited("S5a", "2015-04-02", citations).endswith("（2015年4月2日）［S5a］")
    assert cited("nowhere", "", citations) == "nowhere（日付不明）"
