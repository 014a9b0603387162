"""Disclosed files become logins and posts here; rows in = ok + review + rejected, or the reading ends with an error."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import msgspec

from ipattr.errors import InputError, UsageError
from ipattr.model import Counts, Finding, InputFile, LoginEvent, Pending, Post, Reading, Reject, Text
from ipattr.readers.document import STDIN, Document, FormReading, Options, base_name, decode_document, read_bytes
from ipattr.readers.forms import FORMS, AnyForm, Form, choose, post_forms
from ipattr.readers.kinds import is_archive, refuse_result
from ipattr.readers.mapping import MappingNeededError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipattr.addresses import Specials
    from ipattr.readers.asking import Answers, Ask

__all__ = [
    "FORMS",
    "Document",
    "Form",
    "FormReading",
    "Learned",
    "Options",
    "load_documents",
    "post_forms",
    "read",
    "read_files",
    "read_posts",
]


class Learned(NamedTuple):
    """A header row and the mapping that the analyst gave for it, worth remembering."""

    headers: tuple[str, ...]
    mapping: dict[str, str]


def read(paths: Sequence[str], *, specials: Specials, options: Options, stdin: BinaryIO | None = None) -> Reading:
    """Read logins from files (``-``: ``stdin``), ids numbered over all of them in input order.

    Raises InputError when a file cannot be read with certainty, UsageError when what was asked for contradicts itself.
    """
    return read_files(paths, specials=specials, options=options, stdin=stdin)[0]


def read_posts(
    paths: Sequence[str],
    *,
    specials: Specials,
    options: Options,
    stdin: BinaryIO | None = None,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    """Read the posts complained of; the same contract as ``read``, and the posts stand in ``Reading.posts``."""
    return read_files(paths, specials=specials, options=options, stdin=stdin, forms=post_forms(), progress=progress)[0]


def read_files(
    paths: Sequence[str],
    *,
    specials: Specials,
    options: Options,
    stdin: BinaryIO | None = None,
    forms: Sequence[AnyForm] = FORMS,
    ask: Ask | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Reading, tuple[Learned, ...]]:
    """Read as ``read`` does and return, beside the reading, the mappings given by the analyst that fitted a header.

    ``ask`` puts the question which column is which to a person; its answers are kept beside the input. ``progress``
    is told the name of each file as its reading begins.
    """
    if list(paths).count(STDIN) > 1:
        raise UsageError(ja="標準入力(-)は一度しか指定できない。", en="Standard input (-) can be named only once.")
    if options.form is not None and all(form.name != options.form for form in forms):
        names = ", ".join(form.name for form in forms)
        raise UsageError(
            ja=f"形式「{options.form}」はない。使える形式: {names}。",
            en=f"There is no form {options.form!r}; the forms are: {names}.",
        )
    desk = _Desk(options, specials, forms, ask=ask, progress=progress)
    for path in paths:
        desk.file(path, stdin)
    desk.compare()
    return _collect(desk.taken, desk.findings), tuple(desk.learned)


def load_documents(path: str, *, encoding: str | None = None, stdin: BinaryIO | None = None) -> tuple[Document, ...]:
    """Load one file, or every member of an archive that can be loaded; InputError as for one document.

    A member that cannot be loaded raises too: whoever only looks for pieces must not overlook a file.
    """
    name, data = base_name(path), read_bytes(path, stdin)
    if not is_archive(name, data):
        return (decode_document(name, data, encoding=encoding),)
    from ipattr.readers.archives import unpack

    unpacked = unpack(name, data)
    refused = next((finding for finding in unpacked.findings if finding.level == "error"), None)
    if refused is not None:
        raise InputError(ja=refused.message.ja, en=refused.message.en, where=name)
    return tuple(
        decode_document(f"{name}!{member.name}", member.data, encoding=encoding) for member in unpacked.members
    )


class _Desk:
    """Takes files one after another: what was read from each, the remarks, and the mappings worth remembering."""

    def __init__(
        self,
        options: Options,
        specials: Specials,
        forms: Sequence[AnyForm],
        *,
        ask: Ask | None,
        progress: Callable[[str], None] | None,
    ) -> None:
        """Take what holds for every file."""
        self.taken: list[tuple[InputFile, FormReading]] = []
        self.findings: list[Finding] = []
        self.learned: list[Learned] = []
        self._options = options
        self._specials = specials
        self._forms = forms
        self._ask = ask
        self._progress = progress

    def file(self, path: str, stdin: BinaryIO | None) -> None:
        """Read one file, or every member of an archive."""
        name = base_name(path)
        self._say(name)
        data = read_bytes(path, stdin)
        if is_archive(name, data):
            self._archive(path, name, data)
        else:
            refuse_result(name, data)
            self._document(decode_document(name, data, encoding=self._options.encoding), path)

    def compare(self) -> None:
        """Say when files that are read together hold the same logins."""
        if len(self.taken) > 1:
            from ipattr.readers.differences import shared

            self.findings += shared([(entry.name, found.events) for entry, found in self.taken])

    def _say(self, name: str) -> None:
        if self._progress is not None:
            self._progress(name)

    def _archive(self, path: str, name: str, data: bytes) -> None:
        from ipattr.readers.archives import FORM as ARCHIVE
        from ipattr.readers.archives import not_read, unpack

        digest = hashlib.sha256(data).hexdigest()
        if self._known(name, digest):
            return
        unpacked = unpack(name, data)
        place = len(self.taken)
        refused = [finding for finding in unpacked.findings if finding.level == "error"]
        handled = 0
        self.findings += unpacked.findings
        for member in unpacked.members:
            label = f"{name}!{member.name}"
            self._say(label)
            try:
                refuse_result(label, member.data)
                self._document(decode_document(label, member.data, encoding=self._options.encoding), path)
                handled += 1
            except InputError as error:
                refused.append(not_read(label, Text(ja=error.ja, en=error.en)))
                self.findings.append(refused[-1])
        if not handled:
            why = (
                refused[0].message if refused else Text(ja="記録のファイルがない。", en="It holds no file of records.")
            )
            raise InputError(ja=why.ja, en=why.en, where=name)
        read_members = len(self.taken) - place
        said = Text(
            ja=f"ZIP 書庫で、{unpacked.listed} 件のうち {read_members} 件を読んだ。",
            en=f"A ZIP archive; {read_members} of its {unpacked.listed} members were read.",
        )
        own = Text(ja="書庫そのものは文字ではない。", en="The archive itself is no text.")
        entry = InputFile(
            name=name,
            sha256=digest,
            size=len(data),
            form=ARCHIVE,
            form_reason=said,
            encoding="zip",
            encoding_reason=own,
            counts=Counts(rows=0, ok=0, review=0, rejected=0),
        )
        self.taken.insert(place, (entry, FormReading(rows=0)))

    def _document(self, document: Document, path: str) -> None:
        if self._known(document.name, document.sha256):
            return
        answers = self._answers(path)
        options = self._options
        if answers is not None:
            options = msgspec.structs.replace(options, remembered={**options.remembered, **answers.mappings})
        document = _distinctly_named(document, {entry.name for entry, _ in self.taken}, self.findings)
        chosen = choose(document, options, self._forms)
        found, remarks = self._read(document, chosen[0], options, path)
        if not found.rows and options.form is not None and chosen[0].detect(document, options) is None:
            raise InputError(
                ja=f"形式 {options.form} と指定されたが、その形式の記録が一つもない。",
                en=f"Declared as {options.form}, but there is not one record of that form in it.",
                where=document.name,
            )
        if answers is not None and found.mapping_source == "remembered" and found.headers in answers.mappings:
            from ipattr.readers.asking import used

            remarks.append(used(answers, document.name))
        self.taken.append((_input_file(document, chosen, found, options=options), found))
        self.findings += (*document.remarks, *found.findings, *remarks)

    def _answers(self, path: str) -> Answers | None:
        if path == STDIN:
            return None
        import os

        if not os.path.exists(path + ".ipattr-map.json"):  # noqa: PTH110 - one call for the many without answers
            return None
        from ipattr.readers.asking import load_answers

        return load_answers(path)

    def _read(
        self, document: Document, form: AnyForm, options: Options, path: str
    ) -> tuple[FormReading, list[Finding]]:
        """Read the document; a column that nobody can tell is asked for when there is somebody to ask."""
        try:
            found = form.read(document, options, self._specials)
        except MappingNeededError as needed:
            if self._ask is None or path == STDIN or not needed.headers:
                raise
            from ipattr.readers.asking import keep_answers, put

            answer = self._ask(put(document, needed))
            if not answer:
                raise
            # What was declared before stays: the question is about the fields that are missing.
            mapping = {**self._options.mapping, **answer}
            found = form.read(document, msgspec.structs.replace(options, mapping=mapping), self._specials)
            return found, [keep_answers(path, found.headers or needed.headers, found.mapping)]
        # A mapping that read nothing is a slip of the hand, and must not be used again for another file.
        if found.mapping_source == "given" and (found.events or found.posts):
            self.learned.append(Learned(found.headers, dict(found.mapping)))
        return found, []

    def _known(self, name: str, digest: str) -> bool:
        """Tell whether the very same bytes were read before, and say so."""
        same = next((entry.name for entry, _ in self.taken if entry.sha256 == digest), None)
        if same is not None:
            self.findings.append(_same_file(name, same))
        return same is not None


def _same_file(name: str, other: str) -> Finding:
    return Finding(
        code="IPA198",
        level="warning",
        message=Text(
            ja=f"{name} は {other} と同じ内容(SHA-256 が一致)なので、二度は読まない。",
            en=f"{name} is the same file as {other} (equal SHA-256); it was read once.",
        ),
        about=name,
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


def _input_file(document: Document, chosen: tuple[AnyForm, Text], found: FormReading, *, options: Options) -> InputFile:
    form, reason = chosen
    statuses = [event.status for event in found.events] + [post.status for post in found.posts]
    in_review = statuses.count("review")
    review = in_review + len(found.pending)
    counts = Counts(rows=found.rows, ok=len(statuses) - in_review, review=review, rejected=len(found.rejects))
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
    pending: list[Pending] = []
    for _, found in taken:
        events += found.events
        read_posts_ += found.posts
        rejects += found.rejects
        pending += found.pending
    counts = [entry.counts for entry, _ in taken]
    return Reading(
        inputs=tuple(entry for entry, _ in taken),
        events=tuple(msgspec.structs.replace(event, id=str(n)) for n, event in enumerate(events, start=1)),
        posts=tuple(msgspec.structs.replace(post, id=str(n)) for n, post in enumerate(read_posts_, start=1)),
        rejects=tuple(rejects),
        pending=tuple(pending),
        findings=tuple(findings),
        counts=Counts(
            rows=sum(count.rows for count in counts),
            ok=sum(count.ok for count in counts),
            review=sum(count.review for count in counts),
            rejected=sum(count.rejected for count in counts),
        ),
    )
