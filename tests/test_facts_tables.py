"""The tables of ``data/``: they load by type, cite what exists, match their manifests, and carry every fact row."""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from ipattr.addresses import prefix_range
from ipattr.model import (
    Calendar,
    Citation,
    NonAccess,
    Observation,
    Platform,
    PracticeRange,
    SpecialBlock,
)
from ipattr.model.facts import AccessType
from ipattr.readers.mapping import FIELDS

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
FACTS = ROOT.parent / "shared" / "facts"

# The two instants that bound the change of X to Cloudflare: the facts give them to the minute, the table only the day.
TIMED = {
    ("twitter.com", "104.244.42.129", "yyfleo"): ("2020-06-30", "2025-03-10T00:40Z"),
    ("twitter.com", "162.159.140.229", "yyfleo"): ("2025-03-11T00:49Z", "2026-08-20"),
}
OBSERVATION_SOURCES = {
    "github.com/yyfleo/AutoUpdateHost docs/hosts history": "yyfleo",
    "github.com/DKHNV/X-Twitter dns/x-twitter/state.json history": "DKHNV",
    "github.com/DKHNV/X-Twitter later report excerpt (code search)": "DKHNV-later",
    "i2law.con10ts.com/2020/04/22 (law-firm page, 2020-04, still so in 2023)": "S20",
    "d60/twikit issue 125": "twikit#125",
    "abngsa/smarthosts issue 116": "smarthosts#116",
    "lennylxx/ipv6-hosts issue 66": "ipv6-hosts#66",
    "lennylxx/ipv6-hosts issue 7 (user-picked reachable IP)": "ipv6-hosts#7",
    "public hosts-file thread": "hosts-file-thread",
}
PREFIX_SOURCES = {
    "announced (ipverse/asn-ip)": "S22",
    "SecOps-Institute/TwitterIPLists": "SecOps-Institute/TwitterIPLists",
}


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _facts(name: str) -> list[dict[str, str]]:
    path = FACTS / name
    if not path.is_file():
        pytest.skip(f"the compiled facts are not beside this checkout: no {name}")
    return [{key: value.strip() for key, value in row.items()} for row in _rows(path)]


def _split(cell: str, mark: str = ";") -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(mark) if part.strip())


def _nonaccess() -> dict[str, NonAccess]:
    found: dict[str, NonAccess] = {}
    for path in sorted((DATA / "nonaccess").glob("*.toml")):
        networks = msgspec.convert(_toml(path)["network"], tuple[NonAccess, ...])
        assert {network.category for network in networks} == {path.stem}
        assert not found.keys() & {network.id for network in networks}
        found |= {network.id: network for network in networks}
    return found


def _platforms() -> dict[str, Platform]:
    found = {path.stem: msgspec.convert(_toml(path), Platform) for path in sorted((DATA / "platforms").glob("*.toml"))}
    assert all(platform.id == stem for stem, platform in found.items())
    return found


def _observations(platform: str = "x") -> list[Observation]:
    rows = _rows(DATA / "observations" / f"{platform}.csv")
    assert tuple(rows[0]) == tuple(name for name in Observation.__struct_fields__ if name != "longest_gap")
    return [msgspec.convert({**row, "count": row["count"] or None}, Observation, strict=False) for row in rows]


def _observed() -> list[str]:
    return sorted(path.stem for path in (DATA / "observations").glob("*.csv"))


def _practice_text() -> str:
    path = FACTS / "practice.md"
    if not path.is_file():
        pytest.skip("the compiled facts are not beside this checkout: no practice.md")
    return path.read_text(encoding="utf-8")


def _citations() -> tuple[Citation, ...]:
    return msgspec.convert(_toml(DATA / "citations.toml")["citation"], tuple[Citation, ...])


def _practice() -> tuple[PracticeRange, ...]:
    return msgspec.convert(_toml(DATA / "practice.toml")["range"], tuple[PracticeRange, ...])


def _specials(name: str) -> list[SpecialBlock]:
    reachable = {"true": True, "false": False, "": None}
    return [
        msgspec.convert(
            {
                **{key: row[key] for key in ("prefix", "name", "rfc", "allocated", "terminated")},
                "globally_reachable": reachable[row["globally_reachable"]],
                "meaning": {"ja": row["meaning_ja"], "en": row["meaning_en"]},
            },
            SpecialBlock,
        )
        for row in _rows(DATA / "special" / name)
    ]


