"""What the command line asks of its surroundings: language, terminal, exact output, files replaced in one step."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, ClassVar

from ipattr.errors import IpattrError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

PLAIN_WIDTH = 120
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
        import ctypes  # noqa: PLC0415 - loaded where it is used: a start that prints help needs none of it

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
    columns = environment.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or PLAIN_WIDTH
    except (OSError, ValueError, AttributeError):
        return PLAIN_WIDTH


def say(text: str) -> None:
    """Write one remark to standard error; a closed standard error is no reason to fail."""
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except (OSError, AttributeError, ValueError):
        return


def write(text: str) -> None:
    """Write a result to standard output as UTF-8, byte for byte. Raise BrokenPipeError when nobody reads on."""
    data = text.encode()
    if sys.stdout is None:
        raise OutputError(ja="標準出力が閉じている。", en="Standard output is closed.")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritten(error, "stdout") from None


def mute() -> None:
    """Point standard output at nothing, so that the interpreter's last flush into a closed pipe stays silent."""
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        return


def refuse_input_as_output(output: str, inputs: Iterable[str]) -> None:
    """Raise UsageError when ``output`` is one of the files that are read: evidence is never overwritten."""
    from pathlib import Path  # noqa: PLC0415 - loaded where it is used: a start that prints help needs none of it

    target = Path(output)
    if target.exists() and any(Path(path).exists() and target.samefile(path) for path in inputs):
        raise UsageError(
            ja="出力先が入力ファイルと同じである。別の名前を指定されたい。",
            en="The output is one of the input files; name another file.",
            where=output,
        )


def replace_file(output: str, text: str) -> None:
    """Write ``text`` as UTF-8 to ``output`` in one step: the file is whole or it is what it was. Mode 0600."""
    from pathlib import Path  # noqa: PLC0415 - loaded where it is used: a start that prints help needs none of it

    target = Path(output)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except OSError as error:
        raise _unwritten(error, output) from None
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(target)
    except OSError as error:
        raise _unwritten(error, output) from None
    finally:
        fresh.unlink(missing_ok=True)


def _unwritten(error: OSError, where: str) -> OutputError:
    reason = error.strerror or type(error).__name__
    return OutputError(ja=f"書き出せない({reason})。", en=f"It cannot be written ({reason}).", where=where)


def settings_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder for what is remembered: ``ipattr`` in ``$XDG_CONFIG_HOME``, ``~/.config`` or ``%APPDATA%``."""
    from pathlib import Path  # noqa: PLC0415 - loaded where it is used: a start that prints help needs none of it

    base = Path(environment.get("APPDATA" if sys.platform == "win32" else "XDG_CONFIG_HOME", ""))
    # The XDG specification has a relative path ignored.
    return (base if base.is_absolute() else Path.home() / ".config") / "ipattr"
