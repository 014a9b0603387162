"""The provider facts under ``data/providers``: they load, agree among themselves, and lost nothing published."""

from __future__ import annotations

import csv
import ipaddress
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from ipattr.model import AttributionStatus, Provider

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "data" / "providers"
FILES = sorted(FOLDER.glob("*.toml"))
ROUTES = ROOT.parent / "shared" / "facts" / "networks.csv"
COMPILED = ROOT.parent / "shared" / "facts" / "providers.csv"
LEVELS = ("none", "low", "medium", "high")


def load(path: Path) -> Provider:
    """Return one provider file as the model type."""
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Provider)


PROVIDERS = {path.stem: load(path) for path in FILES}


def nfkc(text: str) -> str:
    """Return ``text`` as names are compared: full-width Latin letters and Latin ones are the same."""
    return unicodedata.normalize("NFKC", text)


def strings_of(value: object) -> list[str]:
    """Return every string inside a parsed TOML value."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings_of(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings_of(item)]
    return [str(value)]


def specimen(regex: str) -> str:
    """Return a host name that a pattern of this table was written for."""
    text = regex.removeprefix("^").removesuffix("$")
    text = text.replace(r"(?:\.\d+){3}", ".2.3.4")
    text = re.sub(r"\(\?:([^|)]*)\|[^)]*\)", r"\1", text)
    text = re.sub(r"\\d\{(\d+)\}", lambda count: "0" * int(count[1]), text)
    text = re.sub(r"\[0-9a-f\]\{(\d+)\}", lambda count: "a" * int(count[1]), text)
    text = text.replace(r"\d+", "1").replace("[a-f]", "a").replace("[a-z0-9-]+", "tokyo").replace(".+", "p1")
    return text.replace(r"\.", ".")


# ------ every file by itself


def test_there_are_files() -> None:
    assert len(FILES) >= 188


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_loads_and_is_named_after_its_id(path: Path) -> None:
    first_line = path.read_text(encoding="utf-8").splitlines()[0]
    assert load(path).id == path.stem
    assert first_line.startswith("# ")


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
def test_patterns_compile_and_the_first_match_is_the_most_specific(provider: Provider) -> None:
    compiled = [re.compile(pattern.regex, re.IGNORECASE) for pattern in provider.ptr]
    for own in compiled:
        host = specimen(own.pattern)
        first = next(pattern for pattern in compiled if pattern.fullmatch(host))
        assert first is own, f"{first.pattern} hides {own.pattern} for {host}"


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
def test_prefixes_and_examples_are_canonical(provider: Provider) -> None:
    for block in provider.prefixes:
        assert str(ipaddress.ip_network(block.prefix)) == block.prefix
    for example in provider.examples:
        assert str(ipaddress.ip_address(example.address)) == example.address
        assert example.status in get_args(AttributionStatus)
        assert (example.status == "attributed") == bool(example.addressee)


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
def test_key_rules_always_hold_source_ip_and_time(provider: Provider) -> None:
    for rule in provider.keys:
        for needed in rule.any_of:
            assert {"source-ip", "time"} <= set(needed)
            assert len(set(needed)) == len(needed)
        assert rule.text.ja != rule.text.en
        if rule.since and rule.until:
            assert rule.since <= rule.until


# ------ the files together


def test_addressees_are_provider_ids() -> None:
    named = {rule.provider for provider in PROVIDERS.values() for rule in provider.addressees}
    named |= {example.addressee for provider in PROVIDERS.values() for example in provider.examples} - {""}
    assert named <= PROVIDERS.keys()


def test_an_own_as_has_one_legal_entity() -> None:
    entities: dict[int, set[str]] = {}
    for provider in PROVIDERS.values():
        for claim in provider.asns:
            if claim.role == "own":
                entities.setdefault(claim.number, set()).add(provider.entity.ja or provider.entity.en)
    assert {number: names for number, names in entities.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    ("provider", "host", "service"),
    [
        ("docomo", "sp1-72-0-10.msa.spmode.ne.jp", "mobile"),
        ("docomo", "p100.smd04.spmode.ne.jp", "mobile"),
        ("docomo", "x1.air.mopera.net", "mopera-u"),
        ("docomo-ocn-consumer", "p1234-ipoe.ipoe.ocn.ne.jp", "map-e"),
        ("docomo-ocn-consumer", "p1234-ipoefx.ipoe.ocn.ne.jp", "ipoe-fixed"),
        ("docomo-ocn-consumer", "p1234-mobac01.tokyo.ocn.ne.jp", "mobile"),
        ("docomo-ocn-consumer", "p1234-ipngn100101osakachuo.osaka.ocn.ne.jp", ""),
        ("kddi-au", "KD106128000010.au-net.ne.jp", "mobile"),
        ("kddi-au", "kd106128000010.au-net.ne.jp", "mobile"),
        ("kddi-au", "KD059000000010.au-net.ne.jp", ""),
        ("kddi-au", "UQ036000000010.au-net.ne.jp", "uq"),
        ("softbank-mobile", "pw126000000010.12.panda-world.ne.jp", "mobile"),
        ("softbank-mobile", "softbank036000000010.bbtec.net", "mobile"),
        ("softbank-fixed", "softbank126000000010.bbtec.net", "fixed"),
        ("softbank-fixed", "softbank036000000010.bbtec.net", ""),
        ("sonet", "p1-2.tokynt01.ap.so-net.ne.jp", "so-net"),
        ("sonet", "fp1.ap.nuro.jp", "nuro"),
        ("nifty", "nttkyo001.ppp.infoweb.ne.jp", "consumer"),
        ("nifty", "fenics001.wlan.ppp.infoweb.ne.jp", "mobile"),
        ("iij", "nptty1.rev.vmobile.jp", "mobile"),
        ("jpix-v6plus", "M106072000010.v4.enabler.ne.jp", "map-e"),
        ("multifeed-transix", "192.0.2.1.shared.user.transix.jp", "ds-lite"),
        ("multifeed-transix", "v4.static.user.transix.jp", "ipoe-fixed"),
        ("starlink-jp", "customer.tkyojpn1.pop.starlinkisp.net", "satellite"),
    ],
)
def test_the_host_name_decides_the_service(provider: str, host: str, service: str) -> None:
    matches = [p for p in PROVIDERS[provider].ptr if re.fullmatch(p.regex, host, re.IGNORECASE)]
    assert matches[0].service == service


@pytest.mark.parametrize(
    ("provider", "figures"),
    [
        ("docomo", {(93, "day", "exact")}),
        ("kddi-au", {(3, "month", "exact")}),
        ("softbank-mobile", {(93, "day", "exact")}),
        ("docomo-plala", {(3, "month", "exact"), (6, "month", "exact")}),
        ("ntt-docomo-business", {(6, "month", "exact")}),
        ("nifty", {(1, "year", "exact")}),
        ("iij", {(1, "year", "at-least")}),
    ],
)
def test_retention_keeps_unit_and_bound_as_published(provider: str, figures: set[tuple[int, str, str]]) -> None:
    assert {(p.value, p.unit, p.bound) for p in PROVIDERS[provider].retention} == figures


@pytest.mark.parametrize(
    "provider", ["rakuten-mobile", "kddi-uqmobile", "kddi-povo", "uq-wimax", "nuro-mobile", "mineo", "gmo-internet"]
)
def test_no_retention_figure_is_extended_to_another_brand(provider: str) -> None:
    assert PROVIDERS[provider].retention == ()


# ------ what a provider calls the destination address

PRACTICE = ROOT.parent / "shared" / "facts" / "practice.md"
RECEIVED, POSTED = "受信元IPアドレス", "投稿時接続先IP"
# The sites that practice.md section 3.1 names for the words 投稿時接続先IP, and whose they are.
CATV_SITES = {
    "koshinomiyako.jp": "catv-koshinomiyako",
    "yuzu-tv.jp": "catv-yuzu",
    "inacatv.co.jp": "catv-ina-catv",
    "mctv.jp": "catv-mctv",
    "hachinohe-tv.jp": "catv-hachinohe",
    "nct9.co.jp": "catv-nct",
    "nns-catv.co.jp": "catv-nns",
}


def test_only_the_providers_with_words_of_their_own_have_a_term() -> None:
    """All others are addressed with the general 接続先IPアドレス; KDDI and SoftBank use it themselves."""
    terms = {name: one.destination_term for name, one in PROVIDERS.items() if one.destination_term is not None}
    docomo = {"docomo", "docomo-dwifi", "docomo-ocn-consumer", "docomo-plala"}
    assert {name for name, term in terms.items() if (term.text, term.source) == (RECEIVED, "S5f")} == docomo
    catv = {name for name, term in terms.items() if (term.text, term.source) == (POSTED, "S18")}
    assert catv == set(CATV_SITES.values())
    assert terms.keys() == docomo | catv
    for name in catv:
        assert "S18" in PROVIDERS[name].sources, name
        assert any("destination-ip" in needed for rule in PROVIDERS[name].keys for needed in rule.any_of), name


@pytest.mark.skipif(not PRACTICE.exists(), reason="the compiled facts are not beside this checkout")
def test_the_terms_are_those_of_the_facts() -> None:
    rows = {row.split("|")[1].strip(): row for row in PRACTICE.read_text(encoding="utf-8").splitlines() if "|" in row}
    docomo = rows["docomo mobile"]
    assert f"**{RECEIVED}** (docomo's term" in docomo
    assert "kandato.jp/case/docomossl202012" in docomo
    window = rows["docomo now (2025+, 情プラ法 page)"]
    assert all(name in window for name in ("d Wi-Fi", "Same window handles consumer OCN, ぷらら, ドコモnet"))
    listed = next(row for name, row in rows.items() if name.startswith("CATV ("))
    assert POSTED in listed
    assert re.findall(r"[a-z0-9-]+(?:\.co)?\.jp", listed.split("|")[1]) == list(CATV_SITES)


# ------ against the compiled table

if COMPILED.exists():
    with COMPILED.open(encoding="utf-8", newline="") as stream:
        ROWS = {row["id"]: row for row in csv.DictReader(stream)}
else:
    ROWS = {}

compiled_table = pytest.mark.skipif(not ROWS, reason="the compiled fact table is not beside this checkout")
WHOLE_CELLS = (
    "entity_ja", "former_names", "address", "asn_registry_names", "rdns_patterns", "rdns_notes", "contract_holder",
    "required_log_keys", "log_retention_reported",
)  # fmt: skip
FREE_TEXT = ("notes", "ip_hints")


@compiled_table
def test_every_compiled_row_has_a_file_and_the_reverse() -> None:
    assert PROVIDERS.keys() == ROWS.keys()


@compiled_table
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_no_cell_of_the_compiled_row_is_lost(row: dict[str, str]) -> None:
    provider = PROVIDERS[row["id"]]
    written = [nfkc(text) for text in strings_of(tomllib.loads((FOLDER / f"{row['id']}.toml").read_text("utf-8")))]

    assert list(provider.sources) == row["sources"].split(";")
    assert [claim.number for claim in provider.asns] == [int(asn) for asn in row["asns"].split(";") if asn]
    published_patterns = {regex.strip() for regex in row["rdns_regex"].split(" || ")} - {""}
    assert published_patterns <= {pattern.regex for pattern in provider.ptr}
    names = {nfkc(name.strip()) for name in row["whois_org_names"].split("|")} - {""}
    assert names <= {nfkc(name.text) for name in provider.entity.names}
    unverified = {name.strip() for name in row["whois_net_names_unverified"].split("|")} - {""}
    assert set(provider.unverified_net_names) == unverified
    assert provider.access == row["access_type"]
    for column in WHOLE_CELLS:
        assert not row[column] or nfkc(row[column]) in written, column
    for column in FREE_TEXT:
        cell = nfkc(row[column]).rstrip(".")
        assert any(cell in text for text in written), column
    for brand in row["brands"].split(";"):
        assert any(nfkc(brand.strip()) in text for text in written), brand
    sharing = " ".join(nfkc(item.text) for item in provider.sharing)
    for statement in row["ipv4_sharing"].split(";"):
        assert nfkc(statement.strip()) in sharing, statement
    if row["entity_en"] not in {"", "INCL"}:
        assert any(nfkc(row["entity_en"]) in text for text in written)


@compiled_table
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_confidences_are_the_compiled_ones_and_never_higher(row: dict[str, str]) -> None:
    provider = PROVIDERS[row["id"]]
    assert provider.entity.confidence == row["conf_entity"]
    assert provider.entity.address_confidence == row["conf_address"]
    assert provider.confidence_ptr == row["conf_rdns"]
    assert {item.confidence for item in provider.sharing} == {row["conf_sharing"]}
    assert LEVELS.index(provider.confidence_as) <= LEVELS.index(row["conf_asn"])
    if provider.confidence_as != row["conf_asn"]:
        assert "AS registry listing names" in provider.notes or "is registered as" in provider.notes, (
            "a lowered confidence says why"
        )
    for policy in provider.retention:
        assert policy.confidence != "high"


@compiled_table
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_roles_are_never_stronger_than_published(row: dict[str, str]) -> None:
    for claim in PROVIDERS[row["id"]].asns:
        if row["asn_role"] == "upstream":
            assert claim.role == "upstream"
        if claim.role == "mixed":
            assert claim.note


@compiled_table
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_what_the_row_reports_is_structured(row: dict[str, str]) -> None:
    provider = PROVIDERS[row["id"]]
    assert bool(provider.keys) == bool(row["required_log_keys"])
    assert bool(provider.retention) == bool(row["log_retention_reported"])
    assert provider.sharing


@pytest.mark.skipif(not ROUTES.exists(), reason="the compiled route table is not beside this checkout")
def test_examples_lie_in_japanese_space_announced_by_a_claimed_as() -> None:
    with ROUTES.open(encoding="utf-8", newline="") as routes:
        japanese: dict[tuple[int, int, int], set[int]] = {}
        for row in csv.DictReader(routes):
            if row["delegated_country"] == "JP":
                block = ipaddress.ip_network(row["prefix"])
                key = (block.version, block.prefixlen, int(block.network_address))
                japanese.setdefault(key, set()).add(int(row["origin_asn"]))
    for provider in PROVIDERS.values():
        claimed = {claim.number for claim in provider.asns if claim.role != "upstream"}
        for example in provider.examples:
            address = ipaddress.ip_address(example.address)
            bits = address.max_prefixlen
            covering = [
                (address.version, length, int(address) >> (bits - length) << (bits - length))
                for length in range(bits, 0, -1)
            ]
            origins = next(japanese[key] for key in covering if key in japanese)
            assert origins & claimed, f"{provider.id}: {example.address}"
            if len(origins) > 1:
                assert example.status == "ambiguous"
