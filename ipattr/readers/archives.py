"""A .zip with several disclosures: every member listed, hashed and read in memory; nothing is unpacked to a disk."""

from __future__ import annotations

import io
import stat
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from ipattr.errors import InputError
from ipattr.model import Finding, Text
from ipattr.readers.decoding import strictly
from ipattr.readers.limits import (
    MAX_MEMBER_BYTES,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_TOTAL_BYTES,
    MEBIBYTE,
    RATIO_COUNTS_FROM,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zipfile import ZipFile, ZipInfo

FORM = "archive"
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_UNIX = 3
_NOISE = {".ds_store", "thumbs.db", "desktop.ini"}
_NOISE_FOLDERS = ("__MACOSX/",)
_SHOWN = 5
_ASCII = 0x80


class Member(NamedTuple):
    """One member that is read: its name inside the archive and its bytes."""

    name: str
    data: bytes


class Unpacked(NamedTuple):
    """What an archive holds: the members to read, and a remark on every other one."""

    members: tuple[Member, ...]
    findings: tuple[Finding, ...]
    listed: int


def unpack(name: str, data: bytes) -> Unpacked:
    """Take the members out of a ZIP archive (APPNOTE.TXT 6.3.10), in its own order.

    IPA701 (error) names each member that is not read and why, IPA702 what was left out as no data, IPA703 a name whose
    encoding is unsettled. Raises InputError, led by ``name``, when the archive is damaged, exceeds a limit or holds one
    name twice: then it cannot be said which of the two was disclosed.
    """
    with _open(name, data) as archive:
        infos = archive.infolist()
        _within_limits(name, infos)
        labels = [_label(info) for info in infos]
        _refuse_twice(name, [label for label, _ in labels])
        members: list[Member] = []
        findings: list[Finding] = []
        skipped: list[str] = []
        for info, (label, doubt) in zip(infos, labels, strict=True):
            about = f"{name}!{label}"
            if doubt is not None:
                findings.append(Finding(code="IPA703", level="warning", message=doubt, about=about))
            if _is_noise(label):
                skipped.append(label)
                continue
            why = _refusal(info, label)
            content = _content(archive, info) if why is None else why
            if isinstance(content, Text):
                findings.append(not_read(about, content))
            else:
                members.append(Member(label, content))
    findings += _skipped(name, skipped)
    return Unpacked(tuple(members), tuple(findings), len(infos))


def not_read(about: str, why: Text) -> Finding:
    """Return the remark that a member was not read; its level makes the command end with a code other than 0."""
    message = Text(
        ja=f"{about} は読んでいない。{why.ja}",
        en=f"{about} was not read. {why.en}",
    )
    return Finding(code="IPA701", level="error", message=message, about=about)


def _open(name: str, data: bytes) -> ZipFile:
    import struct
    import zipfile

    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, EOFError, NotImplementedError, OverflowError):
        raise InputError(
            ja="ZIP 書庫が壊れている。元のファイルを受け取り直されたい。",
            en="The ZIP archive is damaged; ask for it again.",
            where=name,
        ) from None


def _within_limits(name: str, infos: Sequence[ZipInfo]) -> None:
    """Refuse an archive by what its directory states, before a byte is unpacked; a lie shows while unpacking."""
    large = next((info for info in infos if info.file_size > MAX_MEMBER_BYTES), None)
    dense = next((info for info in infos if _too_dense(info)), None)
    if len(infos) > MAX_MEMBERS:
        ja, en = f"ファイルが {MAX_MEMBERS:,} 個を超える。", f"It holds more than {MAX_MEMBERS:,} members."
    elif large is not None:
        size = MAX_MEMBER_BYTES // MEBIBYTE
        ja = f"「{_label(large)[0]}」が展開後 {size} MiB を超える。"
        en = f"Unpacked, {_label(large)[0]!r} is larger than {size} MiB."
    elif dense is not None:
        ja = f"「{_label(dense)[0]}」の圧縮率が {MAX_RATIO} 倍を超える。通常のログではない。"
        en = f"{_label(dense)[0]!r} is packed more than {MAX_RATIO} times; this is no ordinary log."
    elif sum(info.file_size for info in infos) > MAX_TOTAL_BYTES:
        size = MAX_TOTAL_BYTES // MEBIBYTE
        ja, en = f"展開後の合計が {size} MiB を超える。", f"Unpacked, it is larger than {size} MiB in all."
    else:
        return
    raise InputError(
        ja=ja + "展開して、要るファイルを渡されたい。", en=en + " Unpack it and name the files.", where=name
    )


def _too_dense(info: ZipInfo) -> bool:
    return info.file_size > RATIO_COUNTS_FROM and info.file_size > MAX_RATIO * max(info.compress_size, 1)


