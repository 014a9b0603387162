"""Damage to every form, and files that are no disclosure at all: one clear error, or a reading that lost nothing.

Run as a program, this file is the child in which a batch is read: its memory is limited, its peak is measured.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import subprocess
import sys
import sysconfig
import time
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipattr.addresses import Specials
    from ipattr.errors import IpattrError
    from ipattr.model import Reading
    from ipattr.readers import Options

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261121
MUTATIONS = 72
SANDBOXED = 5
SECONDS = 60
MEBIBYTE = 1024 * 1024
ADDRESS_SPACE = 2048 * MEBIBYTE
PEAK = 512 * MEBIBYTE
FILES = 300
FILE_BYTES = 2 * MEBIBYTE
SUFFIXES = (".csv", ".docx", ".html", ".js", ".ods", ".pdf", ".txt", ".xls", ".xlsx", ".zip")
FORMS = (
    "return.docx", "return.txt", "scan.txt", "return.pdf", "log.xlsx", "log.xls", "log.ods", "cp932.csv", "bom.csv",
    "utf16.tsv", "ip-audit.js", "meta.html", "ch2.txt", "three.zip",
)  # fmt: skip
ENCODINGS = {"cp932.csv": "cp932", "bom.csv": "utf-8-sig", "utf16.tsv": "utf-16", "ch2.txt": "cp932"}
BINARY = ("return.pdf", "log.xlsx", "log.xls", "log.ods")
ZIPPED = ("return.docx", "log.xlsx", "log.ods", "three.zip")
IN_CHILD = ("return.pdf", "log.xlsx", "log.xls", "log.ods", "three.zip")
ODDITIES = (b'"', b"'", b"\xe2\x80\x9c", b"\x00", b"\xff", b"\r", b"\n", b"\t", b",", b"<", b">", b"&", b"\x81")
# Findings that say how much was not read, and where, without quoting it: sections, sheets, pages, members.
SAID_IN_NUMBERS = {"IPA067", "IPA088", "IPA096", "IPA701"}


# Damage to the bytes as they travel.


def flip(chance: random.Random, data: bytes, _name: str) -> bytes:
    """Turn one bit in each of up to eight bytes."""
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 9)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def truncate(chance: random.Random, data: bytes, _name: str) -> bytes:
    return data[: chance.randrange(len(data))]


def repeat_bytes(chance: random.Random, data: bytes, _name: str) -> bytes:
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.randrange(1, 600))
    return data[:end] + data[start:end] * chance.randrange(1, 4) + data[end:]


def drop_bytes(chance: random.Random, data: bytes, _name: str) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randrange(1, 200) :]


def insert(chance: random.Random, data: bytes, _name: str) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(ODDITIES) * chance.randrange(1, 3) + data[at:]


# Damage to text.


def _decoded(data: bytes, name: str) -> str:
    return data.decode(ENCODINGS.get(name, "utf-8"))


def swap_encoding(chance: random.Random, data: bytes, name: str) -> bytes:
    other = chance.choice(["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "utf-16-be", "euc_jp", "utf-32"])
    return _decoded(data, name).encode(other, chance.choice(["replace", "xmlcharrefreplace"]))


def quotes(chance: random.Random, data: bytes, name: str) -> bytes:
    """Add a quote at the beginning of some cell or word, or take one away."""
    text = _decoded(data, name)
    if chance.random() < 0.5:
        at = chance.choice([found.start() for found in re.finditer(r"\b\w", text)])
        text = text[:at] + chance.choice("\"'“”") + text[at:]
    else:
        places = [found.start() for found in re.finditer("[\"'“”<>{}]", text)] or [0]
        at = chance.choice(places)
        text = text[:at] + text[at + 1 :]
    return text.encode(ENCODINGS.get(name, "utf-8"))


def lines(chance: random.Random, data: bytes, name: str) -> bytes:
    """Repeat, drop, swap or join lines."""
    rows = _decoded(data, name).split("\n")
    for _ in range(chance.randrange(1, 4)):
        at, other = chance.randrange(len(rows)), chance.randrange(len(rows))
        match chance.randrange(4):
            case 0:
                size = chance.randrange(1, 8)
                rows[at:at] = rows[at : at + size]
            case 1 if len(rows) > 2:
                del rows[at]
            case 2:
                rows[at], rows[other] = rows[other], rows[at]
            case _ if at + 1 < len(rows):
                rows[at : at + 2] = [rows[at] + rows[at + 1]]
    return "\n".join(rows).encode(ENCODINGS.get(name, "utf-8"))


# Damage inside a ZIP package, whose checksums are right again.


def members(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def packed(parts: list[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 1, 0, 0, 0)), content)
    return made.getvalue()


def _telling(chance: random.Random, parts: list[tuple[str, bytes]]) -> int:
    """Choose a member, mostly one of those that hold the records."""
    records = [at for at, (name, _) in enumerate(parts) if re.search(r"document|sheet|content\.xml|shared|回答", name)]
    return chance.choice(records) if records and chance.random() < 0.75 else chance.randrange(len(parts))


def damage_member(chance: random.Random, data: bytes, name: str) -> bytes:
    parts = members(data)
    at = _telling(chance, parts)
    inner, content = parts[at]
    if content:
        damage = chance.choice([flip, truncate, repeat_bytes, drop_bytes, insert])
        parts[at] = (inner, damage(chance, content, name))
    return packed(parts)


def lose_member(chance: random.Random, data: bytes, _name: str) -> bytes:
    parts = members(data)
    del parts[_telling(chance, parts)]
    return packed(parts)


def rename_member(chance: random.Random, data: bytes, _name: str) -> bytes:
    parts = members(data)
    at = _telling(chance, parts)
    inner = parts[at][0]
    parts[at] = (chance.choice(["../" + inner, "/" + inner, inner.upper(), "x", "C:\\" + inner]), parts[at][1])
    return packed(parts)


def repeat_tag(chance: random.Random, data: bytes, _name: str) -> bytes:
    """Repeat or drop one tag of the markup, or one whole element of a row or paragraph."""
    parts = members(data)
    at = _telling(chance, parts)
    inner, content = parts[at]
    text = content.decode("utf-8", "replace")
    whole = r"<(row|w:p|table:table-row|si|c)[ >].*?</\1>"
    found = list(re.finditer(whole if chance.random() < 0.6 else "<[^<>?]+>", text, re.DOTALL))
    if found:
        one = chance.choice(found)
        text = text[: one.end()] + (one[0] if chance.random() < 0.6 else "") + text[one.end() :]
        text = text if chance.random() < 0.7 else text[: one.start()] + text[one.end() :]
        parts[at] = (inner, text.encode())
    return packed(parts)


ANYWHERE: tuple[Callable[[random.Random, bytes, str], bytes], ...] = (flip, truncate, repeat_bytes, drop_bytes, insert)
IN_TEXT = (*ANYWHERE, swap_encoding, quotes, quotes, lines, lines, lines)
IN_ZIP = (flip, truncate, insert, lose_member, rename_member, *(damage_member,) * 3, *(repeat_tag,) * 3)


def damaged(chance: random.Random, data: bytes, name: str) -> bytes:
    """Return the file with one or two of the damages that its form can suffer."""
    choice = IN_ZIP if name in ZIPPED else ANYWHERE if name in BINARY else IN_TEXT
    made = chance.choice(choice)(chance, data, name)
    if not made or chance.random() < 0.7:
        return made
    return chance.choice(ANYWHERE)(chance, made, name)


# What the damaged file still shows, found without the readers.


def shown(data: bytes, name: str, encoding: str) -> str:
    """Return the text in which a login can stand, empty where this cannot be told without a reader."""
    look = LOOKS.get(Path(name).suffix)
    try:
        return look(data) if look is not None else data.decode(encoding)
    except (ValueError, LookupError, OSError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return ""


def _drawn(data: bytes) -> str:
    """Return what PDFium takes for text: what stands in a stream that no viewer can draw is not on the page."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def _inside(name: str, pattern: str) -> Callable[[bytes], str]:
    return lambda data: "\n".join(re.findall(pattern, dict(members(data))[name].decode("utf-8")))


