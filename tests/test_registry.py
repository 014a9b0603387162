"""The registry over a miniature ``data/``: strict reading, the compiled table, and a cache that cannot be stale."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import mini_data
import pytest

import ipattr
from ipattr.addresses import to_number
from ipattr.errors import DataError
from ipattr.model import DestinationTerm
from ipattr.registry import Registry, data_status, describe, find_data, load_sources, open_registry
from ipattr.registry.cache import cache_folder, save
from ipattr.registry.compiled import HEADER
from ipattr.registry.compiling import flatten
from ipattr.registry.status import earliest_day


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return mini_data.write(tmp_path / "data")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def opened(data: Path, cache: Path) -> Registry:
    return open_registry(data, cache=cache)


def kept_file(cache: Path) -> Path:
    (file,) = cache.iterdir()
    return file


# What it answers


@pytest.mark.parametrize(
    ("address", "prefix", "asns"),
    [
        ("198.51.100.1", "198.51.100.0/25", [64500, 64501]),
        ("198.51.100.64", "198.51.100.64/26", [64502]),
        ("198.51.100.127", "198.51.100.64/26", [64502]),
        ("198.51.100.128", "198.51.100.0/24", [64500]),
        ("255.255.255.255", "255.255.255.0/24", [64502]),
        ("2001:db8:0:ffff:ffff:ffff:ffff:ffff", "2001:db8::/32", [64500]),
        ("2001:db8:1::", "2001:db8:1::/48", [64501]),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff::/64", [64502]),
    ],
)
def test_longest_prefix_with_all_its_origins(opened: Registry, address: str, prefix: str, asns: list[int]) -> None:
    by_number = opened.network(*to_number(address))
    assert by_number is not None
    assert by_number.prefix == prefix
    assert [origin.asn for origin in by_number.origins] == asns
    assert (by_number.source, by_number.as_of) == ("S1", "2026-01")
    assert opened.network_of(address) == opened.find_network(address) == by_number


@pytest.mark.parametrize("address", ["0.0.0.0", "198.51.99.255", "198.51.101.0", "255.255.254.255", "::", "2001:db9::"])  # noqa: S104 - an address to look up
def test_an_address_outside_is_not_listed(opened: Registry, address: str) -> None:
    assert opened.network(*to_number(address)) is None
    assert opened.network_of(address) is None


@pytest.mark.parametrize(("version", "number"), [(4, -1), (4, 1 << 32), (6, -1), (6, 1 << 128)])
def test_a_number_that_is_no_address_is_refused(opened: Registry, version: int, number: int) -> None:
    with pytest.raises(ValueError, match="not an address"):
        opened.network(version, number)


def test_loose_text_is_refused(opened: Registry) -> None:
    with pytest.raises(ValueError, match="strict"):
        opened.network_of("198.051.100.1")


def test_claims_come_own_then_mixed_then_upstream(opened: Registry) -> None:
    claims = {asn: [(one.id, claim.role) for one, claim in opened.providers_of(asn)] for asn in (64500, 64501)}
    assert claims == {64500: [("alpha", "own"), ("beta", "mixed")], 64501: [("beta", "own"), ("alpha", "upstream")]}
    assert opened.providers_of(1) == ()


def test_records_by_as_number(opened: Registry) -> None:
    assert [one.id for one in opened.nonaccess_of(64502)] == ["tunnel"]
    assert [one.id for one in opened.platforms_of(64502)] == ["x"]
    assert opened.nonaccess_of(1) == ()
    assert opened.platforms_of(1) == ()
    registrant = opened.registrant(64500)
    assert registrant is not None
    assert (registrant.organisation, registrant.source) == ("Alpha Incorporated", "S1@abc")
    assert opened.registrant(1) is None


def test_services_longest_first(opened: Registry) -> None:
    found = opened.service_prefixes(*to_number("198.51.100.5"))
    assert [(owner, block.service) for owner, block in found] == [("alpha", "narrow"), ("alpha", "wide")]
    assert [owner for owner, _ in opened.service_prefixes(*to_number("2001:db8:ffff::1"))] == ["tunnel"]
    assert opened.service_prefixes(*to_number("192.0.2.1")) == ()


@pytest.mark.parametrize(
    ("address", "as_of"),
    [
        ("192.0.2.1", "2025"),
        ("192.0.2.128", "2024"),
        ("192.0.3.0", None),
        ("2001:db8:a::1", "2025"),
        ("2001:db8:b::", None),
        ("198.51.100.1", None),
    ],
)
def test_the_most_specific_block_of_a_platform_and_of_no_other(
    opened: Registry, address: str, as_of: str | None
) -> None:
    block = opened.in_platform_block("x", *to_number(address))
    assert (block.as_of if block else None) == as_of
    assert opened.in_platform_block("y", *to_number(address)) is None


def test_the_same_number_is_another_address_in_the_other_version(opened: Registry) -> None:
    _, number = to_number("192.0.2.1")
    assert opened.in_platform_block("x", 6, number) is None


def test_every_origin_of_an_address(opened: Registry) -> None:
    assert opened.origins_of("198.51.100.1") == (64500, 64501)
    assert opened.origins_of("2001:db8:1::1") == (64501,)
    assert opened.origins_of("192.0.2.1") == ()
    with pytest.raises(ValueError, match="strict"):
        opened.origins_of("198.051.100.1")


def test_which_as_numbers_the_table_knows(opened: Registry) -> None:
    assert [opened.announces(asn) for asn in (64499, 64500, 64501, 64502, 64503)] == [False, True, True, True, False]


def test_the_most_specific_area(opened: Registry) -> None:
    narrow, wide = opened.area(*to_number("198.51.100.5")), opened.area(*to_number("198.1.1.1"))
    assert narrow is not None
    assert wide is not None
    assert (narrow.registry, wide.registry) == ("APNIC", "ARIN")
    assert opened.area(*to_number("192.0.2.1")) is None


def test_everything_that_was_written_is_there(opened: Registry) -> None:
    assert list(opened.providers) == ["alpha", "beta"]
    assert opened.providers["alpha"].retention[0].value == 93
    assert opened.providers["alpha"] is opened.providers["alpha"]
    assert opened.providers["alpha"].destination_term == DestinationTerm(text="受信先", source="S1")
    assert opened.providers["beta"].destination_term is None
    assert [(host.name, host.reference) for host in opened.platforms["x"].hosts] == [
        ("x.example", True),
        ("*.login.x.example", False),
    ]
    assert "gamma" not in opened.providers
    assert len(opened.nonaccess) == len(opened.platforms) == len(opened.citations) == 1
    assert [(row.count, row.longest_gap) for row in opened.observations("x")] == [(3, None), (None, None)]
    assert opened.observations("y") == ()
    block = opened.specials.find(*to_number("10.1.2.3"))
    assert block is not None
    assert block.globally_reachable is False
    assert opened.calendar.covers_until == date(2027, 12, 31)
    assert opened.practice[0].access == ("mvno",)
    assert opened.columns["time"] == ("time", "日時")


# What it refuses


@pytest.mark.parametrize(
    ("name", "old", "new", "where", "says"),
    [
        ("providers/alpha.toml", "any_of", "any_off = 1, any_of", "providers/alpha.toml: $.keys[0].any_off", "any_off"),
        ("providers/alpha.toml", "number = 64500", 'number = "64500"', "providers/alpha.toml: $.asns[0].number", "int"),
        ("providers/alpha.toml", 'id = "alpha"', 'id = "alfa"', "providers/alpha.toml: $.id", "alfa"),
        ("providers/alpha.toml", "sources =", "sources = =", "providers/alpha.toml:4:11", "syntax"),
        ("providers/alpha.toml", ".0/24", ".9/24", "providers/alpha.toml: $.prefixes[0].prefix", "198.51.100.9/24"),
        ("platforms/x.toml", 'id = "x"', 'id = "y"', "platforms/x.toml: $.id", "'y'"),
        ("platforms/x.toml", '"web"', '"Web"', "platforms/x.toml: $.hosts[0].role", "Web"),
        ("platforms/x.toml", "role = ", "rolle = ", "platforms/x.toml: $.hosts[0].rolle", "rolle"),
        ("platforms/x.toml", "reference = true", 'reference = "yes"', "platforms/x.toml: $.hosts[0].reference", "bool"),
        ("platforms/x.toml", "a::/48", "a::/32", "platforms/x.toml: $.prefixes[3].prefix", "2001:db8:a::/32"),
        (
            "providers/alpha.toml",
            'text = "受信先", ',
            'text = "受信先", form = 1, ',
            "providers/alpha.toml: $.destination_term.form",
            "form",
        ),
        ("providers/alpha.toml", 'text = "受信先", ', "", "providers/alpha.toml: $.destination_term", "text"),
        ("nonaccess/vpn.toml", '"vpn"', '"tor"', "nonaccess/vpn.toml: $.network[0].category", "tor"),
        ("nonaccess/vpn.toml", '"tunnel"', '"alpha"', "nonaccess", "alpha"),
        (
            "nonaccess/vpn.toml",
            "ffff::/48",
            "ffff::1/48",
            "nonaccess/vpn.toml: tunnel.prefixes[0].prefix",
            "ffff::1/48",
        ),
        ("observations/x.csv", "\nx2,", "\nx1,", "observations", "x1"),
        ("observations/x.csv", "x2,x,", "x2,y,", "observations/x.csv", "agree"),
        ("observations/x.csv", ",3,here", ",three,here", "observations/x.csv:2: $.count", "int"),
        ("observations/x.csv", "status,note", "status,note,longest_gap", "observations/x.csv:1", "cname,status,note"),
        ("observations/x.csv", "x2,x,x.example", 'x2,x,"x.example', "observations/x.csv:3", "syntax"),
        (
            "networks/prefixes.csv",
            "198.51.100.64/26",
            "198.51.100.65/26",
            "networks/prefixes.csv:5",
            "198.51.100.65/26",
        ),
        ("networks/prefixes.csv", ":ffff::/64", ":ffff::/65", "networks/prefixes.csv:9", "/64"),
        (
            "networks/prefixes.csv",
            "64502,other\n255",
            "64502,US\n255",
            "networks/prefixes.csv:5: $.delegated_country",
            "US",
        ),
        ("networks/prefixes.csv", "64502,other\n255", "64502\n255", "networks/prefixes.csv:5", "2 cells"),
        ("networks/prefixes.csv", "origin_asn", "asn", "networks/prefixes.csv:1", "origin_asn"),
        ("networks/ases.csv", ",3,S1", ",x,S1", "networks/ases.csv:2", "whole number"),
        ("networks/ases.csv", "64501,BETA", "64500,BETA", "networks/ases.csv", "64500"),
        ("special/ipv4.csv", "false", "maybe", "special/ipv4.csv:2: $.globally_reachable", "bool"),
        ("calendar.toml", "2026-01-01", '"1月1日"', "calendar.toml: $.holidays[0].day", "date"),
    ],
)
def test_an_error_names_its_place(tmp_path: Path, name: str, old: str, new: str, where: str, says: str) -> None:  # noqa: PLR0917 - one column per argument
    data = mini_data.write(tmp_path, mini_data.replaced(name, old, new))
    with pytest.raises(DataError) as caught:
        load_sources(data)
    assert caught.value.where == where
    assert says in caught.value.en
    assert caught.value.ja


def test_a_file_of_no_known_kind_is_refused(data: Path) -> None:
    (data / "provider").mkdir()
    (data / "provider" / "gamma.toml").write_text("", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_sources(data)
    assert caught.value.where == "provider/gamma.toml"


def test_a_required_file_that_is_missing(data: Path) -> None:
    (data / "calendar.toml").unlink()
    with pytest.raises(DataError) as caught:
        load_sources(data)
    assert caught.value.where == "calendar.toml"


def test_a_file_that_is_not_utf8(data: Path) -> None:
    (data / "columns.toml").write_bytes("時 = 1".encode("cp932"))
    with pytest.raises(DataError, match="Not UTF-8"):
        load_sources(data)


def test_a_table_that_is_not_its_manifest(data: Path) -> None:
    table = data / "networks" / "areas.csv"
    table.write_bytes(table.read_bytes() + b"9.0.0.0/8,ARIN,\n")
    with pytest.raises(DataError, match="SHA-256") as caught:
        load_sources(data)
    assert caught.value.where == "networks/manifest.toml: $.table[2].sha256"


def test_a_manifest_that_counts_wrong(data: Path) -> None:
    manifest = data / "networks" / "manifest.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("rows = 8", "rows = 9"), encoding="utf-8")
    with pytest.raises(DataError, match="8 rows") as caught:
        load_sources(data)
    assert caught.value.where == "networks/manifest.toml: $.table[0].rows"


def test_a_table_without_manifest(data: Path) -> None:
    manifest = data / "special" / "manifest.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").split("\n\n")[0], encoding="utf-8")
    with pytest.raises(DataError, match="No manifest"):
        load_sources(data)


def test_no_data_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No data folder"):
        find_data(tmp_path)


def test_without_a_path_the_shipped_data_are_found() -> None:
    assert (find_data() / "networks" / "prefixes.csv").is_file()


# The cache


def test_the_second_opening_reads_the_kept_file(data: Path, cache: Path) -> None:
    first = open_registry(data, cache=cache)
    before = kept_file(cache).stat()
    second = open_registry(data, cache=cache)
    assert kept_file(cache).stat() == before
    assert second.data_version == first.data_version
    assert second.network_of("198.51.100.1") == first.network_of("198.51.100.1")
    assert second.providers["alpha"] == first.providers["alpha"]


@pytest.mark.parametrize("name", sorted(mini_data.FILES))
def test_one_changed_byte_of_any_file_is_another_version(data: Path, cache: Path, name: str) -> None:
    before = open_registry(data, cache=cache).data_version
    path = data / name
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "#" if name.endswith(".toml") else text.removesuffix("\n"), encoding="utf-8")
    mini_data.seal(data)
    assert open_registry(data, cache=cache).data_version != before


def test_same_size_and_time_but_other_content_is_seen(data: Path, cache: Path) -> None:
    open_registry(data, cache=cache)
    path = data / "providers" / "alpha.toml"
    before = path.stat()
    path.write_text(path.read_text(encoding="utf-8").replace("value = 93", "value = 94"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert open_registry(data, cache=cache).providers["alpha"].retention[0].value == 94


def test_a_renamed_file_is_another_version(data: Path, cache: Path) -> None:
    before = open_registry(data, cache=cache).data_version
    (data / "providers" / "beta.toml").rename(data / "providers" / "gamma.toml")
    with pytest.raises(DataError):
        open_registry(data, cache=cache)
    changed = mini_data.FILES["providers/beta.toml"].replace('id = "beta"', 'id = "gamma"')
    (data / "providers" / "gamma.toml").write_text(changed, encoding="utf-8")
    assert open_registry(data, cache=cache).data_version != before


def test_readme_and_examples_do_not_count(data: Path, cache: Path) -> None:
    before = open_registry(data, cache=cache).data_version
    (data / "README.md").write_text("changed", encoding="utf-8")
    (data / "examples" / "log.csv").write_text("changed", encoding="utf-8")
    assert open_registry(data, cache=cache).data_version == before


def test_data_version_shows_the_newest_date_and_the_content(opened: Registry) -> None:
    shown, _, digits = opened.data_version.partition("+")
    assert shown == "2026.01"
    assert len(digits) == 12
    assert int(digits, 16) >= 0


def damage_everywhere(size: int) -> list[int]:
    return [*range(HEADER.size), *range(HEADER.size, size, max(1, size // 60)), size - 1]


def test_any_damaged_byte_is_noticed_and_made_good(data: Path, cache: Path) -> None:
    right = open_registry(data, cache=cache)
    file = kept_file(cache)
    whole = file.read_bytes()
    for at in damage_everywhere(len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        again = open_registry(data, cache=cache)
        assert again.providers["alpha"] == right.providers["alpha"]
        assert again.network_of("198.51.100.1") == right.network_of("198.51.100.1")
        assert file.read_bytes() == whole, f"byte {at} was not made good"


@pytest.mark.parametrize("keep", [0, 1, HEADER.size - 1, HEADER.size, 400, -1])
def test_a_cut_file_is_noticed_and_made_good(data: Path, cache: Path, keep: int) -> None:
    open_registry(data, cache=cache)
    file = kept_file(cache)
    whole = file.read_bytes()
    file.write_bytes(whole[:keep])
    assert open_registry(data, cache=cache).registrant(64500) is not None
    assert file.read_bytes() == whole


def test_a_file_of_another_key_is_not_taken(data: Path, cache: Path) -> None:
    open_registry(data, cache=cache)
    old = kept_file(cache)
    foreign = old.read_bytes()
    path = data / "providers" / "alpha.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("value = 93", "value = 94"), encoding="utf-8")
    open_registry(data, cache=cache)
    (new,) = set(cache.iterdir()) - {old}
    new.write_bytes(foreign)
    assert open_registry(data, cache=cache).providers["alpha"].retention[0].value == 94


def test_a_cache_that_cannot_be_written_is_passed_over(data: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", encoding="utf-8")
    registry = open_registry(data, cache=in_the_way / "cache")
    assert registry.network_of("198.51.100.1") is not None
    assert in_the_way.read_text(encoding="utf-8") == ""
    assert save(in_the_way / "cache", bytes(32), b"data") is False


def test_old_files_are_removed_and_three_are_kept(data: Path, cache: Path) -> None:
    path = data / "providers" / "alpha.toml"
    for value in range(100, 106):
        path.write_text(
            mini_data.FILES["providers/alpha.toml"].replace("value = 93", f"value = {value}"), encoding="utf-8"
        )
        assert open_registry(data, cache=cache).providers["alpha"].retention[0].value == value
    assert len(list(cache.iterdir())) == 3
    path.write_text(mini_data.FILES["providers/alpha.toml"].replace("value = 93", "value = 100"), encoding="utf-8")
    assert open_registry(data, cache=cache).providers["alpha"].retention[0].value == 100


def test_many_openings_at_once(data: Path, cache: Path) -> None:
    program = (
        "import sys, pathlib; from ipattr.registry import open_registry; "
        "r = open_registry(pathlib.Path(sys.argv[1]), cache=pathlib.Path(sys.argv[2])); "
        "print(r.data_version, r.network_of('198.51.100.1').prefix)"
    )
    command = [sys.executable, "-c", program, str(data), str(cache)]
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: subprocess.run(command, capture_output=True, check=True, text=True), range(4)))
    assert len({run.stdout for run in runs}) == 1
    assert runs[0].stdout.endswith("198.51.100.0/25\n")
    assert [run.stderr for run in runs] == [""] * 4
    assert kept_file(cache).suffix == ".bin"


def test_the_cache_folder_follows_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("the XDG rules are those of Linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "ipattr"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home" / ".cache" / "ipattr"
    monkeypatch.setenv("HOME", "nowhere")
    assert cache_folder() is None


def run_copy(site: Path, cache: Path) -> tuple[str, str]:
    """Open the registry of a copied package; return its data folder and version."""
    program = (
        "import pathlib, sys; from ipattr.registry import find_data, open_registry; "
        "print(find_data()); print(open_registry(cache=pathlib.Path(sys.argv[1])).data_version)"
    )
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", program, str(cache)]
    done = subprocess.run(command, capture_output=True, check=True, text=True, env=environment, cwd=site)
    folder, version = done.stdout.splitlines()
    return folder, version


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Copy the package, as a bare checkout or a wheel would have it."""
    package = Path(ipattr.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__", "_data")
    shutil.copytree(package, tmp_path / "site" / "ipattr", ignore=ignored)
    return tmp_path / "site"


def test_a_wheel_brings_its_data_and_a_checkout_has_them_beside(site: Path, cache: Path) -> None:
    mini_data.write(site / "data")
    assert run_copy(site, cache)[0] == str(site / "data")
    mini_data.write(site / "ipattr" / "_data")
    assert run_copy(site, cache)[0] == str(site / "ipattr" / "_data")


@pytest.mark.parametrize("name", ["registry/compiling.py", "model/facts.py", "addresses/numbers.py"])
def test_changed_code_never_reads_an_old_file(site: Path, cache: Path, name: str) -> None:
    mini_data.write(site / "data")
    before = run_copy(site, cache)
    assert run_copy(site, cache) == before
    assert len(list(cache.iterdir())) == 1
    module = site / "ipattr" / name
    module.write_text(module.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    assert run_copy(site, cache) == before, "the version of the data does not depend on the code"
    assert len(list(cache.iterdir())) == 2


def test_flatten_closes_nested_blocks_that_end_together() -> None:
    starts, results = flatten([(0, 15, 1), (8, 15, 2), (12, 15, 3)], 31)
    assert (starts, results) == ([0, 8, 12, 16], [1, 2, 3, 0])


# What it says of itself


def test_status_has_a_row_per_table(data: Path) -> None:
    rows = {row.table: row for row in data_status(data, as_of=date(2026, 2, 1))}
    assert rows["networks/prefixes.csv"].rows == 8
    assert rows["networks/prefixes.csv"].age_days == 31
    assert rows["observations/x.csv"].as_of == "2025-03-10T00:40:00Z"
    assert rows["calendar.toml"].age_days == 0
    assert rows["providers/"].age_days is None
    assert all(len(row.sha256) == 64 for row in rows.values())


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026", date(2026, 1, 1)),
        ("2026-03", date(2026, 3, 1)),
        ("2026-03-04", date(2026, 3, 4)),
        ("2026-03-04T05:06:07Z", date(2026, 3, 4)),
        ("", None),
        ("spring", None),
        ("2026-13", None),
    ],
)
def test_a_partial_date_counts_from_its_first_day(text: str, day: date | None) -> None:
    assert earliest_day(text) == day


def test_the_readme_tells_every_field_and_what_is_not_carried(data: Path) -> None:
    (data / "not-carried.md").write_text("Nothing | at all.\n", encoding="utf-8")
    text = describe(data)
    for shown in (
        "ledger folder",
        "### DestinationTerm",
        "`destination_term`",
        "`reference`",
        "`confidence_as`",
        "`providers/<id>.toml`",
        "| networks/areas.csv |",
        "`origin_asn`",
        "`ds-lite`",
    ):
        assert shown in text
    assert text.endswith("Nothing | at all.\n")


def test_the_shipped_readme_is_the_generated_one() -> None:
    root = find_data()
    assert (root / "README.md").read_text(encoding="utf-8") == describe(root), "run: ipattr data readme"
