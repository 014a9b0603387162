"""The case on the real tables: each question answered once, the summary in the order of work, nothing left out."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from registry_answers import asked, found, held, missing

import ipattr
from ipattr.case import build_case

if TYPE_CHECKING:
    from ipattr.case import Asked
    from ipattr.model import AddresseeSummary, Case, Deadline
    from ipattr.registry import Registry

EXAMPLES = Path(__file__).resolve().parent.parent / "data" / "examples"
AS_OF = date(2026, 11, 21)
DOCOMO, KDDI, SOFTBANK, RAKUTEN, VPN, HOP, OUTSIDE = (
    "1.66.100.45",
    "106.128.123.45",
    "126.182.45.67",
    "133.106.45.67",
    "5.157.157.45",
    "10.223.45.67",
    "91.123.45.67",
)


def write(folder: Path, *rows: str) -> Path:
    file = folder / "log.csv"
    file.write_text("time,ip,port\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return file


def lookup(folder: Path, *rows: str, as_of: date = AS_OF) -> Case:
    return ipattr.lookup([write(folder, *rows)], as_of=as_of)


def only_deadline(case: Case) -> Deadline:
    (row,) = case.rows
    return case.deadlines[row.deadline]


def test_equal_questions_are_answered_once(tmp_path: Path) -> None:
    addresses = (DOCOMO, KDDI, SOFTBANK, HOP)
    rows = [f"2026-09-{day:02}T03:00:{second:02}Z,{a}," for a in addresses for day in (1, 2) for second in range(50)]
    case = lookup(tmp_path, *rows)
    assert len(case.rows) == 400
    assert set(case.attributions) == set(addresses)
    assert len(case.search_keys) == 4  # per set of parties
    assert len(case.candidate_sets) == 2  # per day: all logins are at one platform over IPv4
    days = {case.deadlines[row.deadline].connected_on for row in case.rows}
    assert days == {date(2026, 9, 1), date(2026, 9, 2)}
    assert len(case.deadlines) == 8  # per set of parties and day


def test_a_source_port_is_another_question(tmp_path: Path) -> None:
    case = lookup(tmp_path, f"2026-09-01T03:00:00Z,{RAKUTEN},", f"2026-09-01T03:00:00Z,{RAKUTEN},50000")
    without, with_port = (case.search_keys[row.search_key] for row in case.rows)
    assert (without.status, without.missing) == ("incomplete", ("source-port",))
    assert (with_port.status, with_port.missing) == ("searchable", ())
    assert len(case.attributions) == len(case.deadlines) == len(case.candidate_sets) == 1


def test_the_jst_day_decides_not_the_utc_day(tmp_path: Path) -> None:
    case = lookup(tmp_path, f"2026-08-27T14:59:59Z,{KDDI},", f"2026-08-27T15:00:00Z,{KDDI},")
    before, after = (case.deadlines[row.deadline] for row in case.rows)
    assert (before.connected_on, before.earliest) == (date(2026, 8, 27), date(2026, 11, 27))
    assert (after.connected_on, after.earliest) == (date(2026, 8, 28), date(2026, 11, 28))


ORDER = ("passed-at-earliest", "unknown", "passed", "not-applicable")


def place(entry: AddresseeSummary) -> tuple[int, date]:
    if entry.deadline_status in {"due", "open"}:
        assert entry.act_by is not None
        return 0, entry.act_by
    return 1 + ORDER.index(entry.deadline_status), date.min


def test_the_summary_begins_with_what_must_be_done_first(tmp_path: Path) -> None:
    case = lookup(
        tmp_path,
        f"2020-01-01T00:00:00Z,{SOFTBANK},",
        f"2026-09-14T00:00:00Z,{RAKUTEN},",
        f"2026-11-01T00:00:00Z,{VPN},",
        f"2026-11-10T00:00:00Z,{DOCOMO},",
        f"2026-09-01T00:00:00Z,{KDDI},",
        f"2020-01-01T00:00:00Z,{DOCOMO},",
    )
    assert [entry.rows for entry in case.summary] == [(5,), (4, 6), (1,), (2,), (3,)]
    statuses = ["due", "open", "passed-at-earliest", "unknown", "not-applicable"]
    assert [entry.deadline_status for entry in case.summary] == statuses
    docomo = case.summary[1]
    assert docomo.deadlines == {"open": 1, "passed": 1}
    # The log of 2020 is gone: its date must not stand where the date of the living one is needed.
    assert docomo.act_by is not None
    assert docomo.act_by > AS_OF


def test_passed_is_not_said_while_somebody_who_may_hold_the_log_has_no_figure(tmp_path: Path) -> None:
    late = lookup(tmp_path, "2024-08-21T01:00:00Z,14.8.123.45,", "2024-08-21T01:00:00Z,149.18.240.45,", as_of=AS_OF)
    shared, leased = (late.deadlines[row.deadline] for row in late.rows)
    assert (shared.status, leased.status) == ("passed-at-earliest", "passed-at-earliest")
    assert "jpix-v6plus" in shared.unknown_for
    assert "ブロックの借受人（未確認）" in leased.unknown_for
    assert "株式会社JPIX（v6プラス" in shared.explanation.ja


def test_the_summary_of_the_example_is_in_order() -> None:
    case = ipattr.lookup([EXAMPLES / "x-return.docx"], as_of=AS_OF)
    places = [place(entry) for entry in case.summary]
    assert [rank for rank, _ in places] == sorted(rank for rank, _ in places)
    alive = [day for rank, day in places if rank == 0]
    assert alive == sorted(alive)
    assert len(alive) >= 5
    assert sorted(number for entry in case.summary for number in entry.rows) == [row.number for row in case.rows]


@pytest.mark.parametrize("address", [DOCOMO, "240a:61:123:4500::8a1", VPN, OUTSIDE])
def test_a_bare_address_has_no_expiry_and_no_candidates_and_says_so(address: str) -> None:
    case = ipattr.lookup([address], as_of=AS_OF)
    (row,) = case.rows
    deadline, candidates = case.deadlines[row.deadline], case.candidate_sets[row.candidates]
    assert row.login.instant is None
    assert deadline.status == "not-applicable"
    assert (deadline.earliest, deadline.act_by, deadline.days_left) == (None, None, None)
    assert "time" in deadline.explanation.en
    assert "日時" in deadline.explanation.ja
    assert candidates.status == "no-time"
    assert candidates.candidates == ()
    assert "time" in candidates.explanation.en
    assert "時" in candidates.explanation.ja
    assert "time" not in case.search_keys[row.search_key].held
    assert "IPA090" in {finding.code for finding in row.login.findings}


def test_bare_addresses_are_still_attributed_and_missing_their_time() -> None:
    case = ipattr.lookup([DOCOMO], as_of=AS_OF)
    assert case.attributions[DOCOMO].status == "attributed"
    (key,) = case.search_keys.values()
    assert key.status == "incomplete"
    assert "time" in key.missing


@pytest.mark.parametrize(("platform", "status"), [("x", "observed"), ("5ch", "none"), ("", "unknown-platform")])
def test_a_platform_without_observations_is_told_from_one_that_is_not_named(
    registry: Registry, platform: str, status: str
) -> None:
    reading = ipattr.read([EXAMPLES / "x-log-utc.csv"])
    case = build_case(reading, None, registry=registry, platform=platform, as_of=AS_OF, as_of_source="given")
    assert {entry.status for entry in case.candidate_sets.values()} == {status}
    for entry in case.candidate_sets.values():
        assert entry.explanation.ja
        assert entry.explanation.en
        assert bool(entry.candidates) is (status == "observed")
    named = build_case(reading, None, registry=registry, platform="x", as_of=AS_OF, as_of_source="given")
    assert case.attributions == named.attributions
    assert case.deadlines == named.deadlines


def test_links_span_every_login_of_the_account_that_has_a_time_and_keep_the_nearest() -> None:
    case = ipattr.lookup([EXAMPLES / "x-return.docx", DOCOMO], posts=[EXAMPLES / "posts.csv"], as_of=AS_OF)
    logins = [row.login for row in case.rows if row.login.instant is not None]
    assert len(logins) == len(case.rows) - 1
    for post, nearest in zip(case.posts, (5, 10, 20), strict=True):
        links = [link for link in case.links if link.post == post.id]
        of_the_account = [login.id for login in logins if login.account.id == post.account.id]
        assert of_the_account
        assert sorted(link.login for link in links) == sorted(of_the_account)
        first = min(links, key=lambda link: link.rank)
        assert first.login == case.rows[nearest - 1].login.id
        assert first.nearest
        assert [link.rank for link in sorted(links, key=lambda link: abs(link.gap_seconds))] == sorted(
            link.rank for link in links
        )


def test_rejects_of_logs_and_posts_are_kept_and_counted_apart(tmp_path: Path) -> None:
    posts = tmp_path / "posts.csv"
    posts.write_text(
        "url,time\nhttps://x.com/a/status/2090767117832945664,\nhttps://example.com/1,2026-02-30T00:00:00Z\n",
        encoding="utf-8",
    )
    log = write(tmp_path, f"2026-09-01T00:00:00Z,{DOCOMO},", "2026-02-30T00:00:00Z,1.66.100.45,", f"soon,{DOCOMO},")
    case = ipattr.lookup([log], posts=[posts], as_of=AS_OF)
    assert (case.counts.rows, case.counts.ok, case.counts.rejected) == (3, 1, 2)
    assert case.post_counts is not None
    assert (case.post_counts.rows, case.post_counts.ok, case.post_counts.rejected) == (2, 1, 1)
    assert [(reject.file, reject.row) for reject in case.rejects] == [("log.csv", 3), ("log.csv", 4), ("posts.csv", 3)]
    assert case.counts.conserved
    assert case.post_counts.conserved


@pytest.mark.parametrize(
    ("days", "status"),
    [(15, "open"), (14, "due"), (1, "due"), (0, "due"), (-1, "passed")],
)
def test_one_figure_is_open_due_and_passed_by_the_day(tmp_path: Path, days: int, status: str) -> None:
    expires = date(2026, 9, 1) + timedelta(days=93)
    as_of = expires - timedelta(days=days)
    found = only_deadline(lookup(tmp_path, f"2026-09-01T00:00:00Z,{DOCOMO},", as_of=as_of))
    assert (found.earliest, found.days_to_expiry, found.status) == (expires, days, status)


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        (date(2026, 2, 14), "due"),
        (date(2026, 2, 28), "due"),
        (date(2026, 3, 1), "passed-at-earliest"),
        (date(2026, 3, 2), "passed-at-earliest"),
        (date(2026, 3, 3), "passed"),
    ],
)
def test_a_month_end_is_passed_only_under_every_reading(tmp_path: Path, as_of: date, status: str) -> None:
    found = only_deadline(lookup(tmp_path, f"2025-11-30T00:00:00Z,{KDDI},", as_of=as_of))
    assert found.earliest == date(2026, 2, 28)
    assert found.expiries[0].readings == (date(2026, 2, 28), date(2026, 3, 2))
    assert found.act_by == date(2026, 2, 27)  # 2026-02-28 is a Saturday
    assert found.status == status


def test_ipv6_logins_are_attributed_and_judged_apart_from_ipv4(tmp_path: Path) -> None:
    case = lookup(tmp_path, "2026-10-20T13:13:13Z,240a:61:123:4500::8a1,", f"2026-10-20T13:13:13Z,{DOCOMO},")
    six, four = case.rows
    assert case.attributions[six.attribution].network is not None
    assert {party.provider for party in case.attributions[six.attribution].alternatives} == {"docomo"}
    assert {party.provider for party in case.attributions[four.attribution].alternatives} == {"docomo"}
    assert six.candidates != four.candidates
    assert "IPA601" in {finding.code for finding in case.candidate_sets[six.candidates].findings}
    assert six.search_key != four.search_key
    assert six.deadline == four.deadline
    assert [entry.rows for entry in case.summary] == [(1, 2)]


def test_rows_in_review_are_rows_like_any_other(tmp_path: Path) -> None:
    case = lookup(tmp_path, f"2026-10-20T13:13:13Z,{HOP},", f"2026-10-20T13:13Z,{DOCOMO},")
    assert [row.login.status for row in case.rows] == ["review", "review"]
    assert (case.counts.rows, case.counts.review) == (2, 2)
    hop, minute = case.rows
    assert case.attributions[hop.attribution].status == "special-purpose"
    assert case.deadlines[hop.deadline].status == "not-applicable"
    assert case.search_keys[hop.search_key].status == "not-applicable"
    assert "time" in case.search_keys[minute.search_key].missing
    assert sorted(number for entry in case.summary for number in entry.rows) == [1, 2]


def test_nothing_read_is_an_empty_case_that_still_says_what_was_refused(tmp_path: Path) -> None:
    case = lookup(tmp_path, f"soon,{DOCOMO},")
    assert (case.rows, case.summary, case.links) == ((), (), ())
    assert (case.attributions, case.search_keys, case.deadlines, case.candidate_sets) == ({}, {}, {}, {})
    assert len(case.rejects) == 1


def test_the_case_says_on_what_it_rests(registry: Registry, tmp_path: Path) -> None:
    case = lookup(tmp_path, f"2026-10-20T13:13:13Z,{DOCOMO},")
    assert case.data_version == registry.data_version
    assert case.tool_version == ipattr.__version__
    assert (case.as_of, case.as_of_source, case.platform) == (AS_OF, "given", "x")


@pytest.mark.parametrize("written", ["::ffff:1.66.100.45", "64:ff9b::142:642d", "2002:142:642d::1"])
def test_an_embedded_ipv4_address_is_attributed_and_dated_and_stays_in_review(tmp_path: Path, written: str) -> None:
    embedded, plain = (lookup(tmp_path, f"2026-09-01T03:00:00Z,{address},") for address in (written, DOCOMO))
    (row,), (twin,) = embedded.rows, plain.rows
    assert row.login.status == "review"
    assert row.login.address.text == written
    assert embedded.attributions[row.attribution] == plain.attributions[twin.attribution]
    assert embedded.deadlines[row.deadline] == plain.deadlines[twin.deadline]
    assert embedded.search_keys[row.search_key] == plain.search_keys[twin.search_key]
    assert embedded.candidate_sets[row.candidates].candidates == plain.candidate_sets[twin.candidates].candidates


def registered(folder: Path, registry: Registry, inquiry: Asked | None, *rows: str) -> Case:
    reading = ipattr.read([write(folder, *rows)])
    return build_case(reading, None, registry=registry, platform="", as_of=AS_OF, as_of_source="given", asked=inquiry)


ROWS = (
    f"2026-09-01T03:00:00Z,{DOCOMO},",
    f"2026-09-01T03:00:00Z,{DOCOMO},50000",
    f"2026-09-02T03:00:00Z,{DOCOMO},",
    f"2026-09-01T03:00:00Z,{KDDI},",
    f"2026-09-01T03:00:00Z,{HOP},",
    f"2026-09-01T03:00:00Z,{OUTSIDE},",
)


def answers() -> Asked:
    return asked(
        found("jpnic", DOCOMO, "1.66.0.0/15", "株式会社ＮＴＴドコモ", events=(("registration", "2010-09-01"),)),
        found("apnic", KDDI, "106.128.0.0/10", "SoftBank Corp.", events=(("last changed", "2026-10-01"),)),
        missing("apnic", OUTSIDE),
        held_back=[held(HOP)],
    )


def test_equal_questions_to_the_registries_are_answered_once(tmp_path: Path, registry: Registry) -> None:
    case = registered(tmp_path, registry, answers(), *ROWS)
    assert [row.registration for row in case.rows] == ["r1", "r1", "r2", "r3", "r4", "r5"]
    said = [case.registrations[row.registration] for row in case.rows]
    assert [one.status for one in said] == ["registered"] * 4 + ["withheld", "not-found"]
    assert [one.views[0].agreement for one in said[:4]] == ["agrees"] * 3 + ["disagrees"]
    assert said[3].views[0].at_login == "not-proven"
    assert case.inquiry == answers().inquiry


def test_registry_answers_stand_beside_the_offline_verdicts_and_change_none(tmp_path: Path, registry: Registry) -> None:
    offline = registered(tmp_path, registry, None, *ROWS)
    assert (offline.registrations, offline.inquiry) == ({}, None)
    assert {row.registration for row in offline.rows} == {""}
    case = registered(tmp_path, registry, answers(), *ROWS)
    rows = tuple(msgspec.structs.replace(row, registration="") for row in case.rows)
    assert msgspec.structs.replace(case, rows=rows, registrations={}, inquiry=None) == offline


def test_a_folder_in_which_nothing_was_asked_keeps_its_head_and_says_nothing_of_registries(
    tmp_path: Path, registry: Registry
) -> None:
    case = registered(tmp_path, registry, asked(), *ROWS)
    assert case.registrations == {}
    assert case.inquiry is not None
    assert case.inquiry.journal_head