def _calamine(data: bytes) -> str:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return "\n".join(str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row)
    except (CalamineError, IndexError):
        return ""


LOOKS: dict[str, Callable[[bytes], str]] = {
    ".pdf": _drawn,
    ".xls": _calamine,
    ".docx": _inside("word/document.xml", r"<w:t(?: [^<>]*)?>([^<]*)</w:t>"),
    ".ods": _inside("content.xml", r"<text:p>([^<]*)</text:p>"),
    ".xlsx": _inside("xl/worksheets/sheet1.xml", r'<c r="B\d+" t="inlineStr"><is><t>([^<]*)</t></is></c>'),
    ".zip": lambda data: "\n".join(shown(content, name, "cp932") for name, content in members(data)),
}


def stands_in(address: str, text: str) -> bool:
    """Tell whether an address stands in a text as a whole, alone or with a port."""
    return re.search(rf"(?<![0-9A-Za-z.:]){re.escape(address)}(?![0-9A-Za-z.]|:[^0-9])", text) is not None


def vanished(text: str, reading: Reading, addresses: list[str]) -> list[str]:
    """Return the addresses of the text of which the reading says nothing at all."""
    import msgspec

    told = msgspec.json.encode((reading.events, reading.rejects, reading.pending, reading.findings)).decode()
    return [address for address in addresses if stands_in(address, text) and address not in told]