def test_every_nonaccess_row_is_carried() -> None:
    networks = _nonaccess()
    rows = _facts("nonaccess.csv")
    assert networks.keys() == {row["id"] for row in rows}
    for row in rows:
        network = networks[row["id"]]
        globs = _split(row["rdns_patterns"], "|")
        assert network.ptr == tuple(glob.removesuffix("(K)").strip() for glob in globs)
        assert all(f"ptr {glob.removesuffix('(K)').strip()}: K." in network.notes for glob in globs if "(K)" in glob)
        assert network.notes.startswith(row["notes"])
        assert (network.name, network.category, network.operator) == (row["name"], row["category"], row["operator"])
        assert network.asns == tuple(map(int, _split(row["asns"])))
        assert (network.as_tags, network.feed) == (row["asn_names_or_tags"], row["prefix_feed"])
        assert (network.sources, network.confidence) == (_split(row["sources"]), row["confidence"])


def test_equal_published_meanings_stay_equal_and_distinct_ones_distinct() -> None:
    networks = _nonaccess()
    pairs = {
        (row["what_a_hit_means"], networks[row["id"]].meaning, networks[row["id"]].next_step)
        for row in _facts("nonaccess.csv")
    }
    assert len(pairs) == len({published for published, _, _ in pairs}) == len({ours for _, ours, _ in pairs})


def test_every_nonaccess_network_says_what_it_means_and_what_is_next_in_both_languages() -> None:
    for network in _nonaccess().values():
        for text in (network.meaning, network.next_step):
            assert re.search(r"[ぁ-ん]", text.ja), network.id
            assert text.en, network.id
            assert not re.search(r"[ぁ-んァ-ヶ一-龠]", text.en), network.id


def test_every_platform_row_is_carried() -> None:
    platforms = _platforms()
    rows = _facts("platforms.csv")
    assert platforms.keys() == {row["id"] for row in rows}
    for row in rows:
        platform = platforms[row["id"]]
        assert platform.name == row["platform"]
        assert (platform.operator_ja, platform.operator_en) == (row["operator_ja"], row["operator_en"])
        assert (platform.seat, platform.former_names) == (row["jurisdiction_or_address"], row["former_names"])
        dns_text = row["prefixes_or_dns"].replace("x_dns_observations.csv", "data/observations/x.csv")
        assert (platform.domains, platform.dns_text) == (row["login_post_domains"], dns_text)
        assert platform.asns == tuple(map(int, _split(row["asns"])))
        assert platform.logs_text == row["logs_and_keys_reported"]
        assert platform.third_party_text == row["third_party_notes"]
        assert (platform.sources, platform.confidence) == (_split(row["sources"]), row["confidence"])
        assert platform.notes == row["notes"].replace("Single vantage: see providers.md.", "Single vantage.")


def test_every_prefix_of_x_is_carried() -> None:
    ours = [(p.asn, p.prefix, p.source, p.as_of) for p in _platforms()["x"].prefixes]
    given = [
        (row["asn"], row["prefix"], PREFIX_SOURCES[row["source"]], row["as_of"]) for row in _facts("x_prefixes.csv")
    ]
    assert ours == given
    assert all(prefix_range(prefix) for _, prefix, _, _ in ours)


def test_every_observation_row_is_carried() -> None:
    ours = {
        (one.host, one.rrtype, one.address, one.source, one.first_seen, one.last_seen): one for one in _observations()
    }
    for row in _facts("x_dns_observations.csv"):
        source = OBSERVATION_SOURCES[row["source"]]
        seen = TIMED.get((row["host"], row["ip"], source), (row["first_seen"], row["last_seen"]))
        one = ours[(row["host"], row["rrtype"], row["ip"], source, *seen)]
        assert one.count == (int(row["n_observation_days_or_checks"]) if row["n_observation_days_or_checks"] else None)
        assert one.vantage == row["vantage"] or row["vantage"] == "as DKHNV"
        verdict = ("rejected", "none") if row["confidence"] == "discard" else ("kept", row["confidence"])
        if "not a DNS answer" in row["note"]:
            verdict = ("rejected", row["confidence"])
        assert (one.status, one.confidence) == verdict
        note = f"CNAME {one.cname}" if one.cname else one.note
        assert note == row["note"].removeprefix("DISCARD: ")


