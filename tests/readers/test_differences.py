"""A corrected disclosure against the one it replaces: every row of either stands in exactly one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.errors import UsageError
from ipattr.inputs import Declared, read_logs
from ipattr.readers import Options, read
from ipattr.readers.differences import compare

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import LoginEvent, Reading
    from ipattr.registry import Registry

HEADER = "time,ip,port,account_id\n"
BASE = (
    "2026-08-01T00:00:00Z,1.66.100.45,50000,12345\n",
    "2026-08-02T00:00:00Z,1.66.100.46,50001,12345\n",
    "2026-08-03T00:00:00Z,1.66.100.47,50002,12345\n",
)


def replaced(registry: Registry, folder: Path, old: str, new: str) -> Reading:
    """Read ``new`` as the disclosure that supersedes ``old``."""
    (folder / "old.csv").write_text(HEADER + old, encoding="utf-8")
    (folder / "new.csv").write_text(HEADER + new, encoding="utf-8")
    return read_logs(
        [folder / "new.csv"],
        declared=Declared(),
        platform=None,
        registry=registry,
        stdin=None,
        supersedes=[folder / "old.csv"],
    )


def said(reading: Reading) -> list[tuple[str, str]]:
    """Return code and English sentence of every difference, the sum aside."""
    return [
        (finding.code, finding.message.en)
        for finding in reading.findings
        if finding.code in {"IPA706", "IPA707", "IPA708"}
    ]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (BASE, []),
        (BASE[1:], [("IPA707", "removed: 2026-08-01T00:00:00Z 1.66.100.45 12345 (old.csv:2)")]),
        (
            (*BASE, "2026-08-04T00:00:00Z,1.66.100.48,1,12345\n"),
            [("IPA706", "added: 2026-08-04T00:00:00Z 1.66.100.48 12345 (new.csv:5)")],
        ),
        (
            (BASE[0].replace("50000", "50009"), *BASE[1:]),
            [
                (
                    "IPA708",
                    "changed: port 50000 → 50009 (2026-08-01T00:00:00Z 1.66.100.45 12345, old.csv:2 → new.csv:2)",
                )
            ],
        ),
        (
            (BASE[0].replace("100.45", "100.99"), *BASE[1:]),
            [
                (
                    "IPA708",
                    (
                        "changed: ip 1.66.100.45 → 1.66.100.99 (2026-08-01T00:00:00Z 1.66.100.99 12345, "
                        "old.csv:2 → new.csv:2)"
                    ),
                )
            ],
        ),
        (
            (BASE[0].replace("00:00:00", "09:00:00"), *BASE[1:]),
            [
                (
                    "IPA708",
                    (
                        "changed: time 2026-08-01T00:00:00Z → 2026-08-01T09:00:00Z (2026-08-01T09:00:00Z 1.66.100.45 "
                        "12345, old.csv:2 → new.csv:2)"
                    ),
                )
            ],
        ),
        (
            (BASE[0].replace("12345", "99999"), *BASE[1:]),
            [
                (
                    "IPA708",
                    "changed: account 12345 → 99999 (2026-08-01T00:00:00Z 1.66.100.45 99999, old.csv:2 → new.csv:2)",
                )
            ],
        ),
        (
            (*BASE, "2026-02-30T00:00:00Z,1.66.100.45,1,12345\n"),
            [("IPA706", "A row that could not be read was added: 2026-02-30T00:00:00Z")],
        ),
    ],
)
def test_each_difference_is_said_with_its_rows(
    registry: Registry, tmp_path: Path, new: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    reading = replaced(registry, tmp_path, "".join(BASE), "".join(new) + "\n" * (new == BASE))
    assert said(reading) == expected
    total = next(finding for finding in reading.findings if finding.code == "IPA705")
    assert "old.csv (SHA-256 " in total.message.en
    assert [entry.name for entry in reading.inputs] == ["new.csv"]
    assert reading.counts.conserved


def test_two_rows_that_could_each_be_the_changed_one_are_not_paired(registry: Registry, tmp_path: Path) -> None:
    old = "2026-08-01T00:00:00Z,1.66.100.45,1,12345\n2026-08-02T00:00:00Z,1.66.100.45,1,12345\n"
    new = "2026-08-05T00:00:00Z,1.66.100.45,1,12345\n"
    assert [code for code, _ in said(replaced(registry, tmp_path, old, new))] == ["IPA706", "IPA707", "IPA707"]


def test_a_file_cannot_supersede_itself(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="same file"):
        replaced(registry, tmp_path, BASE[0], BASE[0])
    with pytest.raises(UsageError, match="no file"):
        read_logs(
            ["1.66.100.45"],
            declared=Declared(),
            platform=None,
            registry=registry,
            stdin=None,
            supersedes=[tmp_path / "old.csv"],
        )


def test_a_correction_handed_in_beside_its_original_is_pointed_out(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "".join(BASE), encoding="utf-8")
    (tmp_path / "b.csv").write_text(HEADER + "".join(BASE[1:]), encoding="utf-8")
    (tmp_path / "c.csv").write_text(HEADER + BASE[0].replace("08-01", "08-09"), encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("a.csv", "b.csv", "c.csv")]
    reading = read(paths, specials=registry.specials, options=Options())
    found = [finding for finding in reading.findings if finding.code == "IPA709"]
    assert [finding.message.en.partition(",")[0] for finding in found] == ["b.csv and a.csv have 2 logins in common"]
    assert reading.counts.rows == 6


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> tuple[LoginEvent, ...]:
    """Return logins in which times, addresses and accounts repeat in every combination."""
    import ipattr

    rows = "".join(
        f"2026-08-0{day}T00:00:00Z,1.66.100.{host},{port},{account}\n"
        for day in (1, 2)
        for host in (1, 2)
        for port in (5, 6)
        for account in (11, 12)
    )
    file = tmp_path_factory.mktemp("pool") / "pool.csv"
    file.write_text(HEADER + rows, encoding="utf-8")
    return ipattr.read([file]).events


@given(st.lists(st.integers(0, 15), max_size=12), st.lists(st.integers(0, 15), max_size=12))
def test_no_row_is_lost_and_none_stands_twice(pool: tuple[LoginEvent, ...], one: list[int], two: list[int]) -> None:
    import msgspec

    old = [msgspec.structs.replace(pool[number]) for number in one]
    new = [msgspec.structs.replace(pool[number]) for number in two]
    found = compare(old, new)
    assert len(found.removed) + len(found.changed) + found.unchanged == len(old)
    assert len(found.added) + len(found.changed) + found.unchanged == len(new)
    kept = [*map(id, found.added), *(id(pair.new) for pair in found.changed)]
    assert len(kept) == len(set(kept))
    assert set(kept) <= set(map(id, new))
    assert {id(row) for row in found.removed} | {id(pair.old) for pair in found.changed} <= set(map(id, old))
    assert all(pair.old != pair.new for pair in found.changed)


@pytest.mark.parametrize(
    ("later", "codes"),
    [
        ("2026-08-01T09:00:00Z", ["IPA708"]),  # nine hours: the same moment, read in another zone
        ("2026-08-01T00:00:00.250Z", ["IPA706", "IPA707"]),
        ("2026-09-20T00:00:00Z", ["IPA706", "IPA707"]),  # another login of the same person from the same line
    ],
)
def test_another_login_from_the_same_address_is_no_correction(
    registry: Registry, tmp_path: Path, later: str, codes: list[str]
) -> None:
    reading = replaced(registry, tmp_path, BASE[0], BASE[0].replace("2026-08-01T00:00:00Z", later))
    assert sorted(code for code, _ in said(reading)) == codes


def test_many_equal_rows_are_said_in_few_words(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(HEADER + BASE[0] * 500, encoding="utf-8")
    declared = Declared()
    reading = read_logs([tmp_path / "log.csv"], declared=declared, platform=None, registry=registry, stdin=None)
    (finding,) = [finding for finding in reading.findings if finding.code == "IPA720"]
    assert "+495" in finding.message.en
    assert len(finding.message.ja) < 500
