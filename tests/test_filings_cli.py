"""``ipattr report --to`` as people meet it: every kind from one case, the same bytes again, nothing overwritten."""

from __future__ import annotations

import hashlib
import io
import json
import re
import time
import zipfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from test_cli import EXAMPLES, ipattr

if TYPE_CHECKING:
    import subprocess

ALL = "docx,pdf,xlsx,html,md,ics"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a case folder and the JSON of its result, side by side."""
    folder = tmp_path_factory.mktemp("filings")
    assert ipattr("case", "init", str(folder / "case")).returncode == 0
    log, posts = str(EXAMPLES / "x-return.docx"), str(EXAMPLES / "posts.csv")
    run = ipattr(
        *("lookup", log, "--posts", posts, "--as-of", "2026-11-21", "--case", str(folder / "case")),
        *("-o", str(folder / "case.json")),
    )
    assert run.returncode == 1, run.stderr.decode()
    return folder


def contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_kind_comes_from_one_case_and_the_same_bytes_again(saved: Path, tmp_path: Path) -> None:
    made = []
    for name, zone, seed in (("a", "Asia/Tokyo", "1"), ("b", "UTC", "2")):
        command = ("report", str(saved / "case"), "--to", ALL, "-o", str(tmp_path / name))
        run = ipattr(*command, TZ=zone, PYTHONHASHSEED=seed)
        assert run.returncode == 1, run.stderr.decode()
        assert "22行 = 正常 19 + 要確認 1 + 不採用 2" in run.stderr.decode() or "22 rows = 19 ok" in run.stderr.decode()
        listed = run.stdout.decode().splitlines()
        assert [line for line in listed if not Path(line).is_file()] == []
        made.append(contents(tmp_path / name))
        assert len(listed) == len(made[-1]) - 1  # and the list of sums
    assert made[0] == made[1]
    suffixes = {Path(path).suffix for path in made[0]}
    assert suffixes == {f".{kind}" for kind in ALL.split(",")} | {""}
    assert {"tables.xlsx", "report.html", "report.md", "deadlines.ics", "SHA256SUMS"} <= set(made[0])
    assert [path for path in made[0] if len(Path(path).name) > 50] == []
    words = {path.removesuffix(".docx") for path in made[0] if path.endswith(".docx")}
    assert words == {path.removesuffix(".pdf") for path in made[0] if path.endswith(".pdf")}


def test_a_second_run_into_the_same_folder_is_allowed_and_edits_are_kept(saved: Path, tmp_path: Path) -> None:
    command = ("report", str(saved / "case.json"), "--to", "docx,md", "-o", str(tmp_path / "out"))
    assert ipattr(*command).returncode == 1
    before = contents(tmp_path / "out")
    assert ipattr(*command).returncode == 1
    assert contents(tmp_path / "out") == before
    (tmp_path / "out" / "report.md").write_text("mine", encoding="utf-8")
    run = ipattr(*command, "--dates", "western")
    assert (run.returncode, run.stdout) == (73, b"")
    assert "--overwrite" in run.stderr.decode()
    assert (tmp_path / "out" / "report.md").read_text(encoding="utf-8") == "mine"
    assert ipattr(*command, "--overwrite").returncode == 1
    assert contents(tmp_path / "out") == before


def test_documents_can_be_limited_to_one_provider(saved: Path, tmp_path: Path) -> None:
    run = ipattr("report", str(saved / "case.json"), "--to", "docx", "--for", "docomo", "-o", str(tmp_path / "o"))
    assert run.returncode == 1, run.stderr.decode()
    folders = {path.parent.name for path in (tmp_path / "o").rglob("*.docx")} - {"o"}
    assert len(folders) == 1
    assert "NTTドコモ" in folders.pop()
    run = ipattr("report", str(saved / "case.json"), "--to", "docx", "--for", "nobody", "-o", str(tmp_path / "p"))
    assert (run.returncode, run.stdout) == (2, b"")
    assert "nobody" in run.stderr.decode()


def test_the_result_may_come_through_a_pipe(saved: Path, tmp_path: Path) -> None:
    data = (saved / "case.json").read_bytes()
    run = ipattr("report", "-", "--to", "ics", "-o", str(tmp_path / "o"), stdin=data)
    assert run.returncode == 1, run.stderr.decode()
    assert (tmp_path / "o" / "deadlines.ics").read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")


def office_template(folder: Path, text: str) -> str:
    """Write a template with one paragraph."""
    import docx

    document = docx.Document()
    document.add_paragraph(text)
    place = folder / "書式.docx"
    document.save(str(place))
    return str(place)


def test_an_offices_own_template_takes_the_place_of_the_schedules(saved: Path, tmp_path: Path) -> None:
    template = office_template(tmp_path, "請求先 {{addressee.name}} 御中")
    command = ("report", str(saved / "case.json"), "--to", "docx", "--for", "kddi-au", "-o", str(tmp_path / "o"))
    run = ipattr(*command, "--template", template)
    assert run.returncode == 1, run.stderr.decode()
    texts = []
    for path in (tmp_path / "o").rglob("*.docx"):
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            texts.append(re.sub("<[^>]+>", "", archive.read("word/document.xml").decode()).strip())
    assert any(text.startswith("請求先 KDDI株式会社 御中") for text in texts)
    run = ipattr(*command, "--template", office_template(tmp_path, "{{addressee.nmae}}"))
    assert run.returncode == 2
    assert "addressee.nmae" in run.stderr.decode()
    assert "addressee.name" in run.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "ends"),
    [
        (("--to", "docx"), (2, "-o")),
        (("--to", "doc", "-o", "{out}"), (2, "docx")),
        (("--to", "", "-o", "{out}"), (2, "--to")),
        (("--to", "docx", "-o", "{case}/out"), (2, "out")),
        (("--to", "md", "-o", "{out}", "--format", "csv"), (2, "--format")),
        (("--to", "md", "-o", "{out}", "--exhibits"), (2, "--exhibits")),
        (("--dated", "2026-11-22"), (2, "--dated")),
        (("--overwrite",), (2, "--overwrite")),
        (("--to", "docx", "-o", "{out}", "--dated", "9999-12-31"), (2, "--dated")),
        (("--to", "docx", "-o", "{out}", "--party", "=甲"), (2, "--party")),
        (("--to", "docx", "-o", "{out}", "--party", "甲乙丙丁戊"), (2, "--party")),
        (("--to", "docx", "-o", "{out}", "--dated", "2026-02-30"), (2, "--dated")),
        (("--to", "docx", "-o", "{out}", "--mask", "name"), (2, "--mask")),
        (("--to", "xlsx", "-o", "{out}", "--template", "{case}/README.txt"), (2, "--template")),
        (("--to", "docx", "-o", "{out}", "--template", "{out}.docx"), (3, "docx")),
        (("--to", "md", "-o", "{file}"), (73, "file")),
        (("--to", "docx", "-o", "{out}.docx"), (2, "--to")),
        (("--to", "xlsx,html", "-o", "{out}.XLSX"), (2, "--to")),
        (("-o", "{out}.docx"), (2, "--to docx")),
        (("-o", "{out}.ics"), (2, "--to ics")),
        (("--to", "xlsx,html", "-o", "{out}", "--for", "docomo"), (2, "--for")),
        (("--to", "md", "-o", "{out}", "--full-width", "--number", "3"), (2, "--full-width, --number")),
        (("--to", "ics", "-o", "{out}", "--dates", "western", "--dated", "2026-11-22"), (2, "--dated, --dates")),
        (("--to", "html", "-o", "{out}", "--mask", "ip", "--party", "乙", "--branch-of", "3"), (2, "--mask")),
        (("--to", "docx", "-o", "{out}", "--for", ""), (2, "--for")),
        (("--to", "docx", "-o", "{out}", "--for", "docomo,"), (2, "--for")),
    ],
)
def test_what_contradicts_itself_is_one_sentence(
    saved: Path, tmp_path: Path, arguments: tuple[str, ...], ends: tuple[int, str]
) -> None:
    code, said = ends
    (tmp_path / "file").write_bytes(b"")
    places = {"out": tmp_path / "out", "case": saved / "case", "file": tmp_path / "file"}
    run = ipattr("report", str(saved / "case"), *(word.format(**places) for word in arguments))
    assert (run.returncode, run.stdout) == (code, b"")
    assert said in run.stderr.decode()
    assert run.stderr.count(b"\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("kinds", "made"),
    [
        ("md, ics", {"report.md", "deadlines.ics"}),
        ("md、ics", {"report.md", "deadlines.ics"}),
        ("MD，ics", {"report.md", "deadlines.ics"}),
        ("ics md", {"report.md", "deadlines.ics"}),
        ("md,,md", {"report.md"}),
    ],
)
def test_kinds_are_read_as_people_type_lists(saved: Path, tmp_path: Path, kinds: str, made: set[str]) -> None:
    run = ipattr("report", str(saved / "case.json"), "--to", kinds, "-o", str(tmp_path / "提出 物　1"))
    assert run.returncode == 1, run.stderr.decode()
    assert {Path(line).name for line in run.stdout.decode().splitlines()} == made


def test_providers_and_masks_are_read_as_people_type_lists(saved: Path, tmp_path: Path) -> None:
    command = ("report", str(saved / "case.json"), "--to", "docx", "--mask", "IP、Port")
    made = []
    for name, chosen in (("a", ("--for", "docomo", "--for", "kddi-au")), ("b", ("--for", " docomo、kddi-au "))):
        run = ipattr(*command, *chosen, "-o", str(tmp_path / name))
        assert run.returncode == 1, run.stderr.decode()
        made.append(contents(tmp_path / name))
    assert made[0] == made[1]
    assert len({Path(path).parent for path in made[0]}) == 3


def last_lines(run: subprocess.CompletedProcess[bytes]) -> list[str]:
    return run.stderr.decode().splitlines()


def test_what_was_made_is_summed_up_at_the_end(saved: Path, tmp_path: Path) -> None:
    command = ("report", str(saved / "case"), "--to", "docx,xlsx,ics", "-o", str(tmp_path / "提出"))
    run = ipattr(*command, "--lang", "ja")
    files = run.stdout.decode().splitlines()
    words = sum(line.endswith(".docx") for line in files)
    sets = len({Path(line).parent for line in files if line.endswith(".docx")}) - 1
    told = f"{tmp_path / '提出'}: {len(files)}件(docx {words}、xlsx 1、ics 1)、請求先 {sets}。"
    assert last_lines(run)[-1].startswith(told)
    run = ipattr(*command, "--lang", "en")
    told = f"{tmp_path / '提出'}: {len(files)} files (docx {words}, xlsx 1, ics 1), {sets} addressees."
    assert last_lines(run)[-1].startswith(told)
    assert "in Japanese" in last_lines(run)[-1]
    run = ipattr("report", str(saved / "case.json"), "--to", "md", "-o", str(tmp_path / "md"), "--lang", "ja")
    assert last_lines(run)[-1] == f"{tmp_path / 'md'}: 1件(md 1)。"


def test_tables_beside_the_papers_of_one_provider_are_said_to_hold_all_of_them(saved: Path, tmp_path: Path) -> None:
    run = ipattr(
        *("report", str(saved / "case.json"), "--to", "docx,html,md", "--for", "docomo"),
        *("-o", str(tmp_path / "o"), "--lang", "ja"),
    )
    assert run.returncode == 1, run.stderr.decode()
    (told,) = [line for line in last_lines(run) if "--for" in line]
    assert "report.html" in told
    assert "report.md" in told
    assert "kddi" in (tmp_path / "o" / "report.md").read_text(encoding="utf-8")
    run = ipattr("report", str(saved / "case.json"), "--to", "docx", "--for", "docomo", "-o", str(tmp_path / "p"))
    assert [line for line in last_lines(run) if "--for" in line] == []


def test_a_case_of_nobody_says_that_there_are_no_papers_for_anybody(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("time,ip\n2026-13-01T00:00:00Z,1.66.100.45\n", encoding="utf-8")
    assert ipattr("lookup", str(log), "--as-of", "2026-11-21", "-o", str(tmp_path / "case.json")).returncode == 1
    run = ipattr(
        *("report", str(tmp_path / "case.json"), "--to", "docx,ics"), *("-o", str(tmp_path / "o"), "--lang", "ja")
    )
    assert run.returncode == 1, run.stderr.decode()
    assert "請求先ごとの文書はない" in last_lines(run)[-1]


def test_a_result_of_other_data_or_of_another_day_says_so(tmp_path: Path) -> None:
    today = datetime.now(ZoneInfo("Asia/Tokyo")).date().isoformat()
    said = {}
    for name, as_of, data in (("old", "2020-01-02", "2025.01.01+000000000000"), ("new", today, "")):
        case = tmp_path / f"{name}.json"
        assert ipattr("lookup", "1.66.100.45", "--as-of", as_of, "-o", str(case)).returncode == 0
        if data:
            case.write_bytes(json.dumps(json.loads(case.read_bytes()) | {"data_version": data}).encode())
        run = ipattr("report", str(case), "--to", "md", "-o", str(tmp_path / name), "--lang", "ja")
        assert run.returncode == 0, run.stderr.decode()
        said[name] = run.stderr.decode()
    assert "2025.01.01+000000000000" in said["old"]
    assert "基準日 2020-01-02" in said["old"]
    assert "データ版" not in said["new"]
    assert "基準日" not in said["new"]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_results_of_older_versions_still_make_documents(saved: Path, tmp_path: Path, version: str) -> None:
    document = json.loads((saved / "case.json").read_bytes()) | {"schema_version": version}
    for later in ("ledgers", "without", "inquiry", "registrations"):
        document.pop(later, None)
    (tmp_path / "old.json").write_bytes(json.dumps(document).encode())
    run = ipattr("report", str(tmp_path / "old.json"), "--to", "docx,xlsx,html,md,ics", "-o", str(tmp_path / "o"))
    assert run.returncode == 1, run.stderr.decode()


def test_the_result_itself_is_no_folder_and_its_folder_may_be_one(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_bytes((saved / "case.json").read_bytes())
    run = ipattr("report", str(tmp_path / "case.json"), "--to", "md", "-o", str(tmp_path / "case.json"))
    assert run.returncode == 73
    assert "case folder" not in run.stderr.decode()
    assert (tmp_path / "case.json").read_bytes() == (saved / "case.json").read_bytes()
    assert ipattr("report", str(tmp_path / "case.json"), "--to", "md", "-o", str(tmp_path)).returncode == 1


def test_files_are_told_before_they_are_made_and_counted(saved: Path) -> None:
    import ipattr as package

    told: list[tuple[int, int, str]] = []
    made = package.filings(saved / "case.json", kinds=["md", "docx"], told=lambda *one: told.append(one))
    assert told == [(number, len(made.files), file.path) for number, file in enumerate(made.files)]


def test_what_takes_long_to_make_says_how_far_it_has_come(capfd: pytest.CaptureFixture[str]) -> None:
    from ipattr import console

    with console.Progress("ja") as progress:
        progress.make(3, 60, "01_KDDI株式会社/01_目録.pdf")
        time.sleep(2.2)
    assert capfd.readouterr().err == "作成中 3/60 01_KDDI株式会社/01_目録.pdf … 2 秒\n"


def test_making_documents_writes_nothing_into_the_case_folder(saved: Path, tmp_path: Path) -> None:
    before = contents(saved / "case")
    assert ipattr("report", str(saved / "case"), "--to", "xlsx,ics,md", "-o", str(tmp_path / "o")).returncode == 1
    assert contents(saved / "case") == before
    assert ipattr("verify", str(saved / "case")).returncode == 0
