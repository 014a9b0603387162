"""The forms of disclosure that are known, each by name, and which of them a document is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.errors import InputError
from ipattr.model import Text
from ipattr.readers import result_csv, tables
from ipattr.readers.x_marks import KEY_WITH_COLON, X_ARCHIVE, X_RETURN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from ipattr.addresses import Specials
    from ipattr.readers.document import Document, FormReading, Options

_PLAIN = frozenset({"text"})
_WRITTEN = frozenset({"text", "docx"})
_PAGES = frozenset({"text", "html"})
_HEAD = 20_000


class Form(NamedTuple):
    """One kind of disclosed input: its name, what it looks like, why a document is one, and how it is read.

    ``decisive``: a document that bears this form's own mark is this form, whatever text it quotes.
    ``last_resort``: asked only about a document that is no other form.
    """

    name: str
    expects: Text
    detect: Callable[[Document, Options], Text | None]
    read: Callable[[Document, Options, Specials], FormReading]
    decisive: bool = False
    last_resort: bool = False


class LateForm:
    """A form whose module is loaded when a document of its kind (and with its mark) has to be looked at."""

    def __init__(
        self,
        name: str,
        module: str,
        *,
        kinds: frozenset[str],
        mark: Callable[[str], bool] | None = None,
        decisive: bool = False,
        last_resort: bool = False,
        by_document_alone: bool = False,
    ) -> None:
        """Take the name and the module of the form, the kinds of document it reads, and a cheap sign of it.

        ``by_document_alone``: its ``detect`` asks for no declarations.
        """
        self.name = name
        self.decisive = decisive
        self.last_resort = last_resort
        self._by_document_alone = by_document_alone
        self._module = module
        self._kinds = kinds
        self._mark = mark

    @property
    def expects(self) -> Text:
        """Return what a document of this form looks like."""
        found = self._load().EXPECTS
        if not isinstance(found, Text):
            raise TypeError(self._module)
        return found

    def detect(self, document: Document, options: Options) -> Text | None:
        """Say why the document is this form, None when it is not."""
        if document.kind not in self._kinds or (self._mark is not None and not self._mark(document.text[:_HEAD])):
            return None
        detect = self._load().detect
        found: Text | None = detect(document) if self._by_document_alone else detect(document, options)
        return found

    def read(self, document: Document, options: Options, specials: Specials) -> FormReading:
        """Read the document; InputError when it is of a kind that this form cannot read."""
        if document.kind not in self._kinds:
            kinds = ", ".join(sorted(self._kinds))
            raise InputError(
                ja=f"形式 {self.name} が読むのは {kinds} で、このファイルは {document.kind} である。",
                en=f"The form {self.name} reads {kinds}; this file is {document.kind}.",
                where=document.name,
            )
        found: FormReading = self._load().read(document, options, specials)
        return found

    def _load(self) -> ModuleType:
        from importlib import import_module

        return import_module(f"ipattr.readers.{self._module}")


AnyForm = Form | LateForm


def _detect_return(document: Document, _options: Options) -> Text | None:
    if KEY_WITH_COLON.search(document.text) is None:
        return None
    from ipattr.readers import x_return

    return x_return.detect(document)


def _read_return(document: Document, options: Options, specials: Specials) -> FormReading:
    from ipattr.readers import x_return

    return x_return.read(document, options, specials)


def _detect_archive(document: Document, _options: Options) -> Text | None:
    if "window.YTD." not in document.text:
        return None
    from ipattr.readers import x_archive

    return x_archive.detect(document)


def _read_archive(document: Document, options: Options, specials: Specials) -> FormReading:
    from ipattr.readers import x_archive

    return x_archive.read(document, options, specials)


FORMS: tuple[AnyForm, ...] = (
    Form(
        X_RETURN,
        Text(ja="X の開示回答(ipAudit のブロックを含む文書)", en="an X return (a document with ipAudit blocks)"),
        _detect_return,
        _read_return,
    ),
    Form(
        X_ARCHIVE,
        Text(ja="X の全データ(window.YTD で始まる .js)", en="an X user archive (.js that begins with window.YTD)"),
        _detect_archive,
        _read_archive,
    ),
    Form(result_csv.FORM, result_csv.EXPECTS, result_csv.detect, result_csv.read, decisive=True),
    Form(tables.FORM, tables.EXPECTS, tables.detect, tables.read),
    LateForm("sheet", "sheet", kinds=frozenset({"sheet"})),
    LateForm("word-table", "word_table", kinds=frozenset({"docx"})),
    LateForm("pdf", "pdf", kinds=frozenset({"pdf"}), by_document_alone=True),
    LateForm("2ch", "ch2", kinds=_WRITTEN, mark=lambda head: "<>" in head),
    LateForm("meta-html", "meta_html", kinds=_PAGES, mark=lambda head: "<" in head and "</" in head, decisive=True),
    LateForm("google-html", "google_html", kinds=_PAGES, mark=lambda head: "<" in head and "</" in head, decisive=True),
    LateForm("takeout", "takeout", kinds=_PLAIN, mark=lambda head: "gaia" in head.casefold(), decisive=True),
    LateForm("linkedin", "linkedin", kinds=_PLAIN, mark=lambda head: "login" in head.casefold(), decisive=True),
    LateForm("pasted", "pasted", kinds=_WRITTEN, last_resort=True),
)


def post_forms() -> tuple[Form, ...]:
    """Return the forms in which posts are named; their module is loaded only when there are posts to read."""
    from ipattr.readers import posts

    return (
        Form(posts.LIST_FORM, posts.LIST_EXPECTS, posts.detect_posts_list, posts.read_posts_list),
        Form(posts.TABLE_FORM, posts.TABLE_EXPECTS, posts.detect_posts_table, posts.read_posts_table),
    )


class FormName(NamedTuple):
    """One form as it is listed: its name, and what it looks like."""

    name: str
    expects: Text


def form_names() -> tuple[FormName, ...]:
    """Return every form of logs, then of posts."""
    return tuple(FormName(form.name, form.expects) for form in (*FORMS, *post_forms()))


def choose(document: Document, options: Options, forms: Sequence[AnyForm]) -> tuple[AnyForm, Text]:
    """Return the one form that the document is, and why: as declared, else the only one that fits.

    Raises InputError naming every form that fits when there are several, every form tried when there is none.
    """
    if options.form is not None:
        form = next(form for form in forms if form.name == options.form)
        return form, Text(ja=f"形式 {form.name} が指定された。", en=f"The form {form.name} was declared.")
    fitting = _fitting(document, options, [form for form in forms if not form.last_resort])
    fitting = [found for found in fitting if found[0].decisive] or fitting
    fitting = fitting or _fitting(document, options, [form for form in forms if form.last_resort])
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise InputError(
            ja="複数の形式に当てはまる: "
            + " ".join(f"{form.name}({reason.ja})" for form, reason in fitting)
            + " --form で一つを指定されたい。",
            en="More than one form fits: "
            + " ".join(f"{form.name} ({reason.en})" for form, reason in fitting)
            + " Choose one with --form.",
            where=document.name,
        )
    _refuse_bare_addresses(document, forms)
    tried = ", ".join(form.name for form in forms)
    raise InputError(
        ja=f"どの形式にも当てはまらない。試した形式: {tried}(説明は ipattr forms)。--form で指定するか、"
        "列名の行を持つ CSV に直されたい。",
        en=f"No form fits. Tried: {tried} (ipattr forms explains them). Declare one with --form, or make it a CSV with "
        "a row of column names.",
        where=document.name,
    )


def _refuse_bare_addresses(document: Document, forms: Sequence[AnyForm]) -> None:
    """Raise InputError when the document is nothing but addresses, one per line, at most below one column name."""
    if all(form.name != tables.FORM for form in forms):
        return
    from ipattr.addresses import ParsedAddress, Specials, parse_address
    from ipattr.readers.document import lines

    written = [line.strip(" \t,;") for line in lines(document)]
    content = [line for line in written if line and not line.startswith("#")]
    none = Specials(())
    bare = [isinstance(parse_address(line, specials=none), ParsedAddress) for line in content]
    if any(bare) and all(bare[1:]):
        raise InputError(
            ja="アドレスだけが並んでいる。アドレスは引数に書くか(ipattr lookup 192.0.2.1 …)、"
            "時刻の列を加えた表にされたい。",
            en="It holds bare addresses only; write addresses as arguments (ipattr lookup 192.0.2.1 …), or make it a "
            "table with a column of times.",
            where=document.name,
        )


def _fitting(document: Document, options: Options, forms: Sequence[AnyForm]) -> list[tuple[AnyForm, Text]]:
    return [(form, reason) for form in forms if (reason := form.detect(document, options)) is not None]
