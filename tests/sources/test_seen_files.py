"""Hosts files and zone files: dated from outside, a bad row costs itself alone, and no other file is ever opened."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.errors import UsageError
from ipattr.sources.seen import read_seen

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import Imported, ImportForm

HOSTS = ("www.example.com", "api.example.com", "(unspecified host)")
DAY = "2016-08-02"


def read(text: str, form: ImportForm, *, observed_at: str = DAY, zone: str = "", vantage: str = "") -> Imported:
    return read_seen(
        text.encode(),
        form=form,
        platform="x",
        hosts=HOSTS,
        source="a forum thread",
        confidence="low",
        observed_at=observed_at,
        vantage=vantage,
        zone=zone,
    )


def pairs(said: Imported) -> list[tuple[str, str]]:
    return [(one.host, one.address) for one in said.observations]


def test_each_host_of_a_line_is_an_observation_of_the_day_told() -> None:
    said = read(
        "# old\n\n104.244.42.65\tWWW.example.com. api.example.com other.example # x\n", "hosts", vantage="Osaka"
    )
    assert (said.rows, said.taken, said.others) == (1, 1, 0)
    first, second = said.observations
    assert (first.id, first.host, first.rrtype, first.address) == ("imp:3", "www.example.com", "A", "104.244.42.65")
    assert (second.id, second.host) == ("imp:3.2", "api.example.com")
    assert (first.first_seen, first.last_seen, first.count) == (DAY, DAY, 1)
    assert (first.vantage, first.confidence, first.cname) == ("Osaka", "low", "")
    assert "not an answer of a name server" in first.note


def test_an_instant_dates_a_file_in_utc() -> None:
    said = read("192.0.2.1 www.example.com", "hosts", observed_at="2016-08-02T08:00:00+09:00")
    assert said.observations[0].first_seen == "2016-08-01T23:00:00Z"


@pytest.mark.parametrize(
    "when",
    [
        "",
        "2016",
        "2016-08",
        "20160802",
        "2016-13-01",
        "2016-08-02T08:00:00",
        "2016-08-02T08:00Z",
        "yesterday",
        "1980-01-01",
    ],
)
@pytest.mark.parametrize("form", ["hosts", "zone"])
def test_a_file_without_a_date_or_an_instant_with_its_offset_is_not_read(form: ImportForm, when: str) -> None:
    with pytest.raises(UsageError, match="2016-08-02"):
        read("192.0.2.1 www.example.com", form, observed_at=when)


def test_lines_that_block_a_host_are_kept_for_the_screening() -> None:
    said = read("0.0.0.0 www.example.com\n127.0.0.1 api.example.com\n::1 www.example.com\n", "hosts")
    assert [(one.rrtype, one.address, one.status) for one in said.observations] == [
        ("A", "0.0.0.0", "kept"),  # noqa: S104 - an address in a file
        ("A", "127.0.0.1", "kept"),
        ("AAAA", "::1", "kept"),
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("192.0.2.1", "IPA637"),
        ("192.0.2.1 # www.example.com", "IPA637"),
        ("192.0.2.1\u3000www.example.com", "IPA637"),
        ("192.0.2.300 www.example.com", "IPA636"),
        ("fe80::1%lo0 www.example.com", "IPA636"),
        ("www.example.com 192.0.2.1 www.example.com", "IPA636"),
        ("192.0.2.1 日本.example", "IPA633"),
        ("192.0.2.1 a\x00b", "IPA633"),
        ("192.0.2.1 " + "a" * 1_000_001, "IPA631"),
    ],
)
def test_a_hosts_line_that_says_no_address_of_a_name_is_refused(line: str, code: str) -> None:
    said = read(f"192.0.2.9 www.example.com\n{line}\n192.0.2.10 www.example.com\n", "hosts")
    assert (said.rows, said.taken) == (3, 2)
    assert [(why.row, why.code) for why in said.rejects] == [(2, code)]


def test_lines_about_other_hosts_are_counted_and_need_no_good_address() -> None:
    said = read("fe80::1%lo0 localhost\n192.0.2.1 mail.example.com\n", "hosts")
    assert (said.rows, said.others, said.rejects) == (2, 2, ())


ZONE = """\
$ORIGIN example.com.
$TTL 1h
@       IN SOA ns1 hostmaster (
            2024061701 ; serial
            3600 600 86400 300 )
        NS  ns1
