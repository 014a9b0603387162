"""The command line: a callback parses, calls one function of the same name, prints.

Exit codes: 0 done; 1 done, but rows are rejected or in review, an archive member was not read, or a question to a
registry or resolver stayed open (``data check``: warnings); 2 usage; 3 input unreadable; 4 data invalid; 5 no usable
answer; 6 refused, nothing was sent; 7 case folder or ledger unusable; 8 evidence altered; 70 internal error; 73 output
not written; 130 interrupted; 141 the reader of the output went away; 143 ended by SIGTERM, as cleanly as by Ctrl-C.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ipattr import console
from ipattr.cli import analysis, bulk, casefolder, destinations, facts, ledgers, logs, proceedings, registries
from ipattr.cli.group import commands
from ipattr.cli.pieces import (
    DATA_INVALID,
    DONE,
    DONE_WITH_REMARKS,
    INTERNAL,
    INTERRUPTED,
    READER_GONE,
    TERMINATED,
    USAGE,
    one_line,
)
from ipattr.errors import IpattrError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

__all__ = [
    "DATA_INVALID",
    "DONE",
    "DONE_WITH_REMARKS",
    "INTERNAL",
    "INTERRUPTED",
    "READER_GONE",
    "TERMINATED",
    "USAGE",
    "analysis",
    "bulk",
    "casefolder",
    "commands",
    "destinations",
    "facts",
    "ledgers",
    "logs",
    "main",
    "proceedings",
    "registries",
]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; no failure shows a traceback or an address."""
    collecting = gc.isenabled()
    # A case only grows until it is printed: the collector would walk all of it again and again and free nothing.
    gc.disable()
    try:
        with _terminable() as terminated:
            code = _main(list(sys.argv[1:] if arguments is None else arguments))
    finally:
        if collecting:
            gc.enable()
    return TERMINATED if terminated and code == INTERRUPTED else code


@contextmanager
def _terminable() -> Iterator[list[int]]:
    """Let SIGTERM end a command as Ctrl-C does, and note it in the list; an embedding program's handler stands."""
    terminated: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        terminated.append(number)
        # Whoever awaits Ctrl-C winds up its own way; in the background of a shell Ctrl-C may be ignored.
        interrupt = signal.getsignal(signal.SIGINT)
        if not callable(interrupt):
            raise KeyboardInterrupt
        interrupt(number, frame)

    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield terminated
        return
    try:
        signal.signal(signal.SIGTERM, end)
    except ValueError:  # in a thread other than the main one
        yield terminated
        return
    try:
        yield terminated
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _main(given: list[str]) -> int:
    console.use_utf8()
    lang = console.language(given, os.environ)
    try:
        code = _run(given)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        console.mute()
        return READER_GONE
    except (KeyboardInterrupt, click.Abort):
        if "capture" in given:
            console.say(
                "受け取った応答は台帳に残っている。" if lang == "ja" else "What was answered is kept in the ledger."
            )
        if "--online" in given:
            console.say(
                "受け取った回答は残っている。同じコマンドで続きから照会する。"
                if lang == "ja"
                else "What was answered is kept; the same command goes on from there."
            )
        console.say("中断した。" if lang == "ja" else "Interrupted.")
        return INTERRUPTED
    except click.ClickException as error:
        console.say(_usage(error, lang))
        return USAGE
    except IpattrError as error:
        console.say(one_line(error.sentence(lang)))
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last line: whatever it is, people get a sentence
        return _internal(error, lang)
    return code


def _run(given: list[str]) -> int:
    if "_IPATTR_COMPLETE" in os.environ:
        return int(commands.main(given, prog_name="ipattr", standalone_mode=False) or DONE)
    for argument in given:
        if not argument.isprintable() and any("\ud800" <= character <= "\udfff" for character in argument):
            raise UsageError(
                ja="引数に文字として読めないバイトがある。ファイル名を改められたい。",
                en="An argument holds bytes that are not text; rename the file.",
            )
    try:
        with commands.make_context("ipattr", given) as context:
            return int(commands.invoke(context) or DONE)
    except click.exceptions.Exit as end:
        return end.exit_code


def _usage(error: click.ClickException, lang: str) -> str:
    """Say what is wrong with the command line, and where its help is."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "ipattr"
    message = one_line(error.format_message()) or error.__class__.__name__
    if lang != "ja":
        return f"{message} ({path} --help)"
    name = getattr(error, "option_name", "") or ""
    match error:
        case click.exceptions.NoArgsIsHelpError():
            message = "コマンドがない。"
        case click.NoSuchOption():
            message = f"知らないオプション {name}。"
        case click.MissingParameter():
            parameter = error.param.make_metavar(context) if error.param and context else ""
            message = f"引数 {parameter} がない。"
        case click.BadParameter():
            message = f"値が正しくない: {message}"
        case _:
            message = f"使い方の誤り: {message}"
    return f"{message}({path} --help)"


def _internal(error: Exception, lang: str) -> int:
    """Say that the program itself failed; the error's own text may hold an address and is not printed."""
    if os.environ.get("IPATTR_DEBUG") == "1":
        import traceback

        console.say("".join(traceback.format_exception(error)))
    name = type(error).__name__
    console.say(
        f"内部エラー({name})。実行したコマンドと ipattr --version の表示を添えて報告されたい。ログは送らないこと。"
        "IPATTR_DEBUG=1 で詳細が出る。"
        if lang == "ja"
        else f"Internal error ({name}). Please report the command and what ipattr --version prints, never the log; "
        "IPATTR_DEBUG=1 shows where."
    )
    return INTERNAL
