"""The command line as people and shells meet it: whole processes, exact bytes, documented exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ipattr import cli, console
from ipattr.days import parse_day
from ipattr.errors import UsageError

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "data" / "examples"
AS_OF = ("--as-of", "2026-11-21")
CLEAN = "1.66.100.45"


def environment(**extra: str) -> dict[str, str]:
    """Return a small environment of its own, so that the host's locale and settings do not matter."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "SYSTEMROOT", "COVERAGE_PROCESS_START")
        if name in os.environ
    }
    return kept | {"LC_ALL": "C.UTF-8"} | extra


def ipattr(
    *arguments: str, cwd: Path | None = None, stdin: bytes = b"", **extra: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ipattr", *arguments],
        capture_output=True,
        check=False,
        cwd=cwd or ROOT,
        env=environment(**extra),
        input=stdin,
    )


def log(tmp_path: Path, *lines: str) -> str:
    """Write a small log and return its path."""
    file = tmp_path / "log.csv"
    file.write_text("time,ip\n" + "".join(line + "\n" for line in lines), encoding="utf-8")
    return str(file)


def test_done_is_zero_and_a_pipe_gets_json(tmp_path: Path) -> None:
    run = ipattr("lookup", log(tmp_path, f"2026-08-01T00:00:00Z,{CLEAN}"), *AS_OF)
    assert run.returncode == 0, run.stderr.decode()
    document = json.loads(run.stdout)
    assert document["as_of"] == "2026-11-21"
    assert document["as_of_source"] == "given"
    assert run.stdout.count(b"\n") == 1
    assert run.stderr.decode() == "read 1 rows = 1 ok + 0 review + 0 rejected\n"


@pytest.mark.parametrize("line", ["2026-02-30T00:00:00Z,1.66.100.45", "2026-08-01T00:00:00Z,10.1.2.3"])
def test_rejected_or_reviewed_rows_end_with_one(tmp_path: Path, line: str) -> None:
    assert ipattr("lookup", log(tmp_path, line, f"2026-08-01T00:00:00Z,{CLEAN}"), *AS_OF).returncode == 1
    assert ipattr("read", log(tmp_path, line), "--format", "table").returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("lookup",),
        ("lookup", "neither-file-nor-address"),
        ("lookup", CLEAN, "--as-of", "2026-02-30"),
        ("lookup", CLEAN, "--platform", "nowhere"),
        ("lookup", CLEAN, "--format", "xlsx"),
        ("lookup", CLEAN, "-o", "result.doc"),
        ("lookup", CLEAN, "--nonsense"),
        ("nonsense",),
        ("explain", "x.json", "one"),
    ],
)
@pytest.mark.parametrize("lang", ["ja_JP.UTF-8", "en_US.UTF-8", "C"])
def test_a_usage_error_is_one_sentence_and_two(arguments: tuple[str, ...], lang: str) -> None:
    run = ipattr(*arguments, LC_ALL=lang)
    sentence = run.stderr.decode()
    assert run.returncode == 2, sentence
    assert run.stdout == b""
    assert sentence.count("\n") == 1
    assert "Traceback" not in sentence
    assert bool(re.search("[ぁ-ん一-龠]", sentence)) is lang.startswith("ja"), sentence


def test_no_command_shows_the_help() -> None:
    run = ipattr()
    assert run.returncode == 2
    assert b"lookup" in run.stderr


def test_lang_decides_the_language_of_an_error() -> None:
    assert "ない" in ipattr("lookup", "nowhere", "--lang", "ja").stderr.decode()
    assert "no file" in ipattr("lookup", "nowhere", "--lang=en", LC_ALL="ja_JP.UTF-8").stderr.decode()


def test_an_unreadable_input_is_three(tmp_path: Path) -> None:
    torn = tmp_path / "torn.csv"
    torn.write_bytes(b'time,ip\n"2026')
    for run in (
        ipattr("lookup", str(torn), *AS_OF),
        ipattr("lookup", str(tmp_path), *AS_OF),
        ipattr("report", str(torn)),
        ipattr("report", str(tmp_path / "missing.json")),
        ipattr("explain", str(torn), "1"),
    ):
        assert run.returncode == 3, run.stderr.decode()
        assert run.stderr.count(b"\n") == 1
        assert run.stdout == b""


def test_invalid_data_is_four(tmp_path: Path) -> None:
    (tmp_path / "providers").mkdir()
    (tmp_path / "providers" / "x.toml").write_text("surprise = 1\n", encoding="utf-8")
    run = ipattr("lookup", CLEAN, "--data", str(tmp_path), *AS_OF)
    assert run.returncode == 4, run.stderr.decode()
    assert run.stderr.count(b"\n") == 1


