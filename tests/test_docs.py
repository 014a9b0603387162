"""README, CHANGELOG, Makefile and help tell the truth: what they show is run here."""

from __future__ import annotations

import configparser
import json
import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import click
import pytest

import ipattr
from ipattr import cli, console, errors
from ipattr.registry import load_sources

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "data" / "examples"
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
OUTSIDE_CODE = FENCE.sub("", README)
# The files that the README names, by the example that stands for each.
STAND_IN = {
    "開示.docx": "x-return.docx",
    "投稿.csv": "posts.csv",
    "ログ.csv": "x-log-jst.csv",
    "新.csv": "x-log-utc.csv",
    "旧.csv": "x-log-jst.csv",
    "ocr.txt": "x-return.txt",
    "メール.txt": "x-return.txt",
    "履歴.csv": "x-history.csv",
    "履歴の投稿.csv": "x-history-posts.csv",
}
# Commands whose result is about data, a folder or a clean address end with 0; the example has a rejected row: 1.
DONE = {("lookup", "1.72.0.10"), ("explain",), ("data", "status"), ("data", "check"), ("schema",), ("forms",),
        ("case",), ("verify",), ("plan",), ("history",), ("plot",)}  # fmt: skip


def shown(language: str) -> list[str]:
    """Return the lines of every code block of the README in this language, without comments."""
    blocks = [body for name, body in FENCE.findall(README) if name == language]
    lines = [re.sub(r"\s+#.*", "", line).strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


COMMANDS = [line for line in shown("sh") if line.startswith("ipattr ")]


def run(line: str, folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run one command line of ours as a process in ``folder``."""
    words = shlex.split(line)
    assert words[0] == "ipattr"
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment = kept | {"LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(folder / "config")} | extra
    return subprocess.run(
        [sys.executable, "-m", "ipattr", *words[1:]],
        capture_output=True,
        check=False,
        cwd=folder,
        encoding="utf-8",
        env=environment,
    )


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], click.Command]:
    """Return every command that does something, by its words."""
    if isinstance(command, click.Group):
        found: dict[tuple[str, ...], click.Command] = {}
        for name, child in command.commands.items():
            found |= leaves(child, (*path, name))
        return found
    return {path: command}


def options() -> set[str]:
    every = {option for command in leaves(cli.commands).values() for param in command.params for option in param.opts}
    return every | {option for param in cli.commands.params for option in param.opts} | {"--help", "-h"}


def expected(line: str) -> int:
    words = tuple(shlex.split(line)[1:])
    clean = words[0] == "destinations" and "--log" not in words
    return 0 if clean or "--dry-run" in words or any(words[: len(start)] == start for start in DONE) else 1


def test_the_commands_of_the_readme_run_in_order_with_their_documented_codes(tmp_path: Path) -> None:
    """One folder, one after another, because later commands read what earlier ones wrote."""
    assert len(COMMANDS) >= 9
    for name, example in STAND_IN.items():
        shutil.copy(EXAMPLES / example, tmp_path / name)
    shutil.make_archive(str(tmp_path / "開示"), "zip", EXAMPLES)
    for line in COMMANDS:
        done = run(line, tmp_path)
        assert done.returncode == expected(line), (line, done.stderr)
        wrote = re.search(r"-o (\S+)|> (\S+)", line)
        if wrote is None:
            assert done.stdout.strip() or expected(line) == 0, line
    assert (tmp_path / "結果.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_readme_shows_every_command() -> None:
    for words in leaves(cli.commands):
        if words != ("data", "readme"):  # a command for those who change the data: `make data`
            assert re.search(rf"\bipattr {' '.join(words)}\b", README), words


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    (code,) = (body for name, body in FENCE.findall(README) if name == "python")
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        cwd=ROOT,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "XDG_CONFIG_HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert "株式会社NTTドコモ" in done.stdout


def test_every_option_that_is_named_exists() -> None:
    ours = options()
    quoted = " ".join(re.findall(r"`([^`]+)`", OUTSIDE_CODE + CHANGELOG))
    commands = " ".join([*COMMANDS, *shown("console")])
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", f"{quoted} {commands}"))
    assert named
    assert named <= ours, named - ours


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)", README))
    assert {"demo", "test"} <= named <= targets


def test_every_link_of_the_readme_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_table_of_exit_codes_is_that_of_the_code() -> None:
    section = README.split("### 終了コード")[1].split("###")[0]
    documented = {int(code) for code in re.findall(r"^\| ([0-9]+) \|", section, re.MULTILINE)}
    known = {cli.DONE, cli.DONE_WITH_REMARKS, cli.USAGE, cli.DATA_INVALID, cli.INTERNAL, cli.INTERRUPTED}
    known |= {cli.READER_GONE, cli.TERMINATED, console.OutputError.exit_code, errors.InputError.exit_code}
    known |= {errors.UsageError.exit_code, errors.DataError.exit_code, errors.SourceError.exit_code}
    known |= {errors.RefusedError.exit_code, errors.StoreError.exit_code, errors.AlteredError.exit_code}
    assert errors.AlteredError.exit_code == cli.casefolder.ALTERED
    assert documented == known
    in_the_module = {int(code) for code in re.findall(r"(?<![\w-])([0-9]+) [a-z]", str(cli.__doc__))}
    assert in_the_module == known


def test_the_columns_the_readme_explains_are_those_of_the_table() -> None:
    section = README.split("| 列 | 意味 |")[1].split("\n\n")[0]
    explained = [part for name in re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE) for part in name.split("・")]
    case = ipattr.lookup([EXAMPLES / "x-log-utc.csv"], as_of=date(2026, 11, 21))
    table = ipattr.report(case, lang="ja", columns=200)
    (heading,) = (block.split("\n-")[0] for block in table.split("== ログイン ==\n")[1:])
    assert [name.strip() for name in explained[1:] if name.strip() not in heading] == []
    assert explained[0].strip() == "---"


def test_the_changelog_begins_with_the_version_of_the_code() -> None:
    version = re.search(r"^## ([0-9.]+)", CHANGELOG, re.MULTILINE)
    assert version is not None
    assert version[1] == ipattr.__version__


def test_the_changelog_counts_what_is_in_the_data() -> None:
    text = " ".join(CHANGELOG.split())
    sources = load_sources()
    prefixes = len((ROOT / "data" / "networks" / "prefixes.csv").read_text(encoding="utf-8").splitlines()) - 1
    for number, word in (
        (len(sources.providers), "access providers"),
        (len(sources.nonaccess), "other networks"),
        (len(sources.platforms), "platforms"),
        (prefixes, "announced prefixes"),
    ):
        assert f"{number:,} {word}" in text, (number, word)


def test_the_readme_states_the_oldest_python_and_the_licence_of_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"Python {project['requires-python'].removeprefix('>=')}以上" in README
    assert project["license"] in README


def demo() -> str:
    """Return the command of `make demo`, as make would run it."""
    variables = dict(re.findall(r"^([A-Z_]+) :?= (.*)$", MAKEFILE, re.MULTILINE))
    recipe = re.search(r"^demo:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe is not None
    joined = recipe[1].replace("\\\n", " ").strip()
    for _ in range(3):
        joined = re.sub(r"\$\((\w+)\)", lambda found: variables.get(found[1], ""), joined)
    command, _, rest = joined.partition(";")
    assert "test $$status -le 1" in rest
    assert command.startswith("@.venv/bin/ipattr "), command
    return command.removeprefix("@.venv/bin/")


SHOWN_BY_THE_DEMO = {
    "docomo": ("株式会社NTTドコモ", "NTT DOCOMO, INC."),
    "KDDI": ("KDDI株式会社", "KDDI CORPORATION"),
    "SoftBank": ("ソフトバンク株式会社", "SoftBank Corp."),
    "Rakuten": ("楽天モバイル株式会社", "Rakuten Mobile, Inc."),
    "OCN": ("AS4713 OCN", "AS4713 OCN"),
    "So-net": ("AS2527 SO-NET", "AS2527 SO-NET"),
    "v6plus": ("v6プラス", "v6プラス"),
    "IIJ, an MVNO among others": ("AS2497 IIJ", "AS2497 IIJ"),
    "IPv6": ("240a:61:123:4500::8a1", "240a:61:123:4500::8a1"),
    "VPN": ("VPNの出口アドレス", "VPN exit"),
    "Cloudflare relay": ("iCloudプライベートリレー", "iCloud Private Relay"),
    "a hop of X": ("10.223.45.67", "10.223.45.67"),
    "a row in review": ("要確認の行", "Rows in review"),
    "a rejected row": ("不採用の行", "Rejected rows"),
    "the reason of the rejection": ("「2026-02-30」は存在しない日付", "2026-02-30"),
    "the summary": ("請求先別のまとめ", "Summary by addressee"),
    "the count": ("読込 22行 = 正常 19 + 要確認 1 + 不採用 2", "read 22 rows = 19 ok + 1 review + 2 rejected"),
    "the posts": ("投稿", "Posts and their nearest logins"),
}


@pytest.mark.parametrize(("position", "lang"), [(0, "ja"), (1, "en")])
def test_the_demo_shows_what_it_is_for(position: int, lang: str) -> None:
    done = run(demo(), ROOT, LC_ALL={"ja": "ja_JP.UTF-8", "en": "en_US.UTF-8"}[lang])
    assert done.returncode == 1, done.stderr
    # Cells wrap: compare without spaces and line ends, whole lines as they stand first.
    lines, flat = done.stdout, re.sub(r"\s+", "", done.stdout)
    for what, words in SHOWN_BY_THE_DEMO.items():
        assert words[position] in lines or words[position].replace(" ", "") in flat, what


def test_the_demo_opens_with_the_summary() -> None:
    done = run(demo(), ROOT)
    assert done.stdout.startswith("== Summary by addressee")


def recipe(language: str, number: int = 0) -> str:
    return [body for name, body in FENCE.findall(README) if name == language][number]


def units() -> tuple[configparser.ConfigParser, configparser.ConfigParser]:
    """Return service and timer of systemd."""
    read = []
    for number in (0, 1):
        unit = configparser.ConfigParser(interpolation=None, strict=True)
        unit.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep upper case
        unit.read_string(recipe("ini", number))
        read.append(unit)
    return read[0], read[1]


def scheduled() -> dict[str, list[str]]:
    """Return the command that each system's own timer runs, in words."""
    service, _ = units()
    plist = plistlib.loads(recipe("xml").encode())
    task = re.search(r'/TR "(.*)"$', recipe("bat").strip())
    assert task is not None
    return {
        "systemd": shlex.split(service["Service"]["ExecStart"]),
        "launchd": plist["ProgramArguments"],
        "Windows": [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', task[1].replace('\\"', '"'))],
    }


@pytest.mark.parametrize("system", ["systemd", "launchd", "Windows"])
def test_the_command_of_each_timer_is_one_that_runs(system: str, tmp_path: Path) -> None:
    words = scheduled()[system]
    assert re.search(r"[/\\]ipattr(\.exe)?$", words[0])
    asked = ["ledger" if re.search(r"[/\\]ledger$", word) else word for word in words[1:]]
    done = run(shlex.join(["ipattr", *asked, "--dry-run", "--format", "json"]), tmp_path)
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    assert len(plan["resolvers"]) == 2
    assert plan["vantage"] == "Tokyo office"
    assert not (tmp_path / "ledger").exists()


def test_the_timers_run_every_six_hours_and_again_after_a_restart() -> None:
    service, timer = units()
    assert set(service.sections()) == {"Unit", "Service"}
    assert service["Service"]["Type"] == "oneshot"
    assert service["Service"]["SuccessExitStatus"] == str(cli.DONE_WITH_REMARKS)
    assert timer["Timer"]["OnCalendar"] == "00/6:00"
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Install"]["WantedBy"] == "timers.target"
    plist = plistlib.loads(recipe("xml").encode())
    assert (plist["StartInterval"], plist["RunAtLoad"]) == (6 * 3600, True)
    assert f"LaunchAgents/{plist['Label']}.plist" in README
    line = recipe("bat").strip()
    assert re.match(r"schtasks /Create /TN .* /SC HOURLY /MO 6 /TR ", line)
    longest = 261  # what schtasks takes after /TR
    assert len(" ".join(scheduled()["Windows"]).replace("%USERPROFILE%", "C:\\Users\\" + "n" * 20)) < longest


def test_the_units_are_what_systemd_expects(tmp_path: Path) -> None:
    systemd = shutil.which("systemd-analyze")
    if systemd is None:
        pytest.skip("systemd-analyze is not installed")
    program = tmp_path / ".local" / "bin" / "ipattr"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for number, suffix in enumerate(("service", "timer")):
        text = recipe("ini", number).replace("%h", str(tmp_path))
        (tmp_path / f"ipattr-ledger.{suffix}").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [systemd, "--user", "verify", str(tmp_path / "ipattr-ledger.timer"), str(tmp_path / "ipattr-ledger.service")],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if "ipattr-ledger" in line]) == (0, [])


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_option_of_the_destination_commands_is_explained(lang: str) -> None:
    code = (
        "import click\nfrom ipattr import cli\n"
        "for name, command in cli.commands.commands['destinations'].commands.items():\n"
        "    for one in command.params:\n"
        "        if isinstance(one, click.Option):\n"
        "            print(name, one.opts[0], (one.help or '').replace(chr(10), ' '), sep='\\t')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": {"ja": "ja_JP.UTF-8", "en": "C.UTF-8"}[lang], "PYTHONIOENCODING": "utf-8"},
    )
    carrier = "受信元IPアドレス"  # the carrier's own word in either language
    told = [line.replace(carrier, "").split("\t") for line in done.stdout.splitlines()]
    assert len(told) > 50
    assert [(name, option) for name, option, text in told if not text and option != "--format"] == []
    japanese = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
    assert [entry for entry in told if entry[2] and bool(japanese.search(entry[2])) is (lang == "en")] == []