def all_in_rejects(text: str, address: str, reading: Reading) -> bool:
    """Tell whether every place of the address lies in a record that was rejected, or is pending, at its row."""
    unread = {row.row for row in (*reading.rejects, *reading.pending)}
    starts = unread | {int(event.provenance.locator.rpartition(":")[2]) for event in reading.events}
    rows = (len(re.split(r"\r\n|\r|\n", text[: found.start()])) for found in re.finditer(re.escape(address), text))
    return all(max((start for start in starts if start <= row), default=0) in unread for row in rows)


def faults_of(reading: Reading) -> list[str]:
    """Return what is wrong with the counts of a reading."""
    counts = reading.counts
    listed = len(reading.events) + len(reading.rejects) + len(reading.pending)
    wrong = [] if counts.conserved and counts.rows == listed else [f"not conserved: {counts}, {listed} listed"]
    if counts.rows != sum(entry.counts.rows for entry in reading.inputs):
        wrong.append(f"the files do not add up to {counts.rows}")
    return wrong


def faults_of_error(error: IpattrError) -> list[str]:
    """Return what is wrong with an error: both sentences are there, each in its language."""
    wrong = [] if re.search("[ぁ-んァ-ヶ一-龠]", error.ja) else [f"no Japanese sentence: {error.ja!r}"]
    if not re.search("[a-z]{3}", error.en) or re.search("[ぁ-ん]{3}", error.en):
        wrong.append(f"no English sentence: {error.en!r}")
    return wrong


# The child: reads a batch and reports.


class Tools(NamedTuple):
    """What reading takes."""

    specials: Specials
    options: Options


def tools() -> Tools:
    from ipattr.readers import Options
    from ipattr.registry import open_registry

    registry = open_registry()
    return Tools(registry.specials, Options(columns=registry.columns, platform="x"))


def read_file(path: Path, kit: Tools) -> Reading:
    """Read as the program does, binary forms in a process of their own."""
    from ipattr.readers import read

    return read([str(path)], specials=kit.specials, options=kit.options)


