"""A .zip of disclosures: every member is read, left out by name, or refused by name; nothing touches the disk."""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from ipattr.errors import InputError
from ipattr.readers import Options, load_documents, read
from ipattr.readers.archives import unpack
from ipattr.readers.limits import MAX_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ipattr.model import Finding, Reading
    from ipattr.registry import Registry

    Opened = Callable[[bytes], Reading]

LOG = "time,ip\n2026-08-0{}T00:00:00Z,1.66.100.4{}\n"


def log(number: int) -> bytes:
    """Return a log of one login, another one for each number."""
    return LOG.format(number, number).encode()


def packed(members: Mapping[str, bytes], *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, how)
    return stream.getvalue()


@pytest.fixture
def opened(registry: Registry, tmp_path: Path) -> Opened:
    """Return how an archive of these bytes is read, and make sure that nothing was written beside it."""

    def reading(data: bytes) -> Reading:
        file = tmp_path / "all.zip"
        file.write_bytes(data)
        found = read([str(file)], specials=registry.specials, options=Options())
        assert [entry.name for entry in tmp_path.iterdir()] == ["all.zip"]
        return found

    return reading


def remarks(reading: Reading) -> list[Finding]:
    """Return the findings about members."""
    return [finding for finding in reading.findings if finding.code.startswith("IPA70")]


def codes(reading: Reading) -> list[tuple[str, str]]:
    """Return code and subject of every finding about members."""
    return [(finding.code, finding.about) for finding in remarks(reading)]


def test_every_member_is_an_input_with_its_own_name_and_hash(opened: Opened) -> None:
    data = packed({"b/two.csv": log(2), "one.csv": log(1)})
    reading = opened(data)
    assert [entry.name for entry in reading.inputs] == ["all.zip", "all.zip!b/two.csv", "all.zip!one.csv"]
    assert reading.inputs[0].form == "archive"
    assert [entry.sha256 for entry in reading.inputs] == [
        hashlib.sha256(each).hexdigest() for each in (data, log(2), log(1))
    ]
    assert [event.provenance.locator for event in reading.events] == ["all.zip!b/two.csv:2", "all.zip!one.csv:2"]
    assert reading.counts.rows == 2
    assert reading.counts.conserved


def test_noise_is_named_and_left_out(opened: Opened) -> None:
    reading = opened(packed({"a/": b"", "a/1.csv": log(1), "__MACOSX/a/._1.csv": b"x", "a/.DS_Store": b"x"}))
    assert codes(reading) == [("IPA702", "all.zip")]
    assert "__MACOSX/a/._1.csv" in remarks(reading)[0].message.en
    assert len(reading.events) == 1


@pytest.mark.parametrize(
    "name", ["../up.csv", "a/../../up.csv", "/etc/log.csv", "C:/log.csv", "a\\b.csv", "..\\up.csv", "a\nb.csv"]
)
def test_a_name_that_points_elsewhere_is_refused_and_the_rest_is_read(opened: Opened, name: str) -> None:
    reading = opened(packed({"1.csv": log(1), name: log(2)}))
    assert codes(reading) == [("IPA701", f"all.zip!{name}")]
    assert [finding.level for finding in remarks(reading)] == ["error"]
    assert len(reading.events) == 1


def test_a_symbolic_link_is_refused(opened: Opened) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("1.csv", log(1))
        link = zipfile.ZipInfo("link.csv")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert codes(opened(stream.getvalue())) == [("IPA701", "all.zip!link.csv")]


def test_an_encrypted_member_is_named_as_such(opened: Opened) -> None:
    data = bytearray(packed({"1.csv": log(1), "2.csv": log(2)}))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 8, 1)
    reading = opened(bytes(data))
    assert codes(reading) == [("IPA701", "all.zip!2.csv")]
    assert "password" in remarks(reading)[0].message.en


