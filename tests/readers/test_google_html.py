"""Google subscriber information: each row of IP ACTIVITY is one event or one reject."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.addresses import Specials
from ipattr.errors import InputError, IpattrError
from ipattr.readers import google_html
from ipattr.readers.document import Document, FormReading, Options, decode_document
from ipattr.registry import Registry  # noqa: TC001 - hypothesis resolves the annotations of its tests

TOP = (
    "<html><head><title>Google Account</title></head><body>\n<h2>GOOGLE SUBSCRIBER INFORMATION</h2>\n<ul>"
    "<li>Google Account ID: 123456789012</li>\n<li>Name: Somebody</li>\n<li>e-Mail: somebody@example.com</li>\n"
    "<li>Recovery e-Mail: other@example.com</li></ul>\n<h3>IP ACTIVITY</h3>\n"
)
HEADER = "<tr><th>Timestamp</th><th>IP Address</th><th>Activity Type</th></tr>\n"
T1, T2 = "2025-07-04 14:49:25 Z", "2025-07-05 14:49:25 Z"


def row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"


def page(*rows: str, top: str = TOP, header: str = HEADER) -> str:
    return f"{top}<table>{header}{''.join(rows)}</table></body></html>\n"


def document(text: str) -> Document:
    return decode_document("GoogleAccount.SubscriberInfo.html", text.encode("utf-8"), encoding="utf-8")


def read(text: str, specials: Specials | None = None) -> FormReading:
    found = google_html.read(document(text), Options(), specials or Specials([]))
    assert found.rows == len(found.events) + len(found.rejects)
    return found


def test_rows_are_read_with_account_kind_and_line() -> None:
    text = page(row(T1, "1.0.16.7", "Login"), row(T2, "2400:2000::1", "Logout"))
    first, second = read(text).events
    assert first.instant is not None
    assert (first.instant.utc.isoformat(), first.instant.zone_source) == ("2025-07-04T14:49:25+00:00", "written")
    assert (first.status, first.address.text, first.port, first.kind) == ("ok", "1.0.16.7", None, "login")
    assert (first.account.id, first.account.name) == ("123456789012", "somebody@example.com")
    assert (second.address.text, second.kind) == ("2400:2000::1", "logout")
    line = text[: text.index(T2)].count("\n") + 1
    assert second.provenance.locator == f"GoogleAccount.SubscriberInfo.html:{line}"
    assert [(cell.column, cell.raw) for cell in first.raw] == [
        ("Timestamp", T1), ("IP Address", "1.0.16.7"), ("Activity Type", "Login"),
    ]  # fmt: skip


def test_more_columns_in_any_order_are_kept_as_raw_cells() -> None:
    header = row("User Agent", "IP Address", "Android ID", "Timestamp").replace("td>", "th>")
    (event,) = read(page(row("Mozilla/5.0 &amp; more", "1.0.16.7", "", T1), header=header)).events
    assert (event.kind, event.address.text, event.raw[0].raw) == ("unknown", "1.0.16.7", "Mozilla/5.0 & more")


def test_an_unknown_activity_stays_unknown_and_is_reviewed() -> None:
    (event,) = read(page(row(T1, "1.0.16.7", "Terms Of Service"))).events
    assert (event.status, event.kind, event.raw[2].raw) == ("review", "unknown", "Terms Of Service")
    assert [finding.code for finding in event.findings] == ["IPA111"]


def test_documentation_addresses_go_to_review(registry: Registry) -> None:
    (event,) = read(page(row(T1, "198.51.100.11", "Login")), registry.specials).events
    assert (event.status, [finding.code for finding in event.findings]) == ("review", ["IPA013"])


@pytest.mark.parametrize(
    ("damaged", "code", "column"),
    [
        (row(T1, "1.0.16.7"), "IPA101", ""),
        (row(T1, "1.0.16.7", "Login", "x"), "IPA101", ""),
        ('<tr><td colspan="2">2025</td><td>1.0.16.7</td><td>Login</td></tr>\n', "IPA062", ""),
        (row("2025-07-04 14:49:25", "1.0.16.7", "Login"), "IPA161", "Timestamp"),
        (row("", "1.0.16.7", "Login"), "IPA160", "Timestamp"),
        (row(T1, "", "Login"), "IPA130", "IP Address"),
    ],
)
def test_a_damaged_row_is_one_reject(damaged: str, code: str, column: str) -> None:
    found = read(page(row(T1, "1.0.16.1", "Login"), damaged, row(T2, "1.0.16.2", "Login")))
    assert [event.address.text for event in found.events] == ["1.0.16.1", "1.0.16.2"]
    (reject,) = found.rejects
    assert (reject.code, reject.column) == (code, column)
    assert reject.raw


def test_end_tags_that_html_lets_be_omitted_are_not_missed() -> None:
    found = read(page("<tr><td>" + T1 + "<td>1.0.16.1<td>Login<tr><td>" + T2 + "<td><p>1.0.16.2</p><td>Login"))
    assert [event.address.text for event in found.events] == ["1.0.16.1", "1.0.16.2"]


def test_addresses_outside_the_table_are_named_not_read() -> None:
    found = read(page(row(T1, "1.0.16.7", "Login"), top=TOP + "<p>Terms of Service IP: 1.0.16.99</p>"))
    assert [event.address.text for event in found.events] == ["1.0.16.7"]
    assert any(finding.code == "IPA067" and "1.0.16.99" in finding.message.en for finding in found.findings)


def test_a_second_activity_table_is_read_too() -> None:
    found = read(page(row(T1, "1.0.16.7", "Login")) + f"<table>{HEADER}{row(T2, '1.0.16.8', 'Login')}</table>")
    assert [event.address.text for event in found.events] == ["1.0.16.7", "1.0.16.8"]


def test_accounts_that_contradict_each_other_are_not_chosen_from() -> None:
    top = TOP + "<div><b>Google Account ID</b>:</div><div>999</div>"
    (event,) = read(page(row(T1, "1.0.16.7", "Login"), top=top)).events
    assert (event.status, event.account.id, event.account.name) == ("review", None, None)
    bare = read(page(row(T1, "1.0.16.7", "Login"), top="<html><body><h3>IP ACTIVITY</h3>"))
    assert (bare.events[0].account.id, "IPA118" in {finding.code for finding in bare.findings}) == (None, True)


def test_no_table_and_no_row() -> None:
    with pytest.raises(InputError, match="no table"):
        read(TOP)
    assert [finding.code for finding in read(page()).findings] == ["IPA115"]


def test_a_page_cut_inside_a_comment_is_an_error_not_a_shorter_table() -> None:
    with pytest.raises(InputError, match="damaged"):
        read(page(row(T1, "1.0.16.1", "Login"), "<script>", row(T2, "1.0.16.2", "Login")))


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (page(), True),
        (page(top="<html><h3>IP Activity</h3>"), True),
        (page(top="<html>"), False),
        (TOP, False),
        ("time,ip\n2026-01-01T00:00:00Z,1.0.16.1\n", False),
    ],
)
def test_detect(text: str, fits: bool) -> None:  # noqa: FBT001 - a table column
    assert (google_html.detect(document(text), Options()) is not None) == fits


@given(
    st.lists(st.tuples(st.integers(0, 86399), st.sampled_from(["Login", "Logout", "?"]), st.booleans()), max_size=15)
)
def test_every_row_comes_back_as_it_was_written(rows: list[tuple[int, str, bool]]) -> None:
    written, expected = [], []
    for number, (second, kind, noise) in enumerate(rows):
        stamp = f"2025-07-04 {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} Z"
        written.append(row(stamp, f"1.0.16.{number}", kind))
        written.append("<!-- <tr><td>x</td></tr> -->\n<style>tr{}</style>" if noise else "")
        expected.append((stamp, f"1.0.16.{number}"))
    found = read(page(*written))
    assert [(event.instant.raw if event.instant else "", event.address.text) for event in found.events] == expected


def test_two_hundred_mutations_lose_no_row_and_pair_nothing_anew() -> None:
    chance = random.Random(20261121)  # noqa: S311 - a seeded test
    right = {(f"2025-07-{day:02} 14:49:25 Z", f"1.0.16.{day}") for day in range(1, 9)}
    original = page(*(row(stamp, address, "Login") for stamp, address in sorted(right)))
    read_in_full = 0
    for _ in range(200):
        tag = chance.random() < 0.5
        if tag:
            found = chance.choice(list(re.finditer(r"</?(?:tr|td|table)>", original)))
            text = original[: found.start()] + found[0] * chance.choice([0, 2]) + original[found.end() :]
        else:
            at = chance.randrange(len(original))
            text = (
                original[:at] + chance.choice(["", "<", ">", "<!--", "</", "x"]) + original[at + chance.randrange(4) :]
            )
        try:
            reading = read(text)
        except IpattrError:
            continue
        told = {(event.instant.raw, event.address.raw) for event in reading.events if event.instant}
        assert told <= right or not tag
        assert reading.rows >= 7
        read_in_full += told == right
    assert read_in_full > 40
