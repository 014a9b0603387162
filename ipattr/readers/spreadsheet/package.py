"""The parts of a zipped spreadsheet (xlsx, ods), opened within the limits of ``word``, their markup as a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

from ipattr.errors import InputError
from ipattr.readers import word

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable


def open_package(data: bytes) -> Package:
    """Open the ZIP file; InputError when it is damaged, beyond the limits of ``word``, or names one part twice."""
    try:
        archive = word._open(data, "")  # noqa: SLF001 - one set of ZIP limits for the house; word keeps it private
    except InputError as error:
        raise _reworded(error) from None
    return Package(archive)


def _reworded(error: InputError) -> InputError:
    """Return the error with the file called what it is."""
    return InputError(
        ja=error.ja.replace("Word 文書", "表計算の文書").replace(".docx", ".xlsx").replace("(.doc)", "(.xls)"),
        en=error.en.replace("Word document", "spreadsheet").replace(".docx", ".xlsx").replace(".doc;", ".xls;"),
        where=error.where,
    )


def damaged() -> InputError:
    """Return the error for markup that breaks off or contradicts itself."""
    return InputError(
        ja="表計算の文書が壊れている。元のファイルを受け取り直されたい。",
        en="The spreadsheet is damaged; ask for the file again.",
    )


class Package:
    """The parts of one file by name; names are compared without case, as the format demands."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Take an archive that is within the limits."""
        self._archive = archive
        self._names: dict[str, str] = {}
        for name in archive.namelist():
            key = name.replace("\\", "/").lstrip("/").casefold()
            if key in self._names:
                raise InputError(
                    ja=f"部品「{name}」が二つ入っている。どちらが原本か分からないので読まない。",
                    en=f"The part {name!r} is in the file twice; which one is the original cannot be told.",
                )
            self._names[key] = name

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such a part."""
        return isinstance(name, str) and name.casefold() in self._names

    def read(self, name: str) -> bytes:
        """Return the bytes of one part; InputError when it is missing, encrypted or damaged."""
        member = self._names.get(name.casefold())
        if member is None:
            raise damaged()
        try:
            content = word._member(self._archive, member, "")  # noqa: SLF001 - as above
        except InputError as error:
            raise _reworded(error) from None
        return content


def walk(
    content: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    characters: Callable[[str], None],
) -> None:
    """Send the markup of one part to three callbacks, names as ``{namespace}local`` without the opening brace.

    Raises InputError on malformed markup and on any document type declaration, without which no entity can be made.
    """
    parser = expat.ParserCreate(None, "}")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat takes the flag by position only
    except (expat.ExpatError, ValueError, LookupError):
        raise damaged() from None


def _refuse_doctype(_name: str, _system: str | None, _public: str | None, _internal: bool) -> None:  # noqa: FBT001 - the signature expat calls
    raise InputError(
        ja="文書の中に文書型宣言(DTD)がある。表計算ソフトが作る文書ではないので読まない。",
        en="The file holds a document type declaration; no spreadsheet program writes one, so it is not read.",
    )


def for_counting(content: bytes) -> bytes:
    """Return markup as UTF-8 bytes, so that a count by pattern sees the tags; UTF-16 parts are rare but allowed."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace").encode()
    return content