def _label(info: ZipInfo) -> tuple[str, Text | None]:
    """Return the member's name, and the doubt about it when its bytes do not settle their encoding."""
    stored = info.orig_filename
    if info.flag_bits & _UTF8_NAME or stored.isascii():
        return stored, None
    try:
        raw = stored.encode("cp437")
    except UnicodeEncodeError:  # the name came from the Unicode field of Info-ZIP
        return stored, None
    readings = [text for codec in ("utf-8", "cp932") if isinstance(text := strictly(raw, codec), str)]
    if len(readings) == 1:
        return readings[0], None
    if not readings:
        shown = "".join(chr(byte) if byte < _ASCII else f"<{byte:02x}>" for byte in raw)
        return shown, Text(
            ja=f"名前「{shown}」は UTF-8 でも CP932 でもない。", en=f"The name {shown!r} is neither UTF-8 nor CP932."
        )
    first, second = readings
    return first, Text(
        ja=f"名前は「{first}」(UTF-8)とも「{second}」(CP932)とも読める。中身の読取りには影響しない。",
        en=f"The name reads {first!r} (UTF-8) or {second!r} (CP932); the content is read the same.",
    )


def _refuse_twice(name: str, labels: Sequence[str]) -> None:
    """Refuse two members that one name on a disk would hold: equal after NFC and without regard to case."""
    seen: dict[str, str] = {}
    for label in labels:
        plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", label).casefold())
        if plain in seen:
            raise InputError(
                ja=f"同じ名前のファイルが二つ入っている(「{seen[plain]}」と「{label}」)。どちらが開示されたものか"
                "分からないので読まない。展開して確かめ、ファイルを個別に渡されたい。",
                en=f"It holds one name twice ({seen[plain]!r} and {label!r}); which of the two was disclosed cannot be "
                "told. Unpack it, check, and name the files one by one.",
                where=name,
            )
        seen[plain] = label


def _is_noise(label: str) -> bool:
    base = label.rstrip("/").rpartition("/")[2].casefold()
    return label.endswith("/") or label.startswith(_NOISE_FOLDERS) or base in _NOISE


def _refusal(info: ZipInfo, label: str) -> Text | None:
    """Return why a member must not be read, None when it may."""
    mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
    if _unsafe(label):
        return Text(
            ja="名前が書庫の外を指すか、区切りが正しくない(絶対パス、..、\\、ドライブ名、制御文字)。"
            "手を加えられた書庫のおそれがある。展開して確かめ、個別に渡されたい。",
            en="Its name points outside the archive or is malformed (absolute path, .., \\, drive, control character); "
            "the archive may have been tampered with. Unpack it, check, and name the file itself.",
        )
    if stat.S_ISLNK(mode):
        return Text(ja="シンボリックリンクで、中身がない。", en="It is a symbolic link and has no content of its own.")
    if info.flag_bits & _ENCRYPTED:
        return Text(
            ja="パスワードで暗号化されている。解いて渡されたい。",
            en="It is encrypted with a password; decrypt it first.",
        )
    return None


def _unsafe(label: str) -> bool:
    parts = label.split("/")
    return (
        not label
        or label.startswith("/")
        or "\\" in label
        or ".." in parts
        or (len(parts[0]) > 1 and parts[0][1] == ":")
        or any(unicodedata.category(character) in {"Cc", "Cs"} for character in label)
    )


def _content(archive: ZipFile, info: ZipInfo) -> bytes | Text:
    import lzma
    import struct
    import zipfile
    import zlib

    try:
        with archive.open(info) as stream:
            content = stream.read(info.file_size + 1)
    except NotImplementedError:
        return Text(
            ja="圧縮の方式が扱えないものである。展開して渡されたい。",
            en="Its compression method is not known; unpack it first.",
        )
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError, ValueError):
        return Text(ja="壊れている(検査値が合わない)。", en="It is damaged (its checksum does not fit).")
    if len(content) != info.file_size:
        return Text(ja="大きさが書庫の目録と合わない。", en="Its size is not what the archive's directory states.")
    return content


def _skipped(name: str, labels: Sequence[str]) -> Iterator[Finding]:
    if labels:
        shown = ", ".join(labels[:_SHOWN])
        more = len(labels) - _SHOWN
        message = Text(
            ja=f"記録ではないものとして読まなかった: {shown}" + (f" ほか {more} 個" if more > 0 else "") + "。",
            en=f"Left out, being no records: {shown}" + (f" and {more} more" if more > 0 else "") + ".",
        )
        yield Finding(code="IPA702", level="info", message=message, about=name)