www     300 IN A 192.0.2.1
        IN AAAA 2001:db8::1     ; of www still
api     CNAME edge.cdn.example.
ns1     A 192.0.2.53
txt     TXT "a ; b ( c" "日本"
"""


def test_a_zone_file_is_read_as_rfc_1035_has_it() -> None:
    said = read(ZONE, "zone")
    assert pairs(said) == [("www.example.com", "192.0.2.1"), ("www.example.com", "2001:db8::1")]
    assert [one.id for one in said.observations] == ["imp:7", "imp:8"]
    assert (said.rows, said.taken, said.others, said.rejects) == (7, 2, 5, ())
    first = said.observations[0]
    assert (first.first_seen, first.last_seen, first.count, first.vantage) == (DAY, DAY, 1, "unknown")
    assert first.note == "file row 7; zone file, dated as told"


def test_an_alias_is_followed_inside_the_zone() -> None:
    said = read("www CNAME a\na CNAME b.cdn.example.\nb.cdn.example. A 192.0.2.7\n", "zone", zone="example.com")
    (one,) = said.observations
    assert (one.host, one.address, one.cname) == ("www.example.com", "192.0.2.7", "a.example.com > b.cdn.example")
    assert (one.first_seen, one.last_seen, one.count) == (DAY, DAY, 1)
    assert one.note == "file row 3; an alias of the host by file rows 1, 2; zone file, dated as told"
    assert said.taken == 3


def test_a_later_origin_may_be_relative_and_may_leave_the_zone() -> None:
    text = "$ORIGIN com.\n$ORIGIN example\nwww A 192.0.2.1\n$ORIGIN example.net.\nwww A 192.0.2.2\n"
    text += "api.example.com. A 192.0.2.3\n"
    assert pairs(read(text, "zone")) == [("www.example.com", "192.0.2.1"), ("api.example.com", "192.0.2.3")]


def test_a_relative_name_without_an_origin_is_refused() -> None:
    said = read("www A 192.0.2.1\nwww.example.com. A 192.0.2.2\napi.example.com. CNAME edge\n", "zone")
    assert pairs(said) == [("www.example.com", "192.0.2.2")]
    assert [why.row for why in said.rejects] == [1, 3]
    assert "relative" in said.rejects[0].reason.en


def test_an_include_is_refused_and_opens_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "other.zone"
    other.write_text("www.example.com. A 192.0.2.66\n")
    opened: list[object] = []
    real = builtins.open

    def watched(file: object, *arguments: object, **named: object) -> object:
        opened.append(file)
        return real(file, *arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "open", watched)
    for word in ("$INCLUDE", "$include"):
        said = read(f"www.example.com. A 192.0.2.1\n{word} {other}\n", "zone")
        assert pairs(said) == [("www.example.com", "192.0.2.1")]
        assert [(why.row, why.code) for why in said.rejects] == [(2, "IPA638")]
    assert str(other) not in map(str, opened)


@pytest.mark.parametrize("line", ["$GENERATE 0-4294967295 h$ A 192.0.2.1", "$FOO bar", "$ORIGIN;x"])
def test_control_entries_beyond_the_standard_are_refused(line: str) -> None:
    said = read(f"{line}\nwww.example.com. A 192.0.2.1\n", "zone")
    assert (said.rows, said.taken) == (2, 1)
    assert [why.code for why in said.rejects] == ["IPA638"]


@pytest.mark.parametrize(
    "line", ["$ORIGIN", "$ORIGIN .. x", "$ORIGIN 日本.", "$ORIGIN;example.net.", "$ORIGIN example.net"]
)
def test_after_a_bad_origin_no_relative_name_is_taken_for_another(line: str) -> None:
    said = read(f"{line}\nwww A 192.0.2.1\n$ORIGIN example.com.\nwww A 192.0.2.2\n", "zone")
    assert pairs(said) == [("www.example.com", "192.0.2.2")]
    assert [why.row for why in said.rejects] == [1, 2]


def test_after_a_bad_owner_no_record_is_given_to_another() -> None:
    said = read("www.example.com. A 192.0.2.1\nbad..name. A 192.0.2.2\n  A 192.0.2.3\n", "zone")
    assert pairs(said) == [("www.example.com", "192.0.2.1")]
    assert [why.row for why in said.rejects] == [2, 3]


def test_after_a_bad_value_the_owner_stands() -> None:
    said = read("www.example.com. A 192.0.2.300\n\tA 192.0.2.3\n$TTL 5\n  A 192.0.2.4\n", "zone")
    assert pairs(said) == [("www.example.com", "192.0.2.3"), ("www.example.com", "192.0.2.4")]
    assert [why.row for why in said.rejects] == [1]


def test_a_first_record_without_a_name_has_none() -> None:
    said = read("  A 192.0.2.3\n", "zone", zone="www.example.com")
    assert (said.taken, said.rejects[0].code) == (0, "IPA637")


def test_a_parenthesis_that_never_closes_swallows_nothing() -> None:
    said = read("a.example. SOA x y (\nwww.example.com. A 192.0.2.1\n" + "z.example. A 192.0.2.2\n" * 600, "zone")
    assert pairs(said) == [("www.example.com", "192.0.2.1")]
    assert (said.rows, [why.row for why in said.rejects]) == (602, [1])


@pytest.mark.parametrize(
    "line",
    [
        "www.example.com. A 192.0.2.1 )",
        'www.example.com. TXT "open',
        "www.example.com. CH A 192.0.2.1",
        "www.example.com. NOTYPE 5",
        "www.example.com.",
        "日本.example. A 192.0.2.1",
        "www.example.com. CNAME 日本.example.",
        "www.example.com. A 192.0.2.1 192.0.2.2",
        "www.example.com. A \\# 3 c00002",
        "www.example.com. 99999999999 A 192.0.2.1",
    ],
)
def test_a_bad_record_costs_itself_alone(line: str) -> None:
    said = read(f"api.example.com. A 192.0.2.8\n{line}\napi.example.com. A 192.0.2.9\n", "zone")
    assert (said.rows, said.taken) == (3, 2)
    assert [(why.row, why.code) for why in said.rejects] == [(2, "IPA637")]


def test_a_huge_record_is_refused_before_it_is_parsed() -> None:
    said = read(f"a.example. TXT {'x' * 1_000_001}\nwww.example.com. A 192.0.2.1\n", "zone")
    assert (said.taken, [(why.row, why.code) for why in said.rejects]) == (1, [(1, "IPA631")])


def test_a_zone_that_is_no_name_is_refused() -> None:
    with pytest.raises(UsageError, match="zone"):
        read("", "zone", zone="日本.example")


def test_the_sample_files_read_as_a_whole(root: Path) -> None:
    hosts = read((root / "tests/seen/hosts.txt").read_text(encoding="utf-8"), "hosts")
    assert (hosts.rows, hosts.taken, len(hosts.rejects), hosts.others) == (4, 2, 1, 1)
    zone = read((root / "tests/seen/example.zone").read_text(encoding="utf-8"), "zone")
    assert (zone.rows, zone.taken, len(zone.rejects), zone.others) == (6, 4, 0, 2)
    assert pairs(zone) == [
        ("www.example.com", "192.0.2.1"),
        ("www.example.com", "192.0.2.2"),
        ("api.example.com", "198.51.100.7"),
    ]


_PIECES = st.sampled_from(
    ["192.0.2.1", "www.example.com", "www", "A", "CNAME", "IN", "$ORIGIN", "$TTL", "example.com.", " ", "\t", "\n",
     "\r", "(", ")", '"', ";", "#", "\\", "\x00", "日本", "@", "3600", "2001:db8::1"]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=30).map(" ".join), st.lists(_PIECES).map("".join))


@given(_TEXTS, st.sampled_from(["hosts", "zone"]), st.sampled_from(["", "example.com"]))
def test_any_text_is_read_and_no_row_is_lost(text: str, form: ImportForm, zone: str) -> None:
    said = read(text, form, zone=zone if form == "zone" else "")
    assert said.rows == said.taken + len(said.rejects) + said.others
    assert min(said.taken, said.others) >= 0
    assert bool(said.observations) == bool(said.taken)
    assert all(one.host in HOSTS for one in said.observations)


@given(st.binary(max_size=200), st.sampled_from(["cof", "dnsx"]))
def test_any_bytes_that_decode_are_read(data: bytes, form: ImportForm) -> None:
    text = data.decode("utf-8", "ignore").encode().lstrip(b"\xef\xbb\xbf")
    said = read_seen(text, form=form, platform="x", hosts=HOSTS, source="s", confidence="low")
    assert said.rows == said.taken + len(said.rejects) + said.others