@pytest.mark.parametrize("platform", _observed())
def test_observations_have_ordered_ids_times_and_reasons(platform: str) -> None:
    observations = _observations(platform)
    assert [one.id for one in observations] == [f"{platform}{number:03}" for number in range(1, len(observations) + 1)]
    assert {one.platform for one in observations} == {platform}
    moment = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}Z)?)?)?")
    for one in observations:
        assert moment.fullmatch(one.first_seen), one.id
        assert moment.fullmatch(one.last_seen), one.id
        shared = min(len(one.first_seen), len(one.last_seen))
        assert one.first_seen[:shared] <= one.last_seen[:shared], one.id
        assert one.status == "kept" or one.note, one.id
        assert prefix_range(f"{one.address}/32"), one.id
    keys = Counter((one.host, one.address, one.source, one.first_seen) for one in observations)
    assert max(keys.values()) == 1


def test_the_change_to_cloudflare_is_given_to_the_minute() -> None:
    for (host, address, source), seen in TIMED.items():
        matches = [one for one in _observations() if (one.host, one.address, one.source) == (host, address, source)]
        assert [(one.first_seen, one.last_seen) for one in matches] == [seen]


def test_the_candidate_list_of_the_law_firm_is_carried_host_by_host() -> None:
    """practice.md section 0: the last octets of 104.244.42.0/24 by domain, as filed in requests (source S20)."""
    rows = re.findall(r"^\| ([a-z.]+\.[a-z]+) \| ((?:\.\d+ ?)+)\|$", _practice_text(), re.MULTILINE)
    assert len(rows) == 6
    filed = {(host, f"104.244.42{octet}") for host, octets in rows for octet in octets.split()}
    assert {(one.host, one.address) for one in _observations() if one.source == "S20"} == filed
    hosts = {host.name: host for host in _platforms()["x"].hosts}
    assert all(hosts[host].candidate for host, _ in rows)


def test_every_host_that_the_dated_table_names_is_in_the_profile_of_x() -> None:
    """practice.md section 3.3; names behind an arrow are CNAME targets and are asked for by no client."""
    table = _practice_text().partition("### 3.3")[2].partition("### 3.4")[0]
    named = {
        host
        for row in re.findall(r"^\| [^|]+ \| ([^|]+) \|", table, re.MULTILINE)
        for host in re.findall(r"[a-z.]*\b(?:x\.com|twitter\.com|t\.co|twimg\.com)\b", row.partition("→")[0])
    }
    assert {"x.com", "www.x.com", "api.x.com", "t.co", "upload.twitter.com", "abs.twimg.com"} <= named
    assert named <= {host.name for host in _platforms()["x"].hosts}


def _domains(cell: str) -> list[str]:
    """Return the names of ``login_post_domains``; words in brackets are remarks, ``td/s.x`` are two names."""
    return [
        name if not lead else f"{lead}.{name.partition('.')[2]}"
        for name in _split(cell)
        if not name.startswith("(")
        for lead in (name.partition(".")[0].split("/") if "/" in name else [""])
    ]


def test_every_login_and_post_domain_is_a_candidate_host() -> None:
    platforms = _platforms()
    rows = _facts("platforms.csv")
    assert _domains(rows[0]["login_post_domains"])[-2:] == ["td.twitter.com", "s.twitter.com"]
    assert all(_domains(row["login_post_domains"]) for row in rows)
    for row in rows:
        hosts = {host.name: host for host in platforms[row["id"]].hosts}
        for name in _domains(row["login_post_domains"]):
            assert hosts[name].candidate, name


def test_a_role_is_what_the_name_says_and_no_more() -> None:
    """Only X has roles from a source or documented use; elsewhere the first label decides, or nothing does."""
    said = {"login": "login", "accounts": "login", "www": "web", "m": "mobile"}
    for platform in _platforms().values():
        for host in platform.hosts if platform.id != "x" else ():
            assert host.role == said.get(host.name.partition(".")[0], "unknown"), host.name
            assert not host.reference, host.name


def test_hosts_beyond_the_domains_are_there_for_an_observation_only() -> None:
    for row in _facts("platforms.csv"):
        if row["id"] != "x":
            further = {host.name for host in _platforms()[row["id"]].hosts} - set(_domains(row["login_post_domains"]))
            seen = {one.host for one in _observations(row["id"])} if row["id"] in _observed() else set()
            assert further == seen, row["id"]
            assert all(name.startswith("(") for name in further)