def read_here(name: str, data: bytes, kit: Tools) -> Reading | None:
    """Read a workbook or PDF with its parser in this process; None when the bytes are no longer of its kind."""
    from ipattr.readers import spreadsheet
    from ipattr.readers.document import Document, FormReading
    from ipattr.readers.forms import FORMS as KNOWN
    from ipattr.readers.forms import choose
    from ipattr.readers.kinds import file_kind
    from ipattr.readers.pdf.extraction import parse

    kind = file_kind(name, data)
    if kind not in {"sheet", "pdf"}:
        return None
    from ipattr.model import Text

    document = Document(
        name=name,
        data=data,
        sha256="",
        kind="sheet" if kind == "sheet" else "pdf",
        text="",
        encoding=kind,
        encoding_reason=Text(ja="", en=""),
        grids=spreadsheet.parse(data).grids if kind == "sheet" else (),
        pdf=parse(data) if kind == "pdf" else None,
    )
    found: FormReading = choose(document, kit.options, KNOWN)[0].read(document, kit.options, kit.specials)
    return as_reading(found)


def as_reading(found: object) -> Reading:
    """Return what one form read as a reading without inputs."""
    from ipattr.model import Counts, Reading
    from ipattr.readers.document import FormReading

    assert isinstance(found, FormReading)
    review = sum(event.status == "review" for event in found.events)
    counts = Counts(
        rows=found.rows,
        ok=len(found.events) - review,
        review=review + len(found.pending),
        rejected=len(found.rejects),
    )
    return Reading(
        inputs=(),
        events=found.events,
        rejects=found.rejects,
        pending=found.pending,
        findings=found.findings,
        counts=counts,
    )


class Report:
    """What became of a batch."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self.outcomes: Counter[str] = Counter()
        self.broke: Counter[str] = Counter()
        self.failures: list[str] = []
        self.slowest = (0.0, "")

    def take(self, case: str, action: Callable[[], Reading | None], *, kept: tuple[str, bool, bytes]) -> None:
        """Read one file and note how it ended; ``kept`` is (form, whether an error has to name a place, its bytes)."""
        from ipattr.errors import InputError, IpattrError

        began = time.perf_counter()
        try:
            reading = action()
        except IpattrError as error:
            wrong = faults_of_error(error) if isinstance(error, InputError) else [f"{type(error).__name__}: {error.en}"]
            wrong += [] if error.where or not kept[1] else [f"no place: {error.en!r}"]
            self.broke["broke down" in error.en] += 1
            outcome = "refused"
        except Exception as error:  # noqa: BLE001 - nothing else may come out; all that does is reported
            wrong, outcome = [f"{type(error).__name__}: {error}"], "raised"
        else:
            wrong = [] if reading is None else self._wrong(reading, kept[0], kept[2])
            outcome = "read"
        took = time.perf_counter() - began
        self.outcomes[outcome] += 1
        self.slowest = max(self.slowest, (took, case))
        wrong += [f"took {took:.1f} s"] if took > SECONDS else []
        self.failures += [f"{case}: {one}" for one in wrong]

    @staticmethod
    def _wrong(reading: Reading, form: str, data: bytes) -> list[str]:
        wrong = faults_of(reading) if reading.inputs else [one for one in faults_of(reading) if "listed" in one]
        if form in FORMS:
            import disclosure

            encoding = reading.inputs[0].encoding if reading.inputs else ""
            gone = vanished(shown(data, form, encoding), reading, [login.address for login in disclosure.LOGINS])
            # A rejected row tells the cell it was refused for; its other cells, and those of a neighbour whose start
            # is lost, stand in the file at its row.
            unread = 2 * (len(reading.rejects) + len(reading.pending))
            if encoding not in {"", "docx", "spreadsheet", "pdf"} and form != "three.zip":
                gone = [address for address in gone if not all_in_rejects(data.decode(encoding), address, reading)]
                unread = 0
            if len(gone) > unread and not any(finding.code in SAID_IN_NUMBERS for finding in reading.findings):
                wrong.append(f"nothing is said of {gone} ({unread} rows not read)")
        return wrong

    def finish(self) -> dict[str, object]:
        """Return the report as plain values, with the most memory this process or a child of it ever held."""
        import resource

        most = max(held(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        return {
            "outcomes": dict(self.outcomes),
            "broke": self.broke[True],
            "failures": self.failures[:40],
            "failed": len(self.failures),
            "slowest": self.slowest,
            "peak": most * (1 if sys.platform == "darwin" else 1024),
        }


def held() -> int:
    """Return the most memory that this process ever held, in the units of ``ru_maxrss``."""
    import resource

    # On Linux a process is also charged with what its parent held when it was started, here a whole test run.
    try:
        return int(re.search(r"VmHWM:\s+([0-9]+)", Path("/proc/self/status").read_text(encoding="ascii"))[1])  # type: ignore[index]
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def mutate(name: str, count: int, seed: int, scratch: Path, *, here: bool) -> Report:
    """Read ``count`` damaged copies of a form; ``here``: workbooks and PDFs with their parsers in this process."""
    import disclosure

    kit, report = tools(), Report()
    base = disclosure.WRITERS[name]()
    chance = random.Random(f"{seed} {name} {here}")  # noqa: S311 - a seeded choice, no secret
    path = scratch / name
    for number in range(count):
        data = damaged(chance, base, name)
        path.write_bytes(data)

        def action(data: bytes = data) -> Reading | None:
            found = read_here(name, data, kit) if here and name in BINARY else None
            return found or read_file(path, kit)

        before = len(report.failures)
        report.take(f"{name} {number}", action, kept=(name, not (here and name in BINARY), data))
        if len(report.failures) > before and "KEEP" in os.environ:
            Path(os.environ["KEEP"], f"{number}-{name}").write_bytes(data)
    return report


def files_of_the_machine(count: int) -> list[Path]:
    """Return files of every suffix in turn, the rare ones first, in an order that is the same on the same machine."""
    roots = [Path(sysconfig.get_path("purelib")), Path("/usr/share")]
    groups: dict[str, list[Path]] = {}
    for root in roots:
        for folder, names, found in os.walk(root):
            names.sort()
            for name in sorted(found):
                suffix = Path(name).suffix.lower()
                if suffix in SUFFIXES:
                    groups.setdefault(suffix, []).append(Path(folder, name))
    taken: list[Path] = []
    for _, group in sorted(groups.items(), key=lambda item: len(item[1])):
        small = [path for path in group if path.is_file() and path.stat().st_size < FILE_BYTES]
        share = max(1, count // 4)
        step = max(1, len(small) // share)
        taken += small[::step][:share]
    return taken[:count]


def read_files(count: int, start: int, step: int) -> Report:
    """Read every ``step``-th file of the machine's, through the sandbox where the form has one."""
    kit, report = tools(), Report()
    for path in files_of_the_machine(count)[start::step]:
        report.take(str(path), lambda path=path: read_file(path, kit), kept=("", True, b""))  # type: ignore[misc]
    return report


