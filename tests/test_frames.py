"""Frames equal independent readings of the case: its JSON, walked by hand, and the CSV that the renderer writes."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pandas as pd
import pytest
from registry_answers import asked, found, held, missing

import ipattr
from ipattr import frames
from ipattr.case import set_beside
from ipattr.model import Case
from ipattr.renderers import csv as csv_file
from ipattr.renderers.layout import inert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ipattr.registry import Registry

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "data" / "examples"
AS_OF = date(2026, 11, 21)
JST = timezone(timedelta(hours=9))
DATES = (("registration", "2001-04-01"), ("last changed", "2020-07-02T00:10:04Z"))
NAMES = tuple(frames.COLUMNS)
CASES = ("example", "mixed", "asked", "addresses", "repaired", "pending", "nothing", "rejected")
ROWS = """\
日時(JST),IPアドレス,ポート番号,ユーザーID,ユーザー名,種別,client,逆引き,接続先IP
2026/10/01 10:00:00,49.96.45.67,50001,6012345678901234567,reidai,login,Android,,104.244.42.1
2026/10/01 10:00:00,49.96.45.67,50001,6012345678901234567,reidai,login,Android,,104.244.42.1
2026/10/01 10:00,106.128.123.45,,6012345678901234567,=cmd(),login,"a\u202eb",,
2026/10/02 10:00:01.250,2001:268:9a00::1,1024,,\U0001f468\u200d\U0001f469,ログアウト,,,
2026/10/03 10:00:00,10.0.0.1,443,007,x,login,,,
2026/10/03 10:00:00,1.72.0.10,443,6012345678901234567,x,login,,sp1-72-0-10.msc.spmode.ne.jp,
2026/10/03 10:00:00,::ffff:126.182.45.67,443,6012345678901234560,x,login,,,
2026/10/04 10:00:00,5.157.157.45,443,6012345678901234567,x,何か,,,
2025/10/04 10:00:00,133.106.45.67,443,6012345678901234567,x,login,,,
2026/10/04 10:00:00,1.2.3,443,6012345678901234567,x,login,,,
2026/10/32 10:00:00,49.96.45.67,99999,6.01E+18,"\u202etxt",login,,,
2026/10/05 10:00:00,49.96.45.67,443,6012345678901234567,x,login
2026/10/05 10:00:00,210.171.200.1,443,6012345678901234567,x,login,,,
"""
POSTS = """\
URL,投稿日時,ユーザー名
https://x.com/a/status/2106497067852496896,2026-10-03T21:30:12.456Z,a\u202eb
https://x.com/a,2026-13-03T21:30:12.456Z,a
"""
OCR = """\
“ipAudit” : {
“accountId” : “235505178”,
“createdAt” : “2023-11-2lT02:10:15.000Z”,
“loginIp” : “1.66.l00.45”,
“loginPortNumber” : “50001”
}
“ipAudit” : {
“accountId” : “235505178”,
“createdAt” : “2023-11-22T02:10:15.000Z”,
“loginIp” : “1.66.100.45”
}
"""


@pytest.fixture(scope="module")
def cases(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    """Return a case of every kind there is."""
    folder = tmp_path_factory.mktemp("frames")

    def made(name: str, text: str) -> Path:
        (folder / name).write_text(text, encoding="utf-8")
        return folder / name

    mixed = ipattr.lookup([made("lo\u202eg.csv", ROWS)], posts=[made("posts.csv", POSTS)], as_of=AS_OF)
    answers = asked(
        found("jpnic", "49.96.45.67", "49.96.0.0/16", "株式会社NTTドコモ", "\x1b[31mNTT", events=DATES),
        found("apnic", "49.96.45.67", "49.96.0.0/12", refers_to="JPNIC"),
        missing("jpnic", "106.128.123.45"),
        held_back=[held("10.0.0.1")],
    )
    ocr = made("ocr.txt", OCR)
    return {
        "example": ipattr.lookup([EXAMPLES / "x-return.docx"], posts=[EXAMPLES / "posts.csv"], as_of=AS_OF),
        "mixed": mixed,
        "asked": set_beside(captured(mixed), answers, registry=registry),
        "addresses": ipattr.lookup(["49.96.45.67", "2001:db8::1"], as_of=AS_OF),
        "repaired": ipattr.lookup([ocr], as_of=AS_OF, accept_repairs=True),
        "pending": ipattr.lookup([ocr], as_of=AS_OF),
        "nothing": ipattr.lookup([made("empty.csv", "time,ip\n")], as_of=AS_OF),
        "rejected": ipattr.lookup([made("bad.csv", "time,ip\nx,y\n")], as_of=AS_OF),
    }


def captured(case: Case) -> Case:
    """Return the case as if its first candidates had been captured by the office: with exact gaps and a CNAME."""
    key, found_set = next(iter(case.candidate_sets.items()))
    first, *others = found_set.candidates
    exact = msgspec.structs.replace(first, longest_gap=86_400, gap_seconds=3, cnames=("a.example", "b.example"))
    fresh = msgspec.structs.replace(found_set, candidates=(exact, *others))
    return msgspec.structs.replace(case, candidate_sets={**case.candidate_sets, key: fresh})


def read_back(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as plain Python values, a missing one as None."""
    return [
        {name: None if pd.isna(value) else value for name, value in record.items()}
        for record in frame.astype(object).to_dict("records")
    ]


