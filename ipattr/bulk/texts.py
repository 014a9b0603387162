"""Text larger than memory: hashed and its encoding settled in one pass, then given out as UTF-8 in pieces."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import os
import re
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Self, cast

from ipattr.errors import InputError, UsageError
from ipattr.model import Text
from ipattr.readers.decoding import byte_order_mark, codec_of, decode, refuse_unmarked_utf16
from ipattr.readers.document import STDIN, base_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

PIECE = 1 << 20
_SLICE = 1 << 16
_GZIP = b"\x1f\x8b"
_UTF8 = frozenset({"ascii", "utf-8"})
_ASCII_BASED = frozenset({"ascii", "utf-8", "cp932", "euc_jp"})
_LINE_END = re.compile(r"\r\n|\r|\n")
_STRAY = re.compile("[\x80\xa0\uf8f0-\uf8f3]")


class RawFile:
    """The bytes of one input as given: a file, or standard input spooled to an unnamed file that only we can read."""

    def __init__(self, path: str, stdin: BinaryIO | None) -> None:
        """Open the input; InputError when it cannot be opened or is no regular file, UsageError without ``stdin``."""
        self.name = base_name(path)
        self.stream: BinaryIO = _spooled(stdin) if path == STDIN else _opened(path, self.name)
        self._state = self._stat()

    def close(self) -> None:
        """Close the file; a spooled one is gone with it."""
        self.stream.close()

    @property
    def size(self) -> int:
        """Return the number of bytes."""
        return self._state[0]

    def head(self, count: int) -> bytes:
        """Return the first bytes."""
        self.stream.seek(0)
        return self.stream.read(count)

    def pieces(self, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from ``start`` on."""
        self.stream.seek(start)
        while piece := self.stream.read(PIECE):
            yield piece

    def refuse_change(self) -> None:
        """Raise InputError when the file was written to since it was opened."""
        if self._stat() != self._state:
            raise InputError(
                ja="読み取り中にファイルが書き換えられた。書き込みが終わってからやり直されたい。",
                en="The file was changed while it was read; try again when nothing writes to it.",
                where=self.name,
            )

    def _stat(self) -> tuple[int, int]:
        state = os.fstat(self.stream.fileno())
        return state.st_size, state.st_mtime_ns


class Encoding(NamedTuple):
    """How bytes become text: the codec, the length of the byte order mark, and why it is this one."""

    codec: str
    mark: int
    reason: Text


class TextFile:
    """One input as text; ``sha256`` and ``size`` are of the bytes as given, packed ones where it is a .gz."""

    def __init__(self, raw: RawFile, *, encoding: str | None) -> None:
        """Hash the input and settle its encoding.

        Raises InputError as ``readers.document.load_document`` does, but for the size, and for a damaged .gz.
        """
        self.raw = raw
        self.name = raw.name
        self.size = raw.size
        self._packed = raw.head(2) == _GZIP
        if self._packed:
            self.sha256 = _digest(raw.pieces())
            self.encoding, self.length = self._settle(self._unpacked(), codec_of(encoding))
        else:
            # The hash is worked out beside the look at the text.
            with _Hash() as beside:
                self.encoding, self.length = self._settle(map(beside.note, raw.pieces()), codec_of(encoding))
            self.sha256 = beside.hexdigest()
        raw.refuse_change()

    def utf8(self, start: int = 0) -> Iterator[bytes]:
        """Yield the text from ``start`` (bytes of UTF-8, without a byte order mark) on, in pieces."""
        codec, mark, _ = self.encoding
        if codec in _UTF8 and not self._packed:
            yield from self.raw.pieces(mark + start)
            return
        left = start
        for piece in self._bytes() if codec in _UTF8 else self._transcoded():
            if left >= len(piece):
                left -= len(piece)
                continue
            yield piece[left:] if left else piece
            left = 0

    def _transcoded(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.encoding.codec)("strict")
        for piece in self._bytes():
            yield decoder.decode(piece).encode()
        yield decoder.decode(b"", final=True).encode()

    def _bytes(self) -> Iterator[bytes]:
        """Yield the unpacked bytes behind the byte order mark."""
        left = self.encoding.mark
        for piece in self._unpacked():
            yield piece[left:] if left else piece
            left = 0

    def _unpacked(self) -> Iterator[bytes]:
        if not self._packed:
            yield from self.raw.pieces()
            return
        self.raw.stream.seek(0)
        try:
            with gzip.GzipFile(fileobj=self.raw.stream) as unpacked:
                while piece := unpacked.read(PIECE):
                    yield piece
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(
                ja=f"gzip の展開に失敗した({error})。壊れているか途中で切れているので、受け取り直されたい。",
                en=f"The gzip data is damaged or cut short ({error}); ask for the file again.",
                where=self.name,
            ) from None

    def _settle(self, pieces: Iterable[bytes], codec: str | None) -> tuple[Encoding, int]:
        proof: _Proof | None = None
        length = 0
        for piece in pieces:
            if proof is None:
                proof = _Proof(self.name, piece[:4], codec)
            proof.feed(piece)
            if proof.nul:
                raise self._nul(proof.codec, proof.mark)
            length += len(piece)
        if proof is None:
            raise InputError(ja="空のファイルである。", en="The file is empty.", where=self.name)
        return proof.end(), length - proof.mark

    def _nul(self, codec: str, mark: int) -> InputError:
        """Return the error for the first NUL character, with its line and column."""
        decoder = codecs.getincrementaldecoder(codec)("strict")
        row, line = 1, ""
        for number, piece in enumerate(self._unpacked()):
            text = line + decoder.decode(piece if number else piece[mark:])
            before, found, _ = text.partition("\0")
            *ended, line = _LINE_END.split(before)
            row += len(ended)
            if found:
                break
        column = len(line) + 1
        return InputError(
            ja=f"{row} 行 {column} 文字目に NUL 文字がある。ファイルが壊れているので、元の形で受け取り直されたい。",
            en=f"There is a NUL character in line {row}, column {column}; the file is damaged, so ask for it again.",
            where=f"{self.name}:{row}:{column}",
        )