def test_an_archive_inside_an_archive_and_an_unknown_file_are_named(opened: Opened) -> None:
    reading = opened(packed({"1.csv": log(1), "in.zip": packed({"2.csv": log(2)}), "note.txt": b"hello\n"}))
    assert codes(reading) == [("IPA701", "all.zip!in.zip"), ("IPA701", "all.zip!note.txt")]
    assert "ZIP archive" in remarks(reading)[0].message.en
    assert "No form fits" in remarks(reading)[1].message.en


def test_the_same_member_twice_under_two_names_is_read_once(opened: Opened) -> None:
    reading = opened(packed({"1.csv": log(1), "copy of 1.csv": log(1)}))
    assert [finding.code for finding in reading.findings if finding.code == "IPA198"] == ["IPA198"]
    assert len(reading.events) == 1


@pytest.mark.parametrize("other", ["1.csv", "1.CSV", "か\u3099.csv"])
def test_one_name_twice_ends_the_reading(other: str) -> None:
    first = "が.csv" if other.startswith("か") else "1.csv"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(first, log(1))
        if other == first:
            with pytest.warns(UserWarning, match="Duplicate name"):
                archive.writestr(other, log(2))
        else:
            archive.writestr(other, log(2))
    with pytest.raises(InputError, match="twice"):
        unpack("all.zip", stream.getvalue())


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({f"{number}.csv": b"" for number in range(MAX_MEMBERS + 1)}, "members"),
        ({"zeros.csv": bytes(4 * 1024 * 1024)}, "200 times"),
    ],
)
def test_what_exceeds_a_limit_is_refused_before_it_is_unpacked(members: dict[str, bytes], says: str) -> None:
    with pytest.raises(InputError, match=says):
        unpack("all.zip", packed(members))


@pytest.mark.parametrize(("size", "says"), [(65 * 1024 * 1024, "64 MiB"), (60 * 1024 * 1024, "256 MiB")])
def test_a_directory_that_states_too_much_is_refused(size: int, says: str) -> None:
    data = bytearray(packed({f"{number}.csv": log(1) for number in range(5)}, how=zipfile.ZIP_STORED))
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        struct.pack_into("<II", data, at + 20, size, size)
    with pytest.raises(InputError, match=says):
        unpack("all.zip", bytes(data))


def test_a_directory_that_lies_about_a_size_costs_the_member(opened: Opened) -> None:
    data = bytearray(packed({"1.csv": log(1), "2.csv": log(2)}))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)
    reading = opened(bytes(data))
    assert codes(reading) == [("IPA701", "all.zip!2.csv")]
    assert len(reading.events) == 1


def _with_name(raw: bytes) -> bytes:
    held = "x" * len(raw)
    return packed({held: log(1)}).replace(held.encode(), raw)


@pytest.mark.parametrize(
    ("raw", "name", "doubt"),
    [
        ("開示.csv".encode("cp932"), "開示.csv", False),
        ("ログ回答.csv".encode(), "ログ回答.csv", False),
        (b"\xff\xfe.csv", "<ff><fe>.csv", True),
        ("ﾃ｡.csv".encode("cp932"), "á.csv", True),
    ],
)
def test_a_name_without_the_unicode_flag_is_decoded_strictly(raw: bytes, name: str, *, doubt: bool) -> None:
    found = unpack("all.zip", _with_name(raw))
    assert [member.name for member in found.members] == [name]
    assert [finding.code for finding in found.findings] == ["IPA703"] * doubt


def test_an_archive_without_a_readable_member_ends_the_reading(opened: Opened) -> None:
    with pytest.raises(InputError, match="No form fits"):
        opened(packed({"note.txt": b"hello\n"}))
    with pytest.raises(InputError, match="no file of records"):
        opened(packed({"a/": b""}))
    with pytest.raises(InputError, match="damaged"):
        opened(packed({"1.csv": log(1)})[:-8])


def test_a_search_overlooks_no_member(tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    file.write_bytes(packed({"1.csv": log(1), "2.csv": log(2)}))
    assert [document.name for document in load_documents(str(file))] == ["all.zip!1.csv", "all.zip!2.csv"]
    file.write_bytes(packed({"1.csv": log(1), "../2.csv": log(2)}))
    with pytest.raises(InputError, match="was not read"):
        load_documents(str(file))