def document(case: Case) -> dict[str, Any]:
    """Return the case as the JSON that it round-trips through."""
    return json.loads(msgspec.json.encode(case))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def day(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def joined(items: Iterable[str]) -> str | None:
    return "; ".join(dict.fromkeys(item for item in items if item)) or None


def remarks(findings: Iterable[dict[str, Any]]) -> str | None:
    return inert(" | ".join(f"{finding['code']} {finding['message']['ja']}" for finding in findings)) or None


def place(provenance: dict[str, str]) -> dict[str, Any]:
    tail = provenance["locator"].rsplit(":", 1)[-1]
    return {
        "file": inert(provenance["source"]),
        "source_row": int(tail) if tail.isdigit() else None,
        "sha256": provenance["sha256"] or None,
    }


def moment(of: dict[str, Any] | None) -> dict[str, Any]:
    if of is None:
        return dict.fromkeys(("utc", "jst", "time_raw", "zone", "zone_source", "precision"))
    when = instant(of["utc"])
    plain = {name: of[name] for name in ("zone", "zone_source", "precision")}
    return {"utc": when, "jst": when.astimezone(JST), "time_raw": of["raw"], **plain}


def keyed(doc: dict[str, Any], field: str) -> list[tuple[str, int]]:
    """Return the keys in use in order, each with how many rows use it."""
    used = [row[field] for row in doc["rows"] if row[field]]
    return [(key, used.count(key)) for key in dict.fromkeys(used)]


def expected_logins(doc: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for row in doc["rows"]:
        login = row["login"]
        address, special = login["address"], login["address"]["special"]
        rows.append(
            {
                "row": row["number"],
                **place(login["provenance"]),
                "status": login["status"],
                **moment(login["instant"]),
                "ip": address["text"],
                "ip_raw": address["raw"],
                "ip_version": address["version"],
                "line": address["embedded"] or address["text"],
                "special": special["prefix"] if special else None,
                "port": login["port"],
                "destination": login["destination"]["text"] if login["destination"] else None,
                "account_id": login["account"]["id"],
                "account_name": login["account"]["name"],
                "kind": login["kind"],
                "client": login["client"] or None,
                "hostname": login["hostname"],
                "repairs": bool(login["repairs"]),
                **{f"{key}_key": row[key] for key in ("attribution", "deadline", "candidates")},
                "search_key": row["search_key"],
                "registration_key": row["registration"] or None,
                "findings": remarks(login["findings"]),
            }
        )
    return rows


def expected_posts(doc: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "post": post["id"],
            **place(post["provenance"]),
            "status": post["status"],
            **moment(post["instant"]),
            "post_id": post["post_id"],
            "url": post["url"],
            "account_id": post["account"]["id"],
            "account_name": post["account"]["name"],
            "findings": remarks(post["findings"]),
        }
        for post in doc["posts"]
    ]


def expected_links(doc: dict[str, Any]) -> list[dict[str, Any]]:
    numbers = {row["login"]["id"]: row["number"] for row in doc["rows"]}
    accounts = {row["login"]["id"]: row["login"]["account"] for row in doc["rows"]}
    several = len({account["id"] or account["name"] for account in accounts.values()}) > 1
    posters = {post["id"]: post["account"]["id"] for post in doc["posts"]}
    return [
        {
            **link,
            "row": numbers[link["login"]],
            "account_not_compared": several and not (posters[link["post"]] and accounts[link["login"]]["id"]),
        }
        for link in doc["links"]
    ]


def expected_attributions(doc: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for key, count in keyed(doc, "attribution"):
        verdict = doc["attributions"][key]
        network = verdict["network"] or {"prefix": None, "origins": []}
        rows.append(
            {
                "attribution_key": key,
                "rows": count,
                "address": verdict["address"],
                "hostname": verdict["hostname"],
                "attribution_status": verdict["status"],
                "prefix": network["prefix"],
                "origin_as": joined(f"AS{origin['asn']}" for origin in network["origins"]),
                "holder_status": verdict["holder"]["status"],
                "operator": verdict["operator"]["ja"] if verdict["operator"] else None,
                "category": verdict["category"] or None,
                "provider": verdict["addressee"]["provider"] if verdict["addressee"] else None,
                "providers": joined(party["provider"] for party in verdict["alternatives"]),
                "access": joined(party["access"] for party in verdict["alternatives"]),
                "attribution_explanation": verdict["explanation"]["ja"],
                "next_step": verdict["next_step"]["ja"],
                "findings": remarks(verdict["findings"]),
            }
        )
    return rows


def expected_search_keys(doc: dict[str, Any]) -> list[dict[str, Any]]:
    words = {"source-ip": "接続元IP", "time": "接続日時", "source-port": "接続元ポート", "destination-ip": "接続先IP"}
    return [
        {
            "search_key": key,
            "rows": count,
            "search_key_status": doc["search_keys"][key]["status"],
            "held": "・".join(words[item] for item in doc["search_keys"][key]["held"]) or None,
            "explanation": doc["search_keys"][key]["explanation"]["ja"],
        }
        for key, count in keyed(doc, "search_key")
    ]


def expected_deadlines(doc: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for key, count in keyed(doc, "deadline"):
        verdict = doc["deadlines"][key]
        practice = verdict["practice"] or {"earliest": None, "latest": None}
        rows.append(
            {
                "deadline_key": key,
                "rows": count,
                "deadline_status": verdict["status"],
                "connected_on_jst": day(verdict["connected_on"]),
                "earliest_expiry": day(verdict["earliest"]),
                "latest_expiry": day(verdict["latest"]),
                "open_ended": verdict["open_ended"],
                "act_by": day(verdict["act_by"]),
                "days_left": verdict["days_left"],
                "days_to_expiry": verdict["days_to_expiry"],
                "practice_earliest": day(practice["earliest"]),
                "practice_latest": day(practice["latest"]),
                "unknown_for": joined(verdict["unknown_for"]),
                "explanation": verdict["explanation"]["ja"],
                "findings": remarks(verdict["findings"]),
            }
        )
    return rows


def expected_candidates(doc: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for key, count in keyed(doc, "candidates"):
        found_set = doc["candidate_sets"][key]
        head = {
            "candidates_key": key,
            "rows": count,
            "candidates_status": found_set["status"],
            "platform": found_set["platform"] or None,
            "explanation": found_set["explanation"]["ja"],
        }
        same = ("address", "relation", "gap_days", "gap_seconds", "period", "first_seen", "last_seen", "count")
        rows += [
            head
            | {name: one[name] for name in (*same, "confidence")}
            | {name: joined(one[name]) for name in ("hosts", "vantages", "cnames", "observations", "sources")}
            | {"number": number, "longest_gap_seconds": one["longest_gap"], "shared": one["shared"] or None}
            for number, one in enumerate(found_set["candidates"], start=1)
        ] or [{**head, "address": None, "number": None, "count": None}]
    return rows


def expected_networks(doc: dict[str, Any]) -> list[dict[str, Any]]:
    import ipaddress

    rows: list[dict[str, Any]] = []
    for row in doc["rows"]:
        verdict = doc["attributions"][row["attribution"]]
        network = verdict["network"]
        if network is None:
            continue
        block = ipaddress.ip_network(network["prefix"])
        known = [entry for entry in rows if entry["prefix"] == network["prefix"]]
        for entry in known:
            entry["rows"] += 1
        names = {entry["number"]: entry for entry in verdict["registrants"]}
        rows += [
            {
                "prefix": network["prefix"],
                "version": block.version,
                "first": str(block[0]),
                "last": str(block[-1]),
                "asn": origin["asn"],
                "delegated": origin["delegated"],
                "registrant_handle": names[origin["asn"]]["handle"] if origin["asn"] in names else None,
                "registrant": names[origin["asn"]]["organisation"] if origin["asn"] in names else None,
                "registrant_country": names[origin["asn"]]["country"] if origin["asn"] in names else None,
                "source": network["source"],
                "as_of": network["as_of"],
                "rows": 1,
            }
            for origin in network["origins"]
            if not known
        ]
    return rows


def named(lang: str, answer: dict[str, Any]) -> str | None:
    return inert(joined(holder["text"] for holder in answer["holders"] if holder["lang"] == lang) or "") or None


def expected_registrations(doc: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for key, count in keyed(doc, "registration"):
        said = doc["registrations"][key]
        head = {"registration_key": key, "rows": count, "address": said["address"], "registry_status": said["status"]}
        rows += [
            {
                **head,
                "number": number,
                "registry_source": one["source"],
                "registry_first": one["first"],
                "registry_holder_ja": named("ja", one),
                "registry_holder_en": named("en", one),
                "registry_agreement": one["agreement"],
                "registry_received_utc": instant(one["received"]),
                "registry_received_jst": instant(one["received"]).astimezone(JST),
                "registry_sha256": one["sha256"],
            }
            for number, one in enumerate(said["views"], start=1)
        ] or [{**head, "number": None, "registry_source": None}]
    return rows


def expected_rejects(doc: dict[str, Any]) -> list[dict[str, Any]]:
    logs = doc["counts"]["rejected"]
    rows = [
        {
            "of": "login" if number < logs else "post",
            "status": "rejected",
            "file": inert(entry["file"]),
            "source_row": entry["row"],
            "column": inert(entry["column"]) or None,
            "raw": inert(entry["raw"]) or None,
            "code": entry["code"],
            "reason": inert(entry["reason"]["ja"]),
            "record": [[cell["column"], cell["raw"]] for cell in entry["record"]],
            "proposed_ip": None,
        }
        for number, entry in enumerate(doc["rejects"])
    ]
    return rows + [
        {
            "of": "login",
            "status": "pending",
            "source_row": entry["row"],
            "code": joined(repair["rule"] for repair in entry["repairs"]),
            "proposed_time": entry["proposed_time"] or None,
            "proposed_ip": entry["proposed_ip"] or None,
            "proposed_port": entry["proposed_port"] or None,
            "record": [],
        }
        for entry in doc["pending"]
    ]


NEVER_KNOWN = {("registrations", "registry_history")}
EXPECTED: dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]] = {
    "logins": expected_logins,
    "posts": expected_posts,
    "links": expected_links,
    "attributions": expected_attributions,
    "search_keys": expected_search_keys,
    "deadlines": expected_deadlines,
    "candidates": expected_candidates,
    "networks": expected_networks,
    "registrations": expected_registrations,
    "rejects": expected_rejects,
}


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("name", EXPECTED)
def test_a_frame_says_what_the_json_of_the_case_says(cases: dict[str, Case], name: str, kind: str) -> None:
    rows = read_back(getattr(frames, name)(cases[kind]))
    for row in rows:
        if "repairs" in row:
            row["repairs"] = bool(row["repairs"])
        if "record" in row:
            row["record"] = json.loads(row["record"] or "{}", object_pairs_hook=lambda pairs: [list(p) for p in pairs])
            row["record"] = row["record"] or []
    wanted = EXPECTED[name](document(cases[kind]))
    assert [{key: row[key] for key in want} for row, want in zip(rows, wanted, strict=True)] == wanted


def test_every_column_is_compared_with_an_independent_reading(cases: dict[str, Case]) -> None:
    """A column that no reading above looks at must be one of the CSV's, which the next test compares."""
    unread = {
        name: {column.name for column in frames.COLUMNS[name]}
        - {key for case in cases.values() for row in EXPECTED[name](document(case)) for key in row}
        for name in EXPECTED
    }
    written = {*csv_file.COLUMNS, *csv_file.REGISTRY_COLUMNS}
    assert {name: columns - written for name, columns in unread.items() if columns - written} == {}


def unguarded(cell: str) -> str | None:
    return cell.removeprefix("'") or None


def shown(cell: str) -> str | None:
    return inert(unguarded(cell) or "") or None


def as_text(value: object) -> str | None:
    """Return a typed cell as the CSV writes it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("kind", CASES)
def test_the_wide_frame_equals_the_csv(cases: dict[str, Case], kind: str, lang: str) -> None:
    case = cases[kind]
    lines = list(csv.DictReader(io.StringIO(csv_file.render(case, lang=lang).removeprefix("\ufeff"), newline="")))
    wide = frames.verdicts(case, lang=lang)
    shared = [c for c in wide.columns if c in csv_file.COLUMNS or c in csv_file.REGISTRY_COLUMNS]
    assert len(shared) > 50
    # Instants are compared as such above; the CSV says each general remark on candidates once, a frame in every row.
    shared = [c for c in shared if c not in {"utc", "jst", "findings"}]
    for row, line in zip(read_back(wide), lines[: len(case.rows)], strict=True):
        open_ended = "open-ended" if row["open_ended"] and row["latest_expiry"] is None else None
        assert {c: open_ended if c == "latest_expiry" and open_ended else as_text(row[c]) for c in shared} == {
            c: shown(line.get(c, "")) if c.startswith("registry_") else unguarded(line.get(c, "")) for c in shared
        }
        generic = [as_text(row[c]) for c in ("practice_earliest", "practice_latest") if row[c]]
        assert (f"practice {' / '.join(generic)}" if generic else None) == unguarded(line["practice"])


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_narrow_frames_hold_the_same_cells_as_the_wide_one(cases: dict[str, Case], lang: str) -> None:
    """Joined back by their keys, the narrow frames give the wide one, row for row."""
    for case in cases.values():
        wide = frames.verdicts(case, lang=lang)
        logins = frames.logins(case, lang=lang)
        for narrow, key in (
            (frames.attributions(case, lang=lang), "attribution_key"),
            (frames.search_keys(case, lang=lang), "search_key"),
            (frames.deadlines(case, lang=lang), "deadline_key"),
        ):
            shared = [c for c in narrow.columns if c in wide.columns and c not in {*logins.columns}]
            back = logins[["row", key]].merge(narrow[[key, *shared]], on=key, how="left", validate="many_to_one")
            pd.testing.assert_frame_equal(back[shared], wide[shared])
        pd.testing.assert_frame_equal(logins[list(wide.columns[:24])], wide[list(wide.columns[:24])])


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("name", NAMES)
def test_types_are_as_documented_whatever_the_rows(cases: dict[str, Case], name: str, kind: str) -> None:
    made = getattr(frames, name)(cases[kind])
    assert {column: str(dtype) for column, dtype in made.dtypes.items()} == {
        column.name: column.dtype for column in frames.COLUMNS[name]
    }
    assert list(made.columns) == [column.name for column in frames.COLUMNS[name]]
    assert made.index.equals(pd.RangeIndex(len(made)))
    for column in made.columns:
        if str(made[column].dtype) == "string":
            assert not (made[column] == "").any()


def test_the_documentation_is_whole() -> None:
    assert set(frames.COLUMNS) == set(NAMES)
    public = {name for name in frames.__all__ if name.islower()}
    assert public == set(NAMES)
    for columns in (*frames.COLUMNS.values(), frames.LOOKUP):
        names = [column.name for column in columns]
        assert len(names) == len(set(names))
        for column in columns:
            assert column.ja
            assert column.en
            assert column.dtype in {
                "string", "Int64", "boolean", "Float64", "datetime64[us, UTC]", "datetime64[us, Asia/Tokyo]",
                "datetime64[s]",
            }  # fmt: skip
    # Only lengths of time may be fractions: an id or a port as a float has lost digits.
    floats = {column.name for columns in frames.COLUMNS.values() for column in columns if column.dtype == "Float64"}
    assert floats == {"gap_seconds"}


@pytest.mark.parametrize("kind", CASES)
def test_no_row_is_lost(cases: dict[str, Case], kind: str) -> None:
    case = cases[kind]
    got, unread = frames.logins(case), frames.rejects(case)
    of_logs = unread[unread["of"] == "login"]
    assert len(got) + len(of_logs) == case.counts.rows
    assert (got["status"] == "ok").sum() == case.counts.ok
    assert (got["status"] == "review").sum() + (of_logs["status"] == "pending").sum() == case.counts.review
    assert len(frames.verdicts(case)) == len(got)
    for frame in (frames.attributions(case), frames.search_keys(case), frames.deadlines(case)):
        assert frame["rows"].sum() == len(got)
    firsts = frames.candidates(case).drop_duplicates("candidates_key")
    assert firsts["rows"].sum() == len(got)


@pytest.mark.parametrize("name", NAMES)
def test_every_frame_carries_its_stamp(cases: dict[str, Case], name: str) -> None:
    case = cases["mixed"]
    stamp = getattr(frames, name)(case).attrs["ipattr"]
    assert json.loads(json.dumps(stamp)) == stamp
    assert stamp["tool_version"] == ipattr.__version__
    assert (stamp["data_version"], stamp["as_of"]) == (case.data_version, "2026-11-21")
    assert stamp["counts"] == {"rows": 13, "ok": case.counts.ok, "review": case.counts.review, "rejected": 3}
    assert [entry["sha256"] for entry in stamp["inputs"]] == [e.sha256 for e in (*case.inputs, *case.post_inputs)]
    assert stamp["inputs"][0]["name"] == "lo\\u202eg.csv"
    assert [entry["code"] for entry in stamp["findings"]] == [finding.code for finding in case.findings]


def test_every_kind_of_row_is_among_the_cases(cases: dict[str, Case]) -> None:
    """Else the comparisons above would pass for want of something to compare."""
    unread = pd.concat([frames.rejects(case) for case in cases.values()])
    assert set(zip(unread["of"], unread["status"], strict=True)) == {
        ("login", "rejected"), ("post", "rejected"), ("login", "pending"),
    }  # fmt: skip
    networks = pd.concat([frames.networks(case) for case in cases.values()])
    assert networks[["prefix", "registrant"]].drop_duplicates()["prefix"].duplicated().any()
    known = {
        (name, str(column))
        for name in NAMES
        for case in cases.values()
        for column, values in getattr(frames, name)(case).items()
        if values.notna().any()
    }
    assert {(name, c.name) for name in NAMES for c in frames.COLUMNS[name]} - known == NEVER_KNOWN


def test_values_stay_exact_and_quotations_hide_nothing(cases: dict[str, Case]) -> None:
    logins, unread = frames.logins(cases["mixed"]), frames.rejects(cases["mixed"])
    assert logins["account_name"][2:4].tolist() == ["=cmd()", "\U0001f468\u200d\U0001f469"]
    assert logins["client"][2] == "a\u202eb"
    assert logins["account_id"].dropna().str.fullmatch("[0-9]+").all()
    assert set(logins["file"]) == {"lo\\u202eg.csv"}
    for frame in (unread, frames.registrations(cases["asked"])):
        for column in frame.columns:
            if str(frame[column].dtype) == "string":
                assert all(inert(text) == text for text in frame[column].dropna()), column


def test_the_same_case_gives_the_same_frames_after_json(cases: dict[str, Case]) -> None:
    for case in cases.values():
        again = msgspec.json.decode(msgspec.json.encode(case), type=Case)
        for name in NAMES:
            pd.testing.assert_frame_equal(getattr(frames, name)(again), getattr(frames, name)(case))


@pytest.mark.parametrize("name", NAMES)
def test_a_frame_survives_parquet(cases: dict[str, Case], name: str, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    made = getattr(frames, name)(cases["asked"])
    made.to_parquet(tmp_path / "frame.parquet")
    back = pd.read_parquet(tmp_path / "frame.parquet")
    # Parquet has no unit of whole seconds; a date comes back as the same date in milliseconds.
    kept = {column: str(dtype).replace("64[s]", "64[ms]") for column, dtype in made.dtypes.items()}
    assert {column: str(dtype) for column, dtype in back.dtypes.items()} == kept
    pd.testing.assert_frame_equal(back.astype(made.dtypes), made)
    assert back.attrs == made.attrs


WITHOUT_ARROW = """
import sys
from datetime import date
from pathlib import Path
class Hiding:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] == "pyarrow":
            raise ModuleNotFoundError(name)
if sys.argv[2] == "hidden":
    sys.meta_path.insert(0, Hiding)
import pandas as pd
import msgspec
import ipattr.frames as frames
from ipattr.model import Case
case = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Case)
for name in frames.COLUMNS:
    frame = getattr(frames, name)(case)
    assert {c: str(t) for c, t in frame.dtypes.items()} == {c.name: c.dtype for c in frames.COLUMNS[name]}, name
    sys.stdout.buffer.write(f"{name} {frame.astype(object).to_dict('split')}\\n".encode())
log = pd.DataFrame({"a": ["49.96.45.67", None, "x"], "t": ["2026-10-01T00:00:00Z", "", "y"]})
found = log.ipattr.lookup(ip="a", time="t", as_of=date(2026, 11, 21), columns="all")
sys.stdout.buffer.write(f"{found.astype(object).to_dict('split')}\\n".encode())
assert ("pyarrow" in sys.modules) is (sys.argv[2] != "hidden")
"""


def test_frames_are_the_same_without_pyarrow(cases: dict[str, Case], tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    file = tmp_path / "case.json"
    file.write_bytes(msgspec.json.encode(cases["asked"]))
    command = [sys.executable, "-c", WITHOUT_ARROW, str(file)]
    said = [
        subprocess.run([*command, how], capture_output=True, check=True, env={**os.environ, "PYTHONUTF8": "1"}).stdout
        for how in ("hidden", "there")
    ]
    assert said[0] == said[1]
    assert len(said[0].splitlines()) == len(NAMES) + 1


def test_the_package_itself_loads_no_data_frames() -> None:
    command = "import sys, ipattr, ipattr.case, ipattr.renderers.csv; print('pandas' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", command], capture_output=True, check=True, text=True)
    assert run.stdout.strip() == "False"