def child(task: str, scratch: str) -> None:
    """Be the child: take the limit, read the batch, print the report."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    kind, name, first, second = json.loads(task)
    match kind:
        case "here" | "sandbox":
            report = mutate(name, first, second, Path(scratch), here=kind == "here")
        case _:
            report = read_files(int(name), first, second)
    sys.stdout.write(json.dumps(report.finish(), ensure_ascii=False))


# The tests.


def batch(task: tuple[str, str, int, int], scratch: Path) -> dict[str, object]:
    """Run one batch in a child with limited memory and return its report."""
    path = os.pathsep.join(str(ROOT / folder) for folder in (".", "tests/readers"))
    command = [sys.executable, "-W", "error", __file__, json.dumps(task), str(scratch)]
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    ended = subprocess.run(command, check=False, capture_output=True, timeout=600, env=environment, encoding="utf-8")
    assert ended.returncode == 0, ended.stderr[-2000:]
    report: dict[str, object] = json.loads(ended.stdout)
    return report


def check(report: dict[str, object]) -> dict[str, int]:
    """Assert that nothing failed and that memory stayed small; return how the files ended."""
    assert report["failures"] == []
    peak, outcomes = report["peak"], report["outcomes"]
    assert isinstance(peak, int)
    assert peak < PEAK
    assert isinstance(outcomes, dict)
    return outcomes


no_limits = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no address space limit for a process")


@no_limits
@pytest.mark.parametrize("name", FORMS)
def test_a_damaged_form_is_an_error_or_a_reading_that_lost_nothing(name: str, tmp_path: Path) -> None:
    outcomes = check(batch(("here", name, MUTATIONS, SEED), tmp_path))
    assert sum(outcomes.values()) == MUTATIONS
    assert set(outcomes) <= {"read", "refused"}
    assert min(outcomes.get("read", 0), outcomes.get("refused", 0)) >= 2, outcomes


@no_limits
def test_the_batches_are_a_thousand() -> None:
    assert len(FORMS) == 14
    assert len(FORMS) * MUTATIONS >= 1000


@no_limits
@pytest.mark.parametrize("name", IN_CHILD)
def test_damage_ends_alike_in_the_sandbox(name: str, tmp_path: Path) -> None:
    outcomes = check(batch(("sandbox", name, SANDBOXED, SEED), tmp_path))
    assert sum(outcomes.values()) == SANDBOXED


@no_limits
@pytest.mark.parametrize("start", range(2))
def test_files_that_happen_to_be_here_are_refused_or_read_whole(start: int, tmp_path: Path) -> None:
    """Whatever the file is, it ends in a sentence or in a reading whose rows add up."""
    taken = files_of_the_machine(FILES)[start::2]
    if not taken:
        pytest.skip("there are no such files on this machine")
    outcomes = check(batch(("files", str(FILES), start, 2), tmp_path))
    assert sum(outcomes.values()) == len(taken)


@pytest.mark.parametrize("name", FORMS)
def test_the_look_without_readers_sees_every_login(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compared with the readings is not empty, or nothing could ever be missed."""
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "readers"))
    import disclosure

    text = shown(disclosure.WRITERS[name](), name, ENCODINGS.get(name, "utf-8"))
    damaged_ones = {10} if name == "scan.txt" else set()
    seen = {n for n, login in enumerate(disclosure.LOGINS, 1) if stands_in(login.address, text)}
    assert set(range(1, 13)) - seen == damaged_ones


