"""What the command line asks of its surroundings: language, terminal, exact output, files replaced in one step."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Protocol

from ipattr.errors import IpattrError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import BinaryIO, Self, TextIO

    from ipattr.readers.asking import Question

PLAIN_WIDTH = 120
YES = frozenset({"y", "yes", "はい"})
_PATIENCE = 2.0
_TRIES = 3
_JAPANESE_WINDOWS = 0x11


class OutputError(IpattrError):
    """The result could not be written (exit code 73, as in sysexits.h)."""

    exit_code: ClassVar[int] = 73


def language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return ``ja`` or ``en``: ``--lang`` when it stands among the arguments, else the locale, else English.

    It must be known before the arguments are parsed, because refusing them needs a language too.
    """
    for position, argument in enumerate(arguments):
        value = argument.partition("=")[2] if argument.startswith("--lang=") else ""
        if argument == "--lang" and position + 1 < len(arguments):
            value = arguments[position + 1]
        if value in {"ja", "en"}:
            return value
    named = next(filter(None, map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if named:
        return "ja" if named.lower().startswith("ja") else "en"
    if sys.platform == "win32":
        import ctypes

        return "ja" if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == _JAPANESE_WINDOWS else "en"
    return "en"


def use_utf8() -> None:
    """Make standard output strict UTF-8 and standard error unable to fail, whatever the locale."""
    for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def on_terminal() -> bool:
    """Tell whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def with_color(environment: Mapping[str, str]) -> bool:
    """Tell whether ANSI colour is wanted: NO_COLOR forbids it, FORCE_COLOR asks for it, else a terminal that can."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "") not in {"", "0", "false"}:
        return True
    return on_terminal() and environment.get("TERM") != "dumb"


def width(environment: Mapping[str, str]) -> int:
    """Return the width of the terminal in cells (COLUMNS wins), 120 where there is none."""
    return width_of(sys.stdout, environment)


def width_of(stream: TextIO | None, environment: Mapping[str, str]) -> int:
    """Return the width for one stream, as ``width`` for standard output: a plan is read on standard error."""
    columns = environment.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno() if stream is not None else -1).columns or PLAIN_WIDTH
    except (OSError, ValueError, AttributeError):
        return PLAIN_WIDTH


def standard_input() -> BinaryIO | None:
    """Return standard input as bytes, None when it is closed."""
    return None if sys.stdin is None else sys.stdin.buffer


def say(text: str) -> None:
    """Write one remark to standard error; a closed standard error is no reason to fail."""
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except (OSError, AttributeError, ValueError):
        return


def write(result: str | bytes) -> None:
    """Write a result to standard output as UTF-8, byte for byte. Raise BrokenPipeError when nobody reads on."""
    data = _utf8(result)
    if sys.stdout is None:
        raise OutputError(ja="標準出力が閉じている。", en="Standard output is closed.")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritten(error, "stdout") from None


def mute() -> None:
    """Point standard output at nothing, so that the interpreter's last flush into a closed pipe stays silent."""
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        return


def refuse_input_as_output(output: str, inputs: Iterable[str]) -> None:
    """Raise UsageError when ``output`` is one of the files that are read: evidence is never overwritten."""
    from pathlib import Path

    target = Path(output)
    if target.exists() and any(Path(path).exists() and target.samefile(path) for path in inputs):
        raise UsageError(
            ja="出力先が入力ファイルと同じである。別の名前を指定されたい。",
            en="The output is one of the input files; name another file.",
            where=output,
        )


def _utf8(result: str | bytes) -> bytes:
    return result.encode() if isinstance(result, str) else result


def replace_file(output: str, result: str | bytes) -> None:
    """Write a result as UTF-8 to ``output`` in one step: the file is whole or it is what it was. Mode 0600."""
    from pathlib import Path

    target = Path(output)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except OSError as error:
        raise unwritten(error, output) from None
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(_utf8(result))
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(target)
    except OSError as error:
        raise unwritten(error, output) from None
    finally:
        fresh.unlink(missing_ok=True)


def unwritten(error: OSError, where: str) -> OutputError:
    """Return the error for an output that cannot be written, with the system's reason."""
    from ipattr.inputs import reason

    why = reason(error)
    return OutputError(ja=f"書き出せない({why.ja})。", en=f"It cannot be written ({why.en}).", where=where)


def settings_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder for what is remembered: ``ipattr`` in ``$XDG_CONFIG_HOME``, ``~/.config`` or ``%APPDATA%``."""
    from pathlib import Path

    base = Path(environment.get("APPDATA" if sys.platform == "win32" else "XDG_CONFIG_HOME", ""))
    # The XDG specification has a relative path ignored.
    return (base if base.is_absolute() else Path.home() / ".config") / "ipattr"


class Counted(Protocol):
    """How far something has come, for people: ``waiting`` says for what, empty when for nothing."""

    @property
    def answered(self) -> int:
        """Return what is done."""

    @property
    def planned(self) -> int:
        """Return what there is to do."""

    @property
    def waiting(self) -> str:
        """Return what it waits for."""


class Progress:
    """Says on standard error what is being read, once reading takes longer than two seconds.

    On a terminal one line is written over and over and wiped at the end; elsewhere a line every ten seconds.
    """

    def __init__(self, lang: str) -> None:
        """Say nothing yet."""
        self._lang = lang
        self._name = ""
        self._verb = ("読込中", "reading")
        self._asking = False

    def __enter__(self) -> Self:
        """Start the clock."""
        from threading import Event, Thread

        self._over = Event()
        self._began = monotonic()
        self._thread = Thread(target=self._tick, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the clock and wipe the line."""
        self._over.set()
        self._thread.join()

    def tell(self, name: str) -> None:
        """Take the name of the file whose reading begins."""
        self._name = name if name.isprintable() else ascii(name)

    def count(self, state: Counted) -> None:
        """Take how far the asking has come."""
        waiting = "" if not state.waiting else f" {state.waiting}"
        self.reach(state.answered, state.planned)
        self._name += waiting

    def reach(self, done: int, planned: int) -> None:
        """Take how many of the planned queries are done."""
        self._name = f"{done}/{planned}"
        self._verb = ("照会中", "asking")

    def make(self, done: int, planned: int, name: str) -> None:
        """Take how many of the planned files are made, and the one that is under way."""
        self.tell(name)
        self._name = f"{done}/{planned} {self._name}"
        self._verb = ("作成中", "making")

    def pass_rows(self, rows: int, done: int, size: int | None) -> None:
        """Take how many rows are done, and how many bytes of the input (of ``size``, where it is known)."""
        self._name = f"{rows:,}" + (f" ({done * 100 // size}%)" if size else "")
        self._verb = ("行を処理中", "rows done")

    @contextmanager
    def pausing(self) -> Iterator[None]:
        """Stay silent while a person is asked or nothing is under way, and count the seconds anew after it."""
        self._asking = True
        try:
            yield
        finally:
            self._began = monotonic()
            self._asking = False

    def asker(self, inputs: Sequence[str]) -> Callable[[Question], dict[str, str] | None] | None:
        """Return how to ask a person which column is which; None where nobody sits at a terminal."""
        terminals = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
        return self._ask if terminals and "-" not in inputs else None

    def _ask(self, question: Question) -> dict[str, str] | None:
        with self.pausing():
            return ask_columns(question, self._lang)

    def _tick(self) -> None:
        terminal = sys.stderr is not None and sys.stderr.isatty()
        pause, written = _PATIENCE, 0
        while not self._over.wait(pause):
            pause = 1.0 if terminal else 10.0
            if self._asking:
                continue
            seconds = round(monotonic() - self._began)
            ja, en = self._verb
            text = f"{ja} {self._name} … {seconds} 秒" if self._lang == "ja" else f"{en} {self._name} … {seconds} s"
            if terminal:
                written = max(written, 2 * len(text))
                _put("\r" + text)
            else:
                say(text)
        if written:
            _put("\r" + " " * written + "\r")


def _put(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, AttributeError, ValueError):
        return


def answer_to(question: str) -> str:
    """Ask a person at the terminal, and return what was typed in lower case; only one of ``YES`` is agreement."""
    _put(f"{question} [y/N]: ")
    return sys.stdin.readline().strip().lower()


def ask_columns(question: Question, lang: str) -> dict[str, str] | None:
    """Ask on standard error, one field at a time, which of the numbered columns it is; None when no answer comes."""
    ja = lang == "ja"
    answers: dict[str, str] = {}
    for number, column in enumerate(question.columns, start=1):
        shown = " / ".join(sample if sample.isprintable() else ascii(sample) for sample in column.samples)
        header = column.header if column.header.isprintable() else ascii(column.header)
        say(f"  {number:>3}) {header}" + (f"  ({'例' if ja else 'e.g.'} {shown})" if shown else ""))
    for field, text in question.fields:
        for _ in range(_TRIES):
            asked = f"{text.ja}。番号" if ja else f"{text.en[:1].upper()}{text.en[1:]}? number"
            _put(
                f"{question.name}: {asked} (1-{len(question.columns)}{'、Enter で中止' if ja else ', Enter to stop'}): "
            )
            line = sys.stdin.readline().strip()
            if not line:
                return None
            if line.isdecimal() and 1 <= int(line) <= len(question.columns):
                header = question.columns[int(line) - 1].header
                if header not in answers.values():
                    answers[field] = header
                    break
        else:
            return None
    return answers
