"""Which form an input is, and its header: decided on its first lines, as for a small file."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from ipattr.bulk.blocks import Layout
from ipattr.bulk.odd import OddReader
from ipattr.bulk.plain import PlainReader
from ipattr.bulk.tables import TableReader
from ipattr.bulk.texts import RawFile, TextFile
from ipattr.errors import InputError
from ipattr.readers.delimited import Shape, find_header, plain_header, read_table, split_header
from ipattr.readers.document import Document, split_keeping_ends
from ipattr.readers.forms import FORMS, choose
from ipattr.readers.kinds import file_kind, refuse_result
from ipattr.readers.mapping import LOGIN_FIELDS, ask, resolve
from ipattr.readers.tables import ANY_OF, FORM, names_fields

if TYPE_CHECKING:
    from ipattr.addresses import Specials
    from ipattr.bulk.ordering import Reader
    from ipattr.model import Text
    from ipattr.readers.document import Options
    from ipattr.readers.mapping import Columns

HEAD = 1 << 16
_PARQUET = b"PAR1"


def open_reader(path: str, *, options: Options, specials: Specials, stdin: BinaryIO | None) -> Reader:
    """Open one input and decide its columns; InputError and UsageError as ``open_source`` says."""
    raw = RawFile(path, stdin)
    try:
        head = raw.head(HEAD)
        if head.startswith(_PARQUET):
            from ipattr.bulk.parquet import ParquetReader

            return ParquetReader(raw, options=options, specials=specials)
        _refuse_other_kinds(raw.name, head)
        text = TextFile(raw, encoding=options.encoding)
        return _open_text(text, options=options, specials=specials)
    except BaseException:
        raw.close()
        raise


def _refuse_other_kinds(name: str, head: bytes) -> None:
    """Raise InputError for what is neither text nor packed text."""
    if not head:
        raise InputError(ja="空のファイルである。", en="The file is empty.", where=name)
    if head.startswith(b"\x1f\x8b"):
        return
    if head.startswith(b"PK") or file_kind(name, head) != "text":
        raise InputError(
            ja="大量処理で読むのは CSV・TSV・JSON Lines(.gz も可)と Parquet である。この文書は ipattr lookup で読む。",
            en="Bulk reading takes CSV, TSV, JSON Lines (also as .gz) and Parquet; read this document with ipattr "
            "lookup.",
            where=name,
        )
    refuse_result(name, head)


def _open_text(text: TextFile, *, options: Options, specials: Specials) -> Reader:
    from ipattr.bulk.delimited import DelimitedReader

    document = _head(text)
    if options.form is None and document.text.lstrip()[:1] == "{":
        from ipattr.bulk.jsonlines import JsonLinesReader

        return JsonLinesReader(text, document, options=options, specials=specials)
    reason = _form(document, options)
    header = find_header(document, lambda cells: names_fields(cells, options, LOGIN_FIELDS, ANY_OF)) or plain_header(
        document
    )
    if header is None:
        raise InputError(
            ja="見出し行が見つからない。列名の行を先頭に置かれたい。",
            en="No header row was found; put column names on the first line.",
            where=text.name,
        )
    shape, columns, length = _columns(document, header, options)
    plain = PlainReader(columns, options, specials)
    odd = OddReader(text.name, text.sha256, columns, options, specials, unread=bool(columns.unread))
    taken = {*columns.index.values(), *(check.index for check in columns.checks)}
    unread = tuple(number for number in range(len(columns.headers)) if number not in taken)
    layout = Layout(shape.delimiter, shape.written, shape.named, unread)
    return DelimitedReader(
        text, reason, columns, options, shape=shape, start=length, table=TableReader(shape, layout, plain, odd)
    )


def _head(text: TextFile) -> Document:
    """Return the first lines of the text as a document, whole lines as far as there are any."""
    parts: list[bytes] = []
    for piece in text.utf8():
        parts.append(piece)
        if sum(map(len, parts)) >= HEAD:
            break
    whole = b"".join(parts)
    if len(whole) > HEAD:
        end = max(whole.rfind(b"\n", 0, HEAD), whole.rfind(b"\r", 0, HEAD - 1)) + 1
        if not end:
            raise InputError(
                ja=f"最初の行が {HEAD} バイトを超える。見出し行を確かめられたい。",
                en=f"The first line is longer than {HEAD} bytes; check the header row.",
                where=f"{text.name}:1",
            )
        whole = whole[:end]
    content = whole.decode()
    if not content.strip():
        raise InputError(ja="空のファイルである。", en="The file is empty.", where=text.name)
    return Document(
        name=text.name,
        data=b"",
        sha256=text.sha256,
        text=content,
        encoding=text.encoding.codec,
        encoding_reason=text.encoding.reason,
    )


def _form(document: Document, options: Options) -> Text:
    """Return why the document is a table; InputError when it is another form, or none."""
    form, reason = choose(document, options, FORMS)
    if form.name != FORM:
        raise InputError(
            ja=f"形式 {form.name} とみられる({reason.ja})。大量処理で読むのは表だけなので、ipattr lookup で読む。",
            en=f"This is the form {form.name} ({reason.en}); bulk reading takes tables alone, so use ipattr lookup.",
            where=document.name,
        )
    return reason


def _columns(document: Document, header: tuple[int, str], options: Options) -> tuple[Shape, Columns, int]:
    """Return how the table is cut, its columns, and the bytes up to the end of its header row."""
    number, delimiter = header
    above = split_keeping_ends(document.text)[:number]
    only = Document(
        name=document.name,
        data=b"",
        sha256=document.sha256,
        text="".join(above),
        encoding=document.encoding,
        encoding_reason=document.encoding_reason,
    )
    table = read_table(only, header=header)
    columns = resolve(document.name, table.headers, fields=LOGIN_FIELDS, options=options)
    missing = [field for field in ("time", "ip") if field not in columns.index]
    if missing:
        raise ask(document.name, columns.headers, *missing)
    written = len(split_header(above[-1].rstrip("\r\n"), delimiter))
    return Shape(delimiter, number, len(table.headers), written), columns, len("".join(above).encode())