def _records(text: str, name: str) -> Iterator[tuple[int, int]]:
    patterns = {
        "return.txt": r"“ipAudit” : \{\n.*?\n\}\n",
        "scan.txt": r"“ipAudit” : \{\n.*?\n\}\n",
        "ip-audit.js": r'  \{\n    "ipAudit".*?\n  \},\n',
        "meta.html": r"<div[^\n]*>IP Address<[^\n]*\n<div[^\n]*>Time<[^\n]*\n",
        "ch2.txt": r"[^\n]* <> \d+ <> [^\n]*\n",
        "cp932.csv": r"(?<=\n)[^\n]+\n",
        "bom.csv": r"(?<=\n)[^\n]+\n",
        "utf16.tsv": r"(?<=\n)[^\n]+\n",
    }
    yield from (found.span() for found in re.finditer(patterns[name], text, re.DOTALL))


@pytest.mark.parametrize(
    "name", ["return.txt", "scan.txt", "ip-audit.js", "meta.html", "ch2.txt", "cp932.csv", "bom.csv", "utf16.tsv"]
)
def test_a_record_that_stands_twice_is_two_rows(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "readers"))
    import disclosure

    kit, path = tools(), tmp_path / name
    text = _decoded(disclosure.WRITERS[name](), name)
    path.write_bytes(disclosure.WRITERS[name]())
    once = read_file(path, kit)
    spans = list(_records(text, name))
    assert len(spans) >= 7
    for start, end in spans:
        path.write_bytes((text[:end] + text[start:]).encode(ENCODINGS.get(name, "utf-8")))
        twice = read_file(path, kit)
        assert twice.counts.rows == once.counts.rows + 1
        more = Counter(event.address.text for event in twice.events)
        more.update(row.proposed_ip for row in twice.pending)
        more.subtract(event.address.text for event in once.events)
        more.subtract(row.proposed_ip for row in once.pending)
        assert [address for address, count in more.items() if count] == [
            login.address for login in disclosure.LOGINS if login.address in text[start:end].replace(" ", "")
        ]


if __name__ == "__main__":
    child(*sys.argv[1:])