class _Hash:
    """SHA-256 of pieces, worked out by a thread of its own while they are looked at."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bulk-hashing")
        self._last: Future[None] | None = None

    def note(self, piece: bytes) -> bytes:
        """Take the next piece, and return it."""
        if self._last is not None:
            self._last.result()
        self._last = self._thread.submit(self._digest.update, piece)
        return piece

    def hexdigest(self) -> str:
        """Return the hash of all pieces."""
        return self._digest.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._thread.shutdown(wait=True)


def _digest(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


class _Proof:
    """Which encoding fits, found piece by piece by the rules of ``readers.decoding.decode``.

    ``nul`` tells whether the last piece holds a NUL character.
    """

    def __init__(self, name: str, head: bytes, codec: str | None) -> None:
        marked = byte_order_mark(name, head)
        self._name = name
        self.mark = marked[1] if marked is not None else 0
        self._offset = 0
        self._ascii = True
        self._declared = codec is not None or marked is not None
        self._reason = Text(ja="", en="")
        candidates: tuple[str, ...] = ("utf-8", "cp932")
        if self._declared:
            _, settled, self._reason = decode(name, head[: self.mark], codec)
            candidates = (settled,)
        self._decoders = {codec: codecs.getincrementaldecoder(codec)("strict") for codec in candidates}
        self._failed: dict[str, int] = {}
        self.nul = False

    def feed(self, piece: bytes) -> None:
        """Take the next bytes; InputError as soon as nothing fits."""
        if not self._offset:
            piece = piece[self.mark :]
            self._offset = self.mark
        if not self._declared and b"\0" in piece:
            refuse_unmarked_utf16(self._name, piece)
        self.nul = False
        # Short slices: most are plain, and text that is only looked at needs little room.
        for at in range(0, len(piece), _SLICE):
            part = piece[at : at + _SLICE]
            plain = part.isascii()
            self._ascii = self._ascii and plain
            self.nul = self.nul or ("\0" in self._decode(part) if not (plain and self._at_rest()) else b"\0" in part)
            self._offset += len(part)

    def end(self) -> Encoding:
        """Return the encoding; InputError when several or none fit."""
        self._decode(b"", final=True)
        if self._declared:
            return Encoding(self.codec, self.mark, self._reason)
        if self._ascii:
            return Encoding("ascii", 0, Text(ja="ASCII の文字だけである。", en="Every byte is ASCII."))
        # The sentences are those of small files: what fits, and where the other encoding fails.
        utf8, cp932 = self._failed.get("utf-8"), self._failed.get("cp932")
        if utf8 is None and cp932 is None:
            raise InputError(
                ja="UTF-8 としても CP932(シフトJIS)としても読め、内容が異なる。--encoding utf-8 か --encoding cp932 を"
                "指定されたい。",
                en="The bytes fit both UTF-8 and CP932 (Shift_JIS) and give different text; declare --encoding utf-8 "
                "or --encoding cp932.",
                where=self._name,
            )
        if utf8 is None:
            reason = Text(
                ja=f"UTF-8 だけに合う(CP932 では {cp932} バイト目が不正)。",
                en=f"Only UTF-8 fits (CP932 fails at byte {cp932}).",
            )
            return Encoding("utf-8", 0, reason)
        reason = Text(
            ja=f"CP932 だけに合う(UTF-8 では {utf8} バイト目が不正)。",
            en=f"Only CP932 fits (UTF-8 fails at byte {utf8}).",
        )
        return Encoding("cp932", 0, reason)

    @property
    def codec(self) -> str:
        """Return the first encoding that still fits."""
        return next(iter(self._decoders))

    def _at_rest(self) -> bool:
        """Tell whether ASCII bytes are themselves in every encoding that still fits, and no character is open."""
        return all(codec in _ASCII_BASED and not decoder.getstate()[0] for codec, decoder in self._decoders.items())

    def _decode(self, piece: bytes, *, final: bool = False) -> str:
        """Decode by every encoding that still fits; return the text by one of them."""
        texts = [""]
        for codec, decoder in tuple(self._decoders.items()):
            base = self._offset - len(decoder.getstate()[0])
            try:
                text = decoder.decode(piece, final=final)
            except UnicodeDecodeError as error:
                self._fail(codec, base + error.start)
                continue
            stray = _STRAY.search(text) if codec == "cp932" else None
            if stray is not None:
                self._fail(codec, base + len(text[: stray.start()].encode("cp932")))
                continue
            texts.append(text)
        return texts[-1]

    def _fail(self, codec: str, at: int) -> None:
        self._failed[codec] = at
        del self._decoders[codec]
        if self._declared and self.mark:
            raise InputError(
                ja=f"BOM は {codec} を示すが、{at} バイト目(0 起点)が読めない。",
                en=f"The byte order mark says {codec}, but the byte at offset {at} (from 0) does not fit.",
                where=self._name,
            )
        if self._declared:
            raise InputError(
                ja=f"指定された文字コード {codec} では {at} バイト目(0 起点)が読めない。",
                en=f"Declared as {codec}, but the byte at offset {at} (from 0) does not fit.",
                where=self._name,
            )
        if not self._decoders:
            utf8, cp932 = self._failed["utf-8"], self._failed["cp932"]
            raise InputError(
                ja=f"UTF-8 でも CP932 でもない(UTF-8 は {utf8} バイト目、CP932 は {cp932} バイト目で不正。0 起点)。"
                "文字コードを --encoding で指定されたい。",
                en=f"Neither UTF-8 (bad byte at offset {utf8}) nor CP932 (bad byte at offset {cp932}) fits; declare "
                "the encoding with --encoding.",
                where=self._name,
            )


def _opened(path: str, name: str) -> BinaryIO:
    import stat
    from pathlib import Path

    try:
        stream = Path(path).open("rb")  # noqa: SIM115 - closed by the source
        if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            return stream
        stream.close()
    except FileNotFoundError:
        raise InputError(ja="ファイルが見つからない。", en="There is no such file.", where=name) from None
    except IsADirectoryError:
        raise InputError(
            ja="フォルダーである。中のファイルを指定されたい。",
            en="This is a folder; name the files in it.",
            where=name,
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(
            ja=f"ファイルを開けない({reason})。", en=f"The file cannot be opened ({reason}).", where=name
        ) from None
    raise InputError(
        ja="通常のファイルではない。標準入力(-)から渡されたい。",
        en="This is no regular file; pass it through standard input (-).",
        where=name,
    )


def _spooled(stdin: BinaryIO | None) -> BinaryIO:
    """Return standard input as a file of its own: it is read twice, once to be hashed."""
    if stdin is None:
        raise UsageError(
            ja="標準入力(-)が指定されたが、標準入力がつながっていない。",
            en="Standard input (-) was named, but nothing is connected to it.",
        )
    spool = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - closed by the source
    try:
        while piece := stdin.read(PIECE):
            spool.write(piece)
        spool.flush()
    except (OSError, ValueError) as error:
        spool.close()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(
            ja=f"標準入力を読めない({reason})。", en=f"Standard input cannot be read ({reason}).", where=STDIN
        ) from None
    return spool
