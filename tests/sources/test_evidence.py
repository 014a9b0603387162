"""The evidence folder: what was kept comes back as it was, and whatever was touched is seen."""

from __future__ import annotations

import hashlib
import os
import resource
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.errors import AlteredError, NotRecordedError, StoreError
from ipattr.model import Exchange, Hop, Question, Text
from ipattr.sources.evidence import (
    evidence_name,
    evidence_names,
    header_bytes,
    read_evidence,
    sync_folder,
    write_evidence,
)
from ipattr.sources.interface import Answered

if TYPE_CHECKING:
    from pathlib import Path

BODY = "[ネットワーク名] EXAMPLE\r\n".encode("iso2022_jp")
AT = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)


def kept(body: bytes = BODY, *, headers: tuple[tuple[str, str], ...] = (("x", "\x1b[2J ä\x00"),)) -> Answered:
    exchange = Exchange(
        question=Question(source="jpnic", kind="ip", subject="203.0.113.5"),
        server="jpnic",
        protocol="whois",
        endpoint="whois.example:43",
        payload="203.0.113.5",
        hops=(Hop(request="203.0.113.5", server="whois.example:43", connected_to="198.51.100.1:43", sent=AT),),
        sent=AT,
        received=AT,
        delivery="complete",
        reason=Text(ja="理由", en="a reason"),
        headers=headers,
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        tool_version="0",
    )
    return Answered(exchange=exchange, body=body)


def test_what_was_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    write_evidence(tmp_path, "000001-a", kept())
    sync_folder(tmp_path)
    assert read_evidence(tmp_path, "000001-a") == kept()
    assert (tmp_path / "000001-a.body").read_bytes() == BODY
    assert (tmp_path / "000001-a.json").read_bytes() == header_bytes(kept().exchange)
    assert evidence_names(tmp_path) == ("000001-a",)


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_header_is_read_back_to_the_very_bytes_it_was_written_as(text: str) -> None:
    exchange = kept(headers=((text, text),)).exchange
    stated = header_bytes(exchange)
    assert stated.endswith(b"}\n")
    assert header_bytes(msgspec.json.decode(stated, type=Exchange)) == stated


@pytest.mark.parametrize("suffix", [".json", ".body"])
def test_any_flipped_byte_of_either_file_is_seen_and_the_file_named(tmp_path: Path, suffix: str) -> None:
    name = evidence_name(1, kept())
    write_evidence(tmp_path, name, kept())
    path = tmp_path / f"{name}{suffix}"
    whole = path.read_bytes()
    for place in range(len(whole)):
        for flip in (0x01, 0x20, 0x80):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :])
            with pytest.raises(AlteredError) as caught:
                read_evidence(tmp_path, name)
            assert caught.value.where == path.name
    path.write_bytes(whole)
    assert read_evidence(tmp_path, name) == kept()


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"\n", lambda _: b"", lambda b: b" " + b])
@pytest.mark.parametrize("suffix", [".json", ".body"])
def test_a_shorter_or_longer_file_is_seen(tmp_path: Path, suffix: str, change: object) -> None:
    write_evidence(tmp_path, "one", kept())
    path = tmp_path / f"one{suffix}"
    path.write_bytes(change(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(AlteredError) as caught:
        read_evidence(tmp_path, "one")
    assert caught.value.where == path.name


@pytest.mark.parametrize("suffix", [".json", ".body"])
def test_a_missing_half_is_altered_and_a_missing_whole_was_never_recorded(tmp_path: Path, suffix: str) -> None:
    write_evidence(tmp_path, "one", kept())
    (tmp_path / f"one{suffix}").unlink()
    with pytest.raises(AlteredError, match=f"one{suffix}"):
        read_evidence(tmp_path, "one")
    with pytest.raises(NotRecordedError):
        read_evidence(tmp_path, "two")


@pytest.mark.parametrize(
    "header",
    [b"[" * 100_000, b"\xff\xfe", b"{}", b"null", header_bytes(kept().exchange).replace(b"evidence-1", b"evidence-2")],
)
def test_a_header_that_is_none_of_ours_is_refused(tmp_path: Path, header: bytes) -> None:
    write_evidence(tmp_path, "one", kept())
    (tmp_path / "one.json").write_bytes(header)
    with pytest.raises(AlteredError, match=r"one\.json"):
        read_evidence(tmp_path, "one")


@pytest.mark.parametrize("mask", [0o000, 0o777])
def test_evidence_is_its_owners_alone_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_evidence(tmp_path, "one", kept())
    finally:
        os.umask(before)
    modes = {stat.S_IMODE((tmp_path / f"one{suffix}").stat().st_mode) for suffix in (".json", ".body")}
    assert modes == {0o600}


def test_evidence_is_never_written_over_nor_through_a_link(tmp_path: Path) -> None:
    write_evidence(tmp_path, "one", kept())
    with pytest.raises(StoreError):
        write_evidence(tmp_path, "one", kept(b"other"))
    assert read_evidence(tmp_path, "one") == kept()
    (tmp_path / "two.json").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError):
        write_evidence(tmp_path, "two", kept())
    assert not (tmp_path / "elsewhere").exists()
    assert not (tmp_path / "two.body").exists()


@pytest.mark.parametrize("name", ["", ".", "../one", "a/b", ".hidden", "a\n", "a\\b"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError):
        write_evidence(tmp_path, name, kept())
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_no_more_leaves_nothing_behind(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(StoreError, match=r"one\.body"):
            write_evidence(tmp_path, "one", kept(bytes(10_000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_evidence_tells_no_address() -> None:
    name = evidence_name(7, kept())
    assert name.startswith("000007-")
    assert len(name) == len("000007-") + 12
    assert name == evidence_name(7, kept())
    assert name != evidence_name(7, kept(b"other"))