def test_table_csv_and_file_agree_with_the_saved_case(tmp_path: Path) -> None:
    arguments = ("lookup", str(EXAMPLES / "x-return.docx"), "--posts", str(EXAMPLES / "posts.csv"), *AS_OF)
    saved = tmp_path / "case.json"
    assert ipattr(*arguments, "-o", str(saved)).returncode == 1
    for to in ("table", "json", "jsonl", "csv"):
        direct = ipattr(*arguments, "--format", to)
        again = ipattr("report", str(saved), "--format", to)
        assert direct.stdout == again.stdout
        assert (direct.returncode, again.returncode) == (1, 1)
    csv_bytes = ipattr("report", str(saved), "--format", "csv").stdout
    assert csv_bytes.startswith(b"\xef\xbb\xbf")
    assert csv_bytes.endswith(b"\r\n")
    for suffix, to in ((".csv", "csv"), (".jsonl", "jsonl"), (".txt", "table")):
        file = tmp_path / f"out{suffix}"
        ipattr("report", str(saved), "-o", str(file))
        assert file.read_bytes() == ipattr("report", str(saved), "--format", to).stdout


def test_standard_input_is_read_for_a_dash() -> None:
    data = (EXAMPLES / "x-return.txt").read_bytes()
    run = ipattr("lookup", "-", *AS_OF, stdin=data)
    assert run.returncode == 1
    piped, named = json.loads(run.stdout), json.loads(ipattr("lookup", str(EXAMPLES / "x-return.txt"), *AS_OF).stdout)
    assert piped["attributions"] == named["attributions"]
    assert piped["counts"] == named["counts"]


@pytest.mark.parametrize("locale", ["C", "POSIX", "ja_JP.UTF-8", "ja_JP.eucJP", ""])
@pytest.mark.parametrize("encoding", ["ascii", "cp932", ""])
def test_the_locale_changes_the_language_and_nothing_else(locale: str, encoding: str) -> None:
    extra = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    if encoding:
        extra["PYTHONIOENCODING"] = encoding
    run = ipattr("lookup", CLEAN, "--format", "table", *AS_OF, **extra)
    assert run.returncode == 0, run.stderr.decode("utf-8", "replace")
    lang = "ja" if locale.startswith("ja") else "en"
    assert run.stdout == ipattr("lookup", CLEAN, "--format", "table", *AS_OF, "--lang", lang).stdout
    assert ipattr("--help", **extra).returncode == 0


def test_a_declared_zone_is_printed_in_every_format() -> None:
    arguments = ("lookup", str(EXAMPLES / "x-log-jst.csv"), "--tz", "JST", *AS_OF)
    assert b"declared time zone JST" in ipattr(*arguments, "--format", "table").stdout
    assert b'"declared_zone":"JST"' in ipattr(*arguments, "--format", "json").stdout
    assert b'"declared_zone":"JST"' in ipattr(*arguments, "--format", "jsonl").stdout
    rows = ipattr(*arguments, "--format", "csv").stdout.decode("utf-8-sig").split("\r\n")
    assert all('"JST"' in row for row in rows[1:-1])
    assert b"declared time zone JST" in ipattr(*arguments, "--format", "csv").stderr
    undeclared = ipattr("lookup", str(EXAMPLES / "x-log-jst.csv"), *AS_OF)
    assert json.loads(undeclared.stdout)["counts"]["ok"] == 0


def test_an_input_file_is_never_overwritten(tmp_path: Path) -> None:
    source = Path(log(tmp_path, f"2026-08-01T00:00:00Z,{CLEAN}"))
    before = source.read_bytes()
    (tmp_path / "alias.csv").symlink_to(source)
    for output in (source, tmp_path / "alias.csv", tmp_path / ".." / tmp_path.name / "log.csv"):
        run = ipattr("lookup", str(source), *AS_OF, "-o", str(output))
        assert run.returncode == 2
        assert source.read_bytes() == before


def test_output_is_whole_or_absent_and_private(tmp_path: Path) -> None:
    output = tmp_path / "case.json"
    assert ipattr("lookup", CLEAN, *AS_OF, "-o", str(output)).returncode == 0
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["case.json"]
    missing = ipattr("lookup", CLEAN, *AS_OF, "-o", str(tmp_path / "no" / "case.json"))
    assert missing.returncode == 73
    assert missing.stderr.count(b"\n") == 2 or missing.stderr.count(b"\n") == 1
    assert ipattr("lookup", CLEAN, *AS_OF, "-o", "-").stdout.startswith(b"{")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run(
            [sys.executable, "-m", "ipattr", "lookup", CLEAN, *AS_OF],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env=environment(),
        )
    assert run.returncode == 73
    assert b"Traceback" not in run.stderr
    assert b"Exception ignored" not in run.stderr


