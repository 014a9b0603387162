"""What was named on the command line: files, standard input and bare addresses, brought into one reading."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import msgspec

from ipattr.addresses import ParsedAddress, parse_address
from ipattr.errors import InputError, UsageError
from ipattr.instants import Zone, parse_zone
from ipattr.model import Counts, Finding, Platform, Reading, Record, Refusal, Text
from ipattr.readers import Learned, Options, read_files, read_posts
from ipattr.readers.arguments import read_addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ipattr.addresses import Specials
    from ipattr.readers.asking import Ask
    from ipattr.registry import Registry

STDIN = "-"
ZONE_MISSING = "IPA161"
_REASONS = {
    "ENOENT": "そのファイル又はフォルダーがない",
    "EACCES": "権限がないか、ほかのプログラムで開いている",
    "EPERM": "権限がない",
    "EISDIR": "フォルダーである",
    "ENOTDIR": "途中の名前がフォルダーでない",
    "ENOSPC": "ディスクに空きがない",
    "EROFS": "読み取り専用のディスクである",
    "ENAMETOOLONG": "名前が長すぎる",
}


class Declared(Record, frozen=True, kw_only=True):
    """What the analyst declared about the files of one reading, as typed; ``memory`` keeps column mappings."""

    tz: str | None = None
    epoch: Literal["s", "ms"] | None = None
    encoding: str | None = None
    form: str | None = None
    mapping: str | Mapping[str, str] | None = None
    memory: Path | None = None
    accept_repairs: bool = False

    def options(self, platform: Platform | None, headings: Mapping[str, tuple[str, ...]]) -> Options:
        """Return the declarations as the readers take them; raise UsageError for one that cannot be understood.

        ``headings`` are the shipped column names of every platform; the platform's own stand before them.
        """
        own = platform.columns if platform else {}
        fields = dict.fromkeys((*own, *headings))
        return Options(
            zone=zone(self.tz) if self.tz else None,
            epoch=self.epoch,
            encoding=self.encoding,
            mapping=self.fields(),
            platform=platform.id if platform else "",
            form=self.form,
            accept_repairs=self.accept_repairs,
            columns={field: own.get(field, ()) + headings.get(field, ()) for field in fields},
            remembered=self.remembered(platform),
        )

    def fields(self) -> Mapping[str, str]:
        """Return field → column as declared; a string is read as ``time=…,ip=…``."""
        if not isinstance(self.mapping, str):
            return self.mapping or {}
        from ipattr.readers.mapping import parse_map

        return parse_map(self.mapping)

    def remembered(self, platform: Platform | None) -> Mapping[tuple[str, ...], Mapping[str, str]]:
        """Return the earlier answers for this platform."""
        if self.memory is None or platform is None:
            return {}
        from ipattr.readers.mapping import load_remembered

        return load_remembered(self.memory, platform.id)

    def remember(self, platform: Platform | None, learned: Sequence[Learned]) -> tuple[Finding, ...]:
        """Keep the mappings that fitted; what cannot be kept is a remark, because the reading itself stands."""
        if self.memory is None or platform is None or not learned:
            return ()
        from ipattr.readers.mapping import remember

        remarks: list[Finding] = []
        for answer in learned:
            try:
                remember(self.memory, platform.id, answer.headers, answer.mapping)
            except InputError as error:
                message = Text(ja=error.sentence("ja"), en=error.sentence("en"))
                remarks.append(Finding(code="IPA091", level="notice", message=message))
        return tuple(remarks)


class Material(Record, frozen=True, kw_only=True):
    """What one look-up reads: logs, addresses and posts as named, and everything declared about them."""

    inputs: tuple[str | Path, ...]
    posts: tuple[str | Path, ...] = ()
    supersedes: tuple[str | Path, ...] = ()
    platform: str = "x"
    declared: Declared = Declared()
    posts_tz: str | None = None

    def read(
        self,
        registry: Registry,
        *,
        stdin: BinaryIO | None = None,
        ask: Ask | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> tuple[Reading, Reading | None]:
        """Return the reading of the logs, and that of the posts where any are named."""
        known = find_platform(registry, self.platform)
        reading = read_logs(
            self.inputs,
            declared=self.declared,
            platform=known,
            registry=registry,
            stdin=stdin,
            supersedes=self.supersedes,
            ask=ask,
            progress=progress,
        )
        if not self.posts:
            return reading, None
        of_posts = Declared(tz=self.posts_tz, encoding=self.declared.encoding, memory=self.declared.memory)
        posted = read_posted(
            self.posts, declared=of_posts, platform=known, registry=registry, stdin=stdin, progress=progress
        )
        return reading, posted


def zone(text: str) -> Zone:
    """Return the declared zone; raise UsageError with the reason when it is none."""
    found = parse_zone(text)
    if isinstance(found, Refusal):
        raise UsageError(ja=found.reason.ja, en=found.reason.en, where=f"--tz {text}")
    return found


def find_platform(registry: Registry, platform: str) -> Platform | None:
    """Return the platform of that id, None for an empty id; raise UsageError naming the ids there are."""
    if not platform:
        return None
    found = registry.platforms.get(platform)
    if found is None:
        listed = ", ".join(sorted(registry.platforms))
        raise UsageError(
            ja=f"サービス「{platform}」は収録されていない。使えるのは {listed}。",
            en=f"The platform {platform!r} is not listed; use one of {listed}.",
        )
    return found


def platform_named(registry: Registry, name: str) -> Platform:
    """Return a platform; raise UsageError where there is none of this id, or none is named."""
    platform = find_platform(registry, name)
    if platform is None:
        raise UsageError(ja="プラットフォームを指定されたい。", en="Name a platform.")
    return platform


def sort_out(inputs: Sequence[str | Path], specials: Specials) -> tuple[list[str], list[ParsedAddress]]:
    """Tell files (and ``-``) from bare addresses; an existing file wins. Raise UsageError for what is neither."""
    files: list[str] = []
    addresses: list[ParsedAddress] = []
    for entry in inputs:
        text = str(entry)
        if text == STDIN or isinstance(entry, Path) or _is_there(text):
            files.append(text)
            continue
        parsed = parse_address(text, specials=specials)
        if isinstance(parsed, Refusal):
            raise UsageError(
                ja=f"「{text}」という名のファイルはなく、アドレスとしても読めない({parsed.reason.ja})",
                en=f"There is no file named {text!r}, nor is it an address ({parsed.reason.en})",
            )
        addresses.append(parsed)
    if files.count(STDIN) > 1:
        raise UsageError(
            ja="標準入力(-)は一度しか読めない。", en="Standard input (-) can be read only once.", where=STDIN
        )
    if not files and not addresses:
        raise UsageError(ja="入力がない。", en="There is no input.")
    return files, addresses


def reason(error: OSError) -> Text:
    """Return why the system refused a file: in Japanese for what people meet, else in the system's own words."""
    own = error.strerror or type(error).__name__
    return Text(ja=_REASONS.get(errno.errorcode.get(error.errno or 0, ""), own), en=own)


