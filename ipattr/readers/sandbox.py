"""Parsers of binary forms run in a process of their own: bytes in over stdin, plain records out over stdout.

The child may use 1 GiB of address space, 60 seconds of processor and of wall clock and 64 open files, writes no file,
opens no connection and starts no program. On macOS the system may not enforce the address space; on Windows, which has
no such limits for a process, the wall clock alone bounds it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple, TypeVar

import msgspec

from ipattr.errors import InputError
from ipattr.readers.limits import MEBIBYTE, Sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from subprocess import Popen

Kind = Literal["spreadsheet", "pdf", "docx"]
T = TypeVar("T")

# The one table of what a child may run: kind → module and function of type bytes → plain records.
PARSERS: dict[str, tuple[str, str]] = {
    "spreadsheet": ("ipattr.readers.spreadsheet", "parse"),
    "pdf": ("ipattr.readers.pdf.extraction", "parse"),
    "docx": ("ipattr.readers.word", "docx_text"),
}
_CHILD = "import sys; sys.path[:] = sys.argv[2:]; from ipattr.readers.sandbox import child; child(sys.argv[1])"
# Libraries of optional extras: module → extra.
_EXTRAS = {"pdfplumber": "pdf", "pdfminer": "pdf", "pypdfium2": "pdf"}
_RESULT, _REFUSED, _MEMORY, _FAILED = b"R", b"E", b"M", b"X"
_CHUNK = MEBIBYTE
_WRITES = 0x1 | 0x2 | 0x40 | 0x200 | 0x400  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, as Linux numbers them


class _Refusal(NamedTuple):
    ja: str
    en: str
    where: str


class _End(NamedTuple):
    """How a child ended: what it wrote, or which limit ended it; ``code`` is its exit code (negative: a signal)."""

    output: bytes
    limit: Literal["", "wall", "output"]
    code: int


def parse(kind: Kind, data: bytes, *, result: type[T], file: str, limits: Sandbox | None = None) -> T:
    """Run the parser of ``kind`` over ``data`` in a child process and return what it made, checked against ``result``.

    Raises InputError, led by ``file``: the parser's own refusal with both its sentences, or one sentence that says
    which limit ended it or that it broke.
    """
    allowed = limits or Sandbox()
    return _conclude(_run(kind, data, allowed, _module_path()), result=result, file=file, limits=allowed)


def _module_path() -> list[str]:
    """Return where this program and its libraries were found, for a child that starts isolated."""
    from pathlib import Path

    return [str(Path(entry).resolve()) for entry in sys.path if entry] + [str(Path.cwd())] * ("" in sys.path)


def _run(kind: str, data: bytes, limits: Sandbox, path: Sequence[str]) -> _End:
    import subprocess

    settings = msgspec.json.encode(limits).decode()
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own fixed code
        [sys.executable, "-I", "-S", "-c", _CHILD, f"{kind} {settings}", *path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=sys.platform != "win32",
    )
    try:
        return _exchange(process, data, limits)
    finally:
        _kill(process)


def _exchange(process: Popen[bytes], data: bytes, limits: Sandbox) -> _End:
    """Feed the child and take what it writes, both at once, until it ends or a limit does."""
    from threading import Thread

    if process.stdin is None or process.stdout is None:
        message = "the child has no pipes"
        raise RuntimeError(message)
    taken = bytearray()
    feeder = Thread(target=_feed, args=(process.stdin, data), daemon=True)
    taker = Thread(target=_take, args=(process.stdout, taken, limits.output_bytes), daemon=True)
    feeder.start()
    taker.start()
    taker.join(limits.wall_seconds)
    late = taker.is_alive()
    if late or len(taken) > limits.output_bytes:
        _kill(process)
        return _End(b"", "wall" if late else "output", 0)
    return _End(bytes(taken), "", _ended(process))


def _ended(process: Popen[bytes]) -> int:
    import subprocess

    try:
        return process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        _kill(process)
        return process.wait()


def _feed(stream: BinaryIO, data: bytes) -> None:
    try:
        with stream:
            stream.write(data)
    except OSError:  # the child ended before it had read everything; how it ended says why
        return


def _take(stream: BinaryIO, taken: bytearray, most: int) -> None:
    with stream:
        while len(taken) <= most and (chunk := stream.read1(_CHUNK)):  # type: ignore[attr-defined] # a pipe is buffered
            taken += chunk


def _kill(process: Popen[bytes]) -> None:
    """End the child and whatever it started."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        import os
        import signal

        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
    process.wait()


