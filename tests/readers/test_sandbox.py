"""A parser in its own process: what it makes comes back whole, and whatever goes wrong is one sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ipattr.errors import InputError
from ipattr.readers import sandbox
from ipattr.readers.limits import MEBIBYTE, Sandbox
from ipattr.readers.word import docx_text

EXAMPLE = Path(__file__).resolve().parent.parent.parent / "data" / "examples" / "x-return.docx"
HELPER = """
import os, signal, socket, subprocess, time
from ipattr.errors import InputError

def echo(data): return [len(data), data[:1]]
def sleep(data): time.sleep(60)
def spin(data):
    while True: pass
def hoard(data): return bytearray(8 << 30)
def flood(data): return bytes(3 << 20)
def crash(data): os.kill(os.getpid(), signal.SIGSEGV)
def leave(data): os._exit(7)
def chatter(data):
    print("noise"); os.write(1, b"more noise"); return "quiet"
def refuse(data): raise InputError(ja="読めない。", en="Unreadable.", where="Sheet1!A1")
def stumble(data): raise KeyError("secret 198.51.100.7")
def wrong(data): return {"not": "a list"}
def connect(data): socket.create_connection(("192.0.2.1", 9), timeout=1)
def launch(data): subprocess.run(["true"])
def write(data): open("trace.txt", "w")
def orphan(data): time.sleep(60)
def absent(data): raise ModuleNotFoundError("No module named 'pypdfium2.raw'", name="pypdfium2.raw")
"""


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a module of misbehaving parsers beside the real ones, in this process and so in the child's path."""
    (tmp_path / "misbehaving.py").write_text(HELPER, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


def run(name: str, data: bytes = b"x", *, result: type = object, **limits: float) -> object:
    """Run one parser of the helper through the child code of the real table."""
    allowed = Sandbox(**limits)  # type: ignore[arg-type]  # numbers of real fields
    code = sandbox._CHILD.replace(  # noqa: SLF001 - the table of parsers is closed; a test opens it for its own child
        "child(sys.argv[1])",
        f"PARSERS['{name}'] = ('misbehaving', '{name}'); child(sys.argv[1])",
    ).replace("import child", "import PARSERS, child")
    original, sandbox._CHILD = sandbox._CHILD, code  # noqa: SLF001 - as above
    try:
        return sandbox.parse(name, data, result=result, file="x.bin", limits=allowed)  # type: ignore[arg-type]  # as above
    finally:
        sandbox._CHILD = original  # noqa: SLF001 - as above


def test_a_parser_gives_in_its_own_process_what_it_gives_in_ours() -> None:
    data = EXAMPLE.read_bytes()
    assert sandbox.parse("docx", data, result=list[tuple[int, str]], file="x.docx") == docx_text(data)


def test_a_refusal_travels_with_both_sentences() -> None:
    with pytest.raises(InputError) as caught:
        sandbox.parse("docx", b"PK\x03\x04", result=list[tuple[int, str]], file="x.docx")
    assert caught.value.where == "x.docx"
    assert "壊れている" in caught.value.ja
    assert "damaged" in caught.value.en


@pytest.mark.usefixtures("helper")
def test_input_larger_than_a_pipe_arrives_whole() -> None:
    assert run("echo", b"a" * (5 * MEBIBYTE), result=tuple[int, bytes]) == (5 * MEBIBYTE, b"a")


@pytest.mark.usefixtures("helper")
def test_a_refusal_keeps_its_place_behind_the_name_of_the_file() -> None:
    with pytest.raises(InputError) as caught:
        run("refuse")
    assert (caught.value.ja, caught.value.en, caught.value.where) == ("読めない。", "Unreadable.", "x.bin:Sheet1!A1")


@pytest.mark.usefixtures("helper")
def test_a_missing_extra_is_one_sentence_that_says_how_to_add_it() -> None:
    with pytest.raises(InputError, match=r"pip install 'ipattr\[pdf\]'") as caught:
        run("absent")
    assert "ipattr[pdf]" in caught.value.ja


@pytest.mark.usefixtures("helper")
def test_what_a_library_prints_does_not_mix_with_the_result() -> None:
    assert run("chatter", result=str) == "quiet"


@pytest.mark.usefixtures("helper")
@pytest.mark.parametrize(
    ("name", "limits", "says"),
    [
        ("sleep", {"wall_seconds": 0.5}, "0.5 seconds"),
        ("flood", {"output_bytes": MEBIBYTE}, "1 MiB"),
        ("stumble", {}, "KeyError"),
        ("wrong", {}, "ValidationError"),
        ("leave", {}, "exit 7"),
        ("connect", {}, "PermissionError"),
        ("launch", {}, "PermissionError"),
        ("write", {}, "PermissionError"),
    ],
)
def test_what_ends_a_parser_is_said_in_both_languages(name: str, limits: dict[str, float], says: str) -> None:
    with pytest.raises(InputError) as caught:
        run(name, result=list[int], **limits)
    assert says in caught.value.en
    assert caught.value.where == "x.bin"
    assert caught.value.ja.endswith("。")
    assert "198.51.100.7" not in caught.value.en + caught.value.ja


@pytest.mark.usefixtures("helper")
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces every one of these limits")
@pytest.mark.parametrize(
    ("name", "limits", "says"),
    [
        ("spin", {"cpu_seconds": 1}, "1 seconds"),
        ("hoard", {"address_space_bytes": 512 * MEBIBYTE}, "512 MiB"),
        ("crash", {}, "signal 11"),
    ],
)
def test_the_limits_of_the_system_end_a_parser(name: str, limits: dict[str, float], says: str) -> None:
    with pytest.raises(InputError) as caught:
        run(name, result=list[int], **limits)
    assert says in caught.value.en


@pytest.mark.usefixtures("helper")
def test_no_child_outlives_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    def interrupted(process: object, *_: object) -> None:
        started.append(process)
        raise KeyboardInterrupt

    monkeypatch.setattr(sandbox, "_exchange", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run("orphan")
    process = started[0]
    assert process.poll() is not None  # type: ignore[attr-defined]  # it is a Popen
    for stream in (process.stdin, process.stdout):  # type: ignore[attr-defined]  # as above
        stream.close()


def test_only_parsers_of_the_table_run() -> None:
    with pytest.raises(InputError, match="KeyError"):
        sandbox.parse("os", b"", result=object, file="x")  # type: ignore[arg-type]  # the point of the test
