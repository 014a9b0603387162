"""Disclosed files become logins and posts here; rows in = ok + review + rejected, or the reading ends with an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import msgspec

from ipattr.errors import InputError, UsageError
from ipattr.model import Counts, Finding, InputFile, LoginEvent, Post, Reading, Reject, Text
from ipattr.readers import result_csv, tables, x_archive, x_return
from ipattr.readers.document import STDIN, Document, FormReading, Options, load_document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipattr.addresses import Specials

__all__ = [
    "FORMS",
    "Document",
    "Form",
    "FormReading",
    "Learned",
    "Options",
    "post_forms",
    "read",
    "read_files",
    "read_posts",
]


class Form(NamedTuple):
    """One kind of disclosed input: its name, what it looks like, why a document is one, and how it is read.

    ``decisive``: a document that bears this form's own mark is this form, whatever text it quotes.
    """

    name: str
    expects: Text
    detect: Callable[[Document, Options], Text | None]
    read: Callable[[Document, Options, Specials], FormReading]
    decisive: bool = False


class Learned(NamedTuple):
    """A header row and the mapping that the analyst gave for it, worth remembering."""

    headers: tuple[str, ...]
    mapping: dict[str, str]


FORMS: tuple[Form, ...] = (
    Form(
        x_return.FORM,
        Text(ja="X の開示回答(ipAudit のブロックを含む文書)", en="an X return (a document with ipAudit blocks)"),
        lambda document, _options: x_return.detect(document),
        x_return.read,
    ),
    Form(
        x_archive.FORM,
        Text(ja="X の全データ(window.YTD で始まる .js)", en="an X user archive (.js that begins with window.YTD)"),
        lambda document, _options: x_archive.detect(document),
        x_archive.read,
    ),
    Form(result_csv.FORM, result_csv.EXPECTS, result_csv.detect, result_csv.read, decisive=True),
    Form(tables.FORM, tables.EXPECTS, tables.detect, tables.read),
)


def read(paths: Sequence[str], *, specials: Specials, options: Options, stdin: BinaryIO | None = None) -> Reading:
    """Read logins from files (``-``: ``stdin``), ids numbered over all of them in input order.

    Raises InputError when a file cannot be read with certainty, UsageError when what was asked for contradicts itself.
    """
    return read_files(paths, specials=specials, options=options, stdin=stdin)[0]


def read_posts(paths: Sequence[str], *, specials: Specials, options: Options, stdin: BinaryIO | None = None) -> Reading:
    """Read the posts complained of; the same contract as ``read``, and the posts stand in ``Reading.posts``."""
    return read_files(paths, specials=specials, options=options, stdin=stdin, forms=post_forms())[0]


def post_forms() -> tuple[Form, ...]:
    """Return the forms in which posts are named; their module is loaded only when there are posts to read."""
    from ipattr.readers import posts  # noqa: PLC0415 - most look-ups name no posts

    return (
        Form(posts.LIST_FORM, posts.LIST_EXPECTS, posts.detect_posts_list, posts.read_posts_list),
        Form(posts.TABLE_FORM, posts.TABLE_EXPECTS, posts.detect_posts_table, posts.read_posts_table),
    )


def read_files(
    paths: Sequence[str],
    *,
    specials: Specials,
    options: Options,
    stdin: BinaryIO | None = None,
    forms: tuple[Form, ...] = FORMS,
) -> tuple[Reading, tuple[Learned, ...]]:
    """Read as ``read`` does and return, beside the reading, the mappings given by the analyst that fitted a header."""
    if list(paths).count(STDIN) > 1:
        raise UsageError(ja="標準入力(-)は一度しか指定できない。", en="Standard input (-) can be named only once.")
    if options.form is not None and all(form.name != options.form for form in forms):
        names = ", ".join(form.name for form in forms)
        raise UsageError(
            ja=f"形式「{options.form}」はない。使える形式: {names}。",
            en=f"There is no form {options.form!r}; the forms are: {names}.",
        )
    taken: list[tuple[InputFile, FormReading]] = []
    findings: list[Finding] = []
    for path in paths:
        document = load_document(path, encoding=options.encoding, stdin=stdin)
        same = next((entry.name for entry, _ in taken if entry.sha256 == document.sha256), None)
        if same is not None:
            findings.append(_same_file(document, same))
            continue
        document = _distinctly_named(document, {entry.name for entry, _ in taken}, findings)
        chosen = _choose(document, options, forms)
        found = chosen[0].read(document, options, specials)
        taken.append((_input_file(document, chosen, found, options=options), found))
        findings.extend(found.findings)
    learned = tuple(
        Learned(found.headers, dict(found.mapping)) for _, found in taken if found.mapping_source == "given"
    )
    return _collect(taken, findings), learned


def _choose(document: Document, options: Options, forms: tuple[Form, ...]) -> tuple[Form, Text]:
    if options.form is not None:
        form = next(form for form in forms if form.name == options.form)
        return form, Text(ja=f"形式 {form.name} が指定された。", en=f"The form {form.name} was declared.")
    fitting = [(form, reason) for form in forms if (reason := form.detect(document, options)) is not None]
    fitting = [found for found in fitting if found[0].decisive] or fitting
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
    raise InputError(
        ja="どの形式にも当てはまらない。試した形式: "
        + "、".join(f"{form.name}({form.expects.ja})" for form in forms)
        + "。",
        en="No form fits. Tried: " + "; ".join(f"{form.name} ({form.expects.en})" for form in forms) + ".",
        where=document.name,
    )


def _same_file(document: Document, other: str) -> Finding:
    return Finding(
        code="IPA198",
        level="warning",
        message=Text(
            ja=f"{document.name} は {other} と同じ内容(SHA-256 が一致)なので、二度は読まない。",
            en=f"{document.name} is the same file as {other} (equal SHA-256); it was read once.",
        ),
        about=document.name,
    )


def _distinctly_named(document: Document, names: set[str], findings: list[Finding]) -> Document:
    """Give a file whose base name is taken a name of its own, so that ``file:row`` points at one file."""
    if document.name not in names:
        return document
    number = next(number for number in range(2, len(names) + 3) if f"{document.name}#{number}" not in names)
    renamed = msgspec.structs.replace(document, name=f"{document.name}#{number}")
    findings.append(
        Finding(
            code="IPA199",
            level="notice",
            message=Text(
                ja=f"同じ名前の別のファイルがあるので、二つ目以降を {renamed.name} と表示する。",
                en=f"Another file has the same name; this one is shown as {renamed.name}.",
            ),
            about=renamed.name,
        )
    )
    return renamed


def _input_file(document: Document, chosen: tuple[Form, Text], found: FormReading, *, options: Options) -> InputFile:
    form, reason = chosen
    statuses = [event.status for event in found.events] + [post.status for post in found.posts]
    review = statuses.count("review")
    counts = Counts(rows=found.rows, ok=len(statuses) - review, review=review, rejected=len(found.rejects))
    if not counts.conserved:
        raise InputError(
            ja=f"内部エラー: {counts.rows} 行あるのに、読めた {counts.ok} 行・要確認 {counts.review} 行・"
            f"不採用 {counts.rejected} 行で合わない。行が失われたおそれがあるので結果を出さない。",
            en=f"Internal: {counts.rows} rows went in, but {counts.ok} ok, {counts.review} in review and "
            f"{counts.rejected} rejected came out; rows may be lost, so there is no result.",
            where=document.name,
        )
    return InputFile(
        name=document.name,
        sha256=document.sha256,
        size=len(document.data),
        form=form.name,
        form_reason=reason,
        encoding=document.encoding,
        encoding_reason=document.encoding_reason,
        declared_zone=options.zone.text if options.zone is not None else None,
        mapping=dict(found.mapping),
        mapping_source=found.mapping_source,
        counts=counts,
    )


def _collect(taken: list[tuple[InputFile, FormReading]], findings: list[Finding]) -> Reading:
    events: list[LoginEvent] = []
    read_posts_: list[Post] = []
    rejects: list[Reject] = []
    for _, found in taken:
        events += found.events
        read_posts_ += found.posts
        rejects += found.rejects
    counts = [entry.counts for entry, _ in taken]
    return Reading(
        inputs=tuple(entry for entry, _ in taken),
        events=tuple(msgspec.structs.replace(event, id=str(n)) for n, event in enumerate(events, start=1)),
        posts=tuple(msgspec.structs.replace(post, id=str(n)) for n, post in enumerate(read_posts_, start=1)),
        rejects=tuple(rejects),
        findings=tuple(findings),
        counts=Counts(
            rows=sum(count.rows for count in counts),
            ok=sum(count.ok for count in counts),
            review=sum(count.review for count in counts),
            rejected=sum(count.rejected for count in counts),
        ),
    )