def _conclude(end: _End, *, result: type[T], file: str, limits: Sandbox) -> T:
    head, body = end.output[:1], end.output[1:]
    try:
        if head == _RESULT and end.code == 0:
            return msgspec.msgpack.decode(body, type=result)
        if head == _REFUSED and end.code == 0:
            refusal = msgspec.msgpack.decode(body, type=_Refusal)
            where = f"{file}:{refusal.where}" if refusal.where and not refusal.where.startswith(file) else file
            raise InputError(ja=refusal.ja, en=refusal.en, where=where)
        reason = body.decode("ascii", "replace") if head == _FAILED else ""
    except msgspec.MsgspecError as error:
        reason = type(error).__name__
    raise _stopped(end, head, reason, file=file, limits=limits)


def _stopped(end: _End, head: bytes, reason: str, *, file: str, limits: Sandbox) -> InputError:
    if end.limit == "wall" or _out_of_time(end.code):
        seconds = f"{limits.wall_seconds if end.limit else limits.cpu_seconds:g}"
        ja = f"読むのに {seconds} 秒の限度を超えたので打ち切った。"
        en = f"Reading took longer than the limit of {seconds} seconds and was ended."
    elif end.limit == "output":
        size = limits.output_bytes // MEBIBYTE
        ja = f"中身が {size} MiB の限度を超えるので打ち切った。"
        en = f"Its content exceeds the limit of {size} MiB and reading was ended."
    elif head == _MEMORY:
        size = limits.address_space_bytes // MEBIBYTE
        ja = f"読むのに要るメモリが {size} MiB の限度を超える。"
        en = f"Reading it needs more memory than the limit of {size} MiB."
    else:
        why = reason or (f"signal {-end.code}" if end.code < 0 else f"exit {end.code}")
        ja = f"読取り中に解析部が異常終了した({why})。ファイルが壊れているか、メモリの限度を超えた。"
        en = f"The parser broke down while reading it ({why}); the file is damaged or exceeds the memory limit."
    ja += "元のファイルを受け取り直すか、分けて渡されたい。"
    return InputError(ja=ja, en=en + " Ask for the file again, or split it.", where=file)


def _out_of_time(code: int) -> bool:
    import signal

    # The soft limit on the processor sends SIGXCPU; at the hard one, a second later, the system kills.
    return code < 0 and -code in {getattr(signal, "SIGXCPU", 0), getattr(signal, "SIGKILL", 0)}


def child(task: str) -> None:
    """Be the child: take the limits, read stdin, run the one parser named, write the result. Runs nothing else."""
    import os

    kind, _, settings = task.partition(" ")
    limits = msgspec.json.decode(settings, type=Sandbox)
    # Libraries print; what they print must not mix with the result.
    answer = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    data = sys.stdin.buffer.read()
    sys.dont_write_bytecode = True
    _limit(limits)
    sys.addaudithook(_refuse_effects)
    head, body = _answer(kind, data)
    answer.write(head + body)
    answer.flush()
    os._exit(0)  # libraries that crash while they clean up must not spoil a finished result


def _answer(kind: str, data: bytes) -> tuple[bytes, bytes]:
    from importlib import import_module

    try:
        module, function = PARSERS[kind]
        return _RESULT, msgspec.msgpack.encode(getattr(import_module(module), function)(data))
    except InputError as error:
        return _REFUSED, msgspec.msgpack.encode(_Refusal(error.ja, error.en, error.where))
    except ModuleNotFoundError as error:
        return _absent((error.name or "").partition(".")[0])
    except MemoryError:
        return _MEMORY, b""
    except Exception as error:  # noqa: BLE001 - whatever breaks, the parent says so in one sentence
        return _FAILED, type(error).__name__.encode("ascii", "replace")


def _absent(module: str) -> tuple[bytes, bytes]:
    if module not in _EXTRAS:
        return _FAILED, b"ModuleNotFoundError"
    extra = f"pip install 'ipattr[{_EXTRAS[module]}]'"
    ja = f"この形を読む部品({module})がない。{extra} で加えられたい。"
    en = f"The library that reads this form ({module}) is not installed; add it with: {extra}"
    return _REFUSED, msgspec.msgpack.encode(_Refusal(ja, en, ""))


def _limit(limits: Sandbox) -> None:
    """Take the limits that the system knows; what it does not know, the parent's clock bounds."""
    if sys.platform == "win32":
        return
    import resource

    seconds = limits.cpu_seconds
    for what, soft, hard in (
        (resource.RLIMIT_AS, limits.address_space_bytes, limits.address_space_bytes),
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
    ):
        known = resource.getrlimit(what)[1]
        within = hard if known == resource.RLIM_INFINITY else min(hard, known)
        try:
            resource.setrlimit(what, (min(soft, within), within))
        except (ValueError, OSError):  # macOS refuses some of them
            continue


def _refuse_effects(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse what no parser has to do: connections, programs, files written."""
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.remove")):
        message = f"a parser may not: {event}"
        raise PermissionError(message)
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        writes = isinstance(mode, str) and any(letter in mode for letter in "wax+")
        if writes or (isinstance(flags, int) and sys.platform == "linux" and flags & _WRITES):
            message = "a parser may not write files"
            raise PermissionError(message)