@pytest.mark.parametrize("arguments", [("lookup", str(EXAMPLES / "x-return.txt"), *AS_OF), ("schema",), ("--help",)])
def test_a_reader_that_goes_away_leaves_no_noise(arguments: tuple[str, ...]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        run = subprocess.run(
            [sys.executable, "-m", "ipattr", *arguments],
            stdout=write_end,
            stderr=subprocess.PIPE,
            check=False,
            env=environment(),
        )
    finally:
        os.close(write_end)
    assert run.stderr == b""
    assert run.returncode == 141


@pytest.mark.parametrize(("end", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_is_one_line_and_has_its_code(tmp_path: Path, end: signal.Signals, code: int) -> None:
    fifo = tmp_path / "log.csv"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [sys.executable, "-m", "ipattr", "lookup", str(fifo), *AS_OF],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    with fifo.open("wb"):  # opens once the command has begun to read
        time.sleep(0.1)
        process.send_signal(end)
        out, remark = process.communicate(timeout=30)
    assert process.returncode == code
    assert out == b""
    assert remark == b"Interrupted.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("report", "nowhere.json"),
        ("lookup", "1.0.0.1", "-o", "nowhere/x.csv"),
        ("case", "stamp", "case", "--response", "nowhere.tsr"),
    ],
)
def test_a_missing_file_is_said_in_the_language_of_the_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    for lang in ("ja", "en"):
        ipattr("case", "init", str(tmp_path / "case"))
        run = ipattr(*words, "--lang", lang, cwd=tmp_path)
        said = run.stderr.decode()
        assert run.stdout == b""
        assert (("ない" in said) and ("No such file" not in said)) is (lang == "ja"), said


def test_a_handler_of_the_embedding_program_stands_and_ours_goes_with_the_command() -> None:
    def theirs(_number: int, _frame: object) -> None:
        raise AssertionError

    before = signal.getsignal(signal.SIGTERM)
    try:
        for handler in (theirs, signal.SIG_DFL):
            signal.signal(signal.SIGTERM, handler)
            assert cli.main(["forms"]) == 0
            assert signal.getsignal(signal.SIGTERM) is handler
    finally:
        signal.signal(signal.SIGTERM, before)


def test_an_unexpected_error_shows_neither_traceback_nor_address(tmp_path: Path) -> None:
    broken = tmp_path / "sitecustomize.py"
    broken.write_text(
        "import ipattr.verbs\n"
        "def lookup(*_, **__):\n"
        "    raise RuntimeError('secret 203.0.113.77')\n"
        "ipattr.verbs.lookup = lookup\n",
        encoding="utf-8",
    )
    run = ipattr("lookup", CLEAN, PYTHONPATH=str(tmp_path))
    assert run.returncode == 70
    assert run.stderr.count(b"\n") == 1
    assert b"203.0.113.77" not in run.stderr
    assert b"Traceback" not in run.stderr
    assert b"RuntimeError" in run.stderr
    assert b"Traceback" in ipattr("lookup", CLEAN, PYTHONPATH=str(tmp_path), IPATTR_DEBUG="1").stderr


def test_colour_follows_no_color_and_force_color() -> None:
    arguments = ("lookup", CLEAN, "--format", "table", *AS_OF)
    assert b"\x1b" not in ipattr(*arguments).stdout
    assert b"\x1b[" in ipattr(*arguments, FORCE_COLOR="1").stdout
    assert b"\x1b" not in ipattr(*arguments, FORCE_COLOR="1", NO_COLOR="1").stdout
    assert b"\x1b" not in ipattr(*arguments, FORCE_COLOR="0").stdout


def test_a_terminal_gets_a_table_of_its_width() -> None:
    pty = pytest.importorskip("pty")
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "ipattr", "lookup", CLEAN, *AS_OF],
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=environment(TERM="xterm"),
    ) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
        assert process.wait(timeout=30) == 0
    os.close(ours)
    assert b"\x1b[1m" in seen
    assert b"[1]" in seen
    plain = re.sub(rb"\x1b\[[0-9;]*m", b"", seen).decode().replace("\r\n", "\n")
    assert max(map(len, plain.split("\n"))) <= 80