def test_the_only_observations_besides_those_of_x_are_the_two_of_meta() -> None:
    """A full address of the facts is carried as dated there; where a host, day or place is not stated, none is."""
    cells = {row["id"]: row["prefixes_or_dns"] for row in _facts("platforms.csv") if row["id"] != "x"}
    addresses = {name: re.findall(r"\b\d+\.\d+\.\d+\.\d+\b(?!/)", cell) for name, cell in cells.items()}
    ours = {name: [one.address for one in _observations(name)] for name in _observed() if name != "x"}
    assert ours == {name: found for name, found in addresses.items() if found}
    facebook, instagram = _observations("facebook")[0], _observations("instagram")[0]
    assert cells["facebook"].endswith("(2026-08, one vantage)")
    assert (facebook.first_seen, facebook.last_seen) == ("2026-08", "2026-08")
    assert facebook.vantage == "one vantage (unspecified)"
    assert cells["instagram"].endswith("(2026)")
    assert (instagram.first_seen, instagram.last_seen, instagram.vantage) == ("2026", "2026", "unknown")
    for one in (facebook, instagram):
        assert (one.count, one.confidence, one.status) == (None, "low", "kept")
        assert one.host.startswith("(unspecified")
        assert one.note


def test_every_block_in_the_platform_facts_is_carried() -> None:
    platforms = _platforms()
    for row in _facts("platforms.csv"):
        if row["id"] != "x":
            given = re.findall(r"\b\d+\.\d+\.\d+\.\d+/\d+", row["prefixes_or_dns"])
            assert [block.prefix for block in platforms[row["id"]].prefixes] == given, row["id"]
    (block,) = platforms["yahoo"].prefixes
    assert (block.prefix, block.asn) == ("182.22.128.0/17", "17676")


def test_observations_say_where_they_come_from_and_that_none_is_from_japan() -> None:
    for name in _observed():
        note = _platforms()[name].observation_note
        assert note is not None
        assert "日本国内から" in note.ja
        assert re.search(r"none (was|is known to have been) made from Japan", note.en)


def test_every_observed_host_of_x_has_a_role_and_unnamed_ones_are_no_candidates() -> None:
    hosts = {host.name: host for host in _platforms()["x"].hosts}
    assert {one.host for one in _observations()} <= hosts.keys()
    named = {"x.com", "twitter.com", "api.x.com", "api.twitter.com", "mobile.twitter.com", "upload.twitter.com", "t.co"}
    assert all(hosts[name].candidate for name in named | {"td.twitter.com", "s.twitter.com"})
    barred = {"media", "mail", "widget", "support"}
    assert not [host.name for host in hosts.values() if host.candidate and host.role in barred]
    assert not hosts["(unspecified twitter host)"].candidate
    assert [host.name for host in hosts.values() if host.reference] == ["twitter.com"]


@pytest.mark.parametrize(
    ("ours", "given"), [("networks/prefixes.csv", "networks.csv"), ("networks/ases.csv", "ases.csv")]
)
def test_network_tables_are_the_facts(ours: str, given: str) -> None:
    assert _rows(DATA / ours) == _facts(given)


def test_the_as_numbers_without_a_list_are_named_and_absent() -> None:
    facts = FACTS / "README.md"
    if not facts.is_file():
        pytest.skip("the compiled facts are not beside this checkout: no README.md")
    published = re.search(r"not in it \(no list was available\): ([\d ]+)\.", facts.read_text(encoding="utf-8"))
    assert published
    table = next(
        table for table in _toml(DATA / "networks" / "manifest.toml")["table"] if table["file"] == "prefixes.csv"
    )
    stated = re.search(r"no list was available: ([\d ]+)\.", table["note"])
    assert stated
    assert stated[1] == published[1]
    assert not set(stated[1].split()) & {row["origin_asn"] for row in _rows(DATA / "networks" / "prefixes.csv")}


def test_each_as_lists_as_many_prefixes_as_it_states() -> None:
    counted = Counter(row["origin_asn"] for row in _rows(DATA / "networks" / "prefixes.csv"))
    stated = {row["asn"]: int(row["prefixes"]) for row in _rows(DATA / "networks" / "ases.csv")}
    assert {asn: count for asn, count in stated.items() if count} == counted


def test_every_ipv4_address_has_one_registry_area_and_the_registries_are_the_known_ones() -> None:
    areas = _rows(DATA / "networks" / "areas.csv")
    assert {row["registry"] for row in areas} == {"ARIN", "APNIC", "RIPE NCC", "LACNIC", "AFRINIC", "IANA"}
    first = {prefix_range(row["prefix"])[1] >> 24 for row in areas if row["prefix"].endswith(".0.0.0/8")}
    assert first == set(range(256))
    known = {row["prefix"]: row["registry"] for row in areas}
    assert (known["43.0.0.0/8"], known["126.0.0.0/8"], known["2400::/12"]) == ("APNIC", "APNIC", "APNIC")