def unopened(error: OSError, where: str) -> InputError:
    """Return the error to raise for a file that cannot be opened."""
    why = reason(error)
    return InputError(ja=f"開けない({why.ja})。", en=f"It cannot be opened ({why.en}).", where=where)


def _is_there(text: str) -> bool:
    """Tell whether the text names something in the file system, be it a link that leads nowhere."""
    import os

    try:
        os.lstat(text)
    except OSError as error:
        return error.errno in {errno.EACCES, errno.ELOOP}
    except ValueError:
        return False
    return True


def read_logs(
    inputs: Sequence[str | Path],
    *,
    declared: Declared,
    platform: Platform | None,
    registry: Registry,
    stdin: BinaryIO | None,
    supersedes: Sequence[str | Path] = (),
    ask: Ask | None = None,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    """Read the logs, then the bare addresses, into one reading whose ids run on in that order.

    ``supersedes`` are older disclosures that the logs replace: read, compared row by row, and left out of the result.
    """
    files, addresses = sort_out(inputs, registry.specials)
    readings: list[Reading] = []
    if supersedes and not files:
        raise UsageError(
            ja="--supersedes に対する新しい開示のファイルがない。",
            en="There is no file of a newer disclosure to go with --supersedes.",
        )
    if files:
        options = declared.options(platform, registry.columns)
        reading, learned = read_files(
            files, specials=registry.specials, options=options, stdin=stdin, ask=ask, progress=progress
        )
        remarks = declared.remember(platform, learned)
        if supersedes:
            old, _ = read_files(
                [str(path) for path in supersedes],
                specials=registry.specials,
                options=options,
                stdin=stdin,
                ask=ask,
                progress=progress,
            )
            remarks += _superseded(old, reading)
        readings.append(msgspec.structs.replace(reading, findings=reading.findings + remarks) if remarks else reading)
    if addresses:
        readings.append(read_addresses(addresses))
    whole = readings[0] if len(readings) == 1 else _joined(readings)
    from ipattr.readers.differences import repeated

    again = repeated(whole.events)
    return msgspec.structs.replace(whole, findings=whole.findings + again) if again else whole


def _superseded(old: Reading, new: Reading) -> tuple[Finding, ...]:
    """Return what the newer reading changes, with the errors of the older one; refuse one file on both sides."""
    from ipattr.readers.differences import supersession

    known = {entry.sha256: entry.name for entry in new.inputs}
    for entry in old.inputs:
        if entry.sha256 in known:
            raise UsageError(
                ja=f"--supersedes の {entry.name} は、入力の {known[entry.sha256]} と同じ内容(SHA-256 が一致)である。",
                en=f"{entry.name}, named with --supersedes, is the same file as the input {known[entry.sha256]} "
                "(equal SHA-256).",
            )
    errors = tuple(finding for finding in old.findings if finding.level == "error")
    return supersession(old, new) + errors


def read_posted(
    paths: Sequence[str | Path],
    *,
    declared: Declared,
    platform: Platform | None,
    registry: Registry,
    stdin: BinaryIO | None,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    """Read the posts; where one lacks a zone, say which declaration reaches posts: that of the logs does not."""
    reading = read_posts(
        [str(path) for path in paths],
        specials=registry.specials,
        options=declared.options(platform, registry.columns),
        stdin=stdin,
        progress=progress,
    )
    if declared.tz is not None or all(reject.code != ZONE_MISSING for reject in reading.rejects):
        return reading
    message = Text(
        ja="投稿の時刻の時間帯は --posts-tz で宣言する。--tz はログだけに及ぶ。",
        en="Declare the zone of post times with --posts-tz; --tz reaches the logs alone.",
    )
    remark = Finding(code="IPA092", level="notice", message=message)
    return msgspec.structs.replace(reading, findings=(*reading.findings, remark))


def _joined(readings: Sequence[Reading]) -> Reading:
    events = [event for reading in readings for event in reading.events]
    counts = [reading.counts for reading in readings]
    return Reading(
        inputs=tuple(entry for reading in readings for entry in reading.inputs),
        events=tuple(msgspec.structs.replace(event, id=str(n)) for n, event in enumerate(events, start=1)),
        rejects=tuple(reject for reading in readings for reject in reading.rejects),
        pending=tuple(row for reading in readings for row in reading.pending),
        findings=tuple(finding for reading in readings for finding in reading.findings),
        counts=Counts(
            rows=sum(c.rows for c in counts),
            ok=sum(c.ok for c in counts),
            review=sum(c.review for c in counts),
            rejected=sum(c.rejected for c in counts),
        ),
    )