def test_without_as_of_the_date_is_today_in_japan() -> None:
    before = datetime.now(UTC) + timedelta(hours=9)
    document = json.loads(ipattr("lookup", CLEAN).stdout)
    after = datetime.now(UTC) + timedelta(hours=9)
    assert document["as_of"] in {before.date().isoformat(), after.date().isoformat()}
    assert document["as_of_source"] == "clock"


def test_help_version_schema_completion_and_data_commands() -> None:
    assert b"lookup" in ipattr("--help").stdout
    assert "開示" in ipattr("--help", LC_ALL="ja_JP.UTF-8").stdout.decode()
    assert re.fullmatch(rb"ipattr \d+\.\d+\.\d+ \(data \S+\)\n", ipattr("--version").stdout)
    assert json.loads(ipattr("schema").stdout)["$schema"].endswith("2020-12/schema")
    assert b"_ipattr_completion" in ipattr(_IPATTR_COMPLETE="bash_source").stdout
    words = ipattr(_IPATTR_COMPLETE="bash_complete", COMP_WORDS="ipattr lo", COMP_CWORD="1").stdout
    assert b"lookup" in words
    status = json.loads(ipattr("data", "status", "--as-of", "2026-11-21").stdout)
    assert any(row["table"] == "networks/prefixes.csv" for row in status)
    table = ipattr("data", "status", "--format", "table", "--as-of", "2026-11-21", COLUMNS="100").stdout.decode()
    assert "14,735" in table
    assert max(map(len, table.split("\n"))) <= 100
    assert ipattr("data", "readme").stdout.startswith(b"#")
    assert ipattr("data", "check").returncode in {0, 1, 4}


def test_help_imports_click_and_the_command_line_alone() -> None:
    code = (
        "import sys\n"
        "from ipattr.cli import main\n"
        "main(['--help'])\n"
        "sys.stderr.write(' '.join(m for m in sys.modules if m.startswith(('ipattr', 'msgspec', 'wcwidth', 'pandas'))))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment(), text=True)
    loaded = {name for name in run.stderr.split() if not name.startswith("ipattr.cli")}
    assert loaded == {"ipattr", "ipattr.console", "ipattr.errors", "ipattr.version"}


def test_explain_prints_one_row(tmp_path: Path) -> None:
    saved = tmp_path / "case.json"
    ipattr("lookup", str(EXAMPLES / "x-return.docx"), *AS_OF, "-o", str(saved))
    run = ipattr("explain", str(saved), "2", "--lang", "ja")
    assert run.returncode == 0
    assert "起点AS" in run.stdout.decode()
    piped = ipattr("explain", "-", "2", "--lang", "ja", stdin=saved.read_bytes())
    assert piped.stdout == run.stdout
    assert ipattr("explain", str(saved), "999").returncode == 2


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-21", date(2026, 11, 21)),
        ("2026/1/2", date(2026, 1, 2)),
        ("2026年11月21日", date(2026, 11, 21)),
        ("令和8年11月21日", date(2026, 11, 21)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R8.11.21", date(2026, 11, 21)),
        ("２０２６－１１－２１", date(2026, 11, 21)),
    ],
)
def test_dates_as_people_type_them(text: str, day: date) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    "text", ["", "21.11.2026", "11/21/2026", "2026-2-3", "2026-02-30", "令和元年4月30日", "令和0年1月1日", "20261121"]
)
def test_a_date_is_never_guessed(text: str) -> None:
    with pytest.raises(UsageError):
        parse_day(text)


@pytest.mark.parametrize(
    ("arguments", "names", "lang"),
    [
        ([], {"LC_ALL": "ja_JP.UTF-8"}, "ja"),
        ([], {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "ja_JP.UTF-8"}, "ja"),
        ([], {"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, "en"),
        ([], {"LC_MESSAGES": "de_DE", "LANG": "ja_JP"}, "en"),
        ([], {}, "en"),
        (["--lang", "ja"], {"LC_ALL": "C"}, "ja"),
        (["--lang=en"], {"LC_ALL": "ja_JP"}, "en"),
        (["--lang", "fr"], {"LC_ALL": "ja_JP"}, "ja"),
    ],
)
def test_language(arguments: list[str], names: dict[str, str], lang: str) -> None:
    assert console.language(arguments, names) == lang


def test_settings_folder(tmp_path: Path) -> None:
    assert console.settings_folder({"XDG_CONFIG_HOME": str(tmp_path)}) == tmp_path / "ipattr"
    assert console.settings_folder({"XDG_CONFIG_HOME": "relative"}) == Path.home() / ".config" / "ipattr"
    assert console.settings_folder({}) == Path.home() / ".config" / "ipattr"