@pytest.mark.parametrize("folder", ["networks", "special"])
def test_manifests_state_the_bytes_and_rows_of_every_table(folder: str) -> None:
    tables = _toml(DATA / folder / "manifest.toml")["table"]
    assert {table["file"] for table in tables} == {path.name for path in (DATA / folder).glob("*.csv")}
    for table in tables:
        path = DATA / folder / table["file"]
        assert table["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest(), table["file"]
        assert table["rows"] == len(_rows(path)), table["file"]


@pytest.mark.parametrize(("name", "rows"), [("ipv4.csv", 27), ("ipv6.csv", 26)])
def test_special_purpose_registries_are_complete_and_distinct(name: str, rows: int) -> None:
    blocks = _specials(name)
    assert len({prefix_range(block.prefix) for block in blocks}) == len(blocks) == rows
    for block in blocks:
        assert re.fullmatch(r"RFC \d+(; RFC \d+)*", block.rfc), block.prefix
        assert re.search(r"[ぁ-ん]", block.meaning.ja), block.prefix
        assert block.meaning.en, block.prefix


def test_special_purpose_blocks_say_what_a_disclosed_log_means_by_them() -> None:
    blocks = {block.prefix: block for name in ("ipv4.csv", "ipv6.csv") for block in _specials(name)}
    assert "Xの返信" in blocks["10.0.0.0/8"].meaning.ja
    assert "CGN" in blocks["100.64.0.0/10"].meaning.ja
    assert blocks["192.0.2.0/24"].meaning == blocks["2001:db8::/32"].meaning == blocks["3fff::/20"].meaning
    carriers = {prefix for prefix, block in blocks.items() if "IPv4 address" in block.meaning.en}
    assert carriers == {"::ffff:0:0/96", "64:ff9b::/96", "2001::/32", "2002::/16"}
    assert {prefix for prefix, block in blocks.items() if block.globally_reachable is None} == {
        "192.88.99.0/24",
        "224.0.0.0/4",
        "2001::/32",
        "2001:10::/28",
        "2002::/16",
        "ff00::/8",
    }


def test_column_names_stand_for_one_field_each() -> None:
    # A date or a zone in a column of its own is known by names that stand in the code.
    fields = tuple(field for field in FIELDS if field not in {"date", "zone"})
    general = msgspec.convert(_toml(DATA / "columns.toml"), dict[str, tuple[str, ...]])
    assert set(general) == set(fields)
    for platform in (None, *_platforms().values()):
        own = platform.columns if platform else {}
        assert set(own) <= set(fields)
        owner: dict[str, str] = {}
        for field in fields:
            for name in (*general[field], *own.get(field, ())):
                key = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name).casefold())
                assert owner.setdefault(key, field) == field, name


def test_each_kind_of_access_has_one_range_of_practice_that_says_it_is_no_own_figure() -> None:
    ranges = _practice()
    kinds = Counter(kind for one in ranges for kind in one.access)
    assert kinds == dict.fromkeys(get_args(AccessType), 1)
    for one in ranges:
        assert one.low.unit == one.high.unit == "month"
        assert one.low.value <= one.high.value
        assert "公表値ではない" in one.text.ja
        assert "not this provider's own figure" in one.text.en


def test_every_code_that_is_used_is_a_citation() -> None:
    codes = {citation.code for citation in _citations()}
    calendar = msgspec.convert(_toml(DATA / "calendar.toml"), Calendar)
    used = {code for network in _nonaccess().values() for code in network.sources}
    used |= {code for platform in _platforms().values() for code in platform.sources}
    used |= {prefix.source for platform in _platforms().values() for prefix in platform.prefixes}
    used |= {one.source for name in _observed() for one in _observations(name)}
    used |= {platform.observation_source for platform in _platforms().values()} - {""}
    used |= {policy.source for one in _practice() for policy in (one.low, one.high)}
    used |= {rfc for name in ("ipv4.csv", "ipv6.csv") for block in _specials(name) for rfc in block.rfc.split("; ")}
    used |= {
        table["source"]
        for folder in ("networks", "special")
        for table in _toml(DATA / folder / "manifest.toml")["table"]
    }
    used.add(calendar.source)
    assert used <= codes, used - codes


def test_every_source_code_of_the_provider_facts_is_a_citation() -> None:
    codes = {citation.code for citation in _citations()}
    used = {code for row in _facts("providers.csv") for code in _split(row["sources"])}
    assert used <= codes, used - codes


def test_citation_codes_are_unique_and_titled() -> None:
    citations = _citations()
    assert max(Counter(citation.code for citation in citations).values()) == 1
    assert all(citation.title for citation in citations)
