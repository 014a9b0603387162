"""``ipattr history`` as a person types it: what it says, where it writes, and what it refuses in one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "data" / "examples"
FIRST, SECOND = "6134567890123456789", "6145678901234567890"
LANGUAGES = {"ja": "ja_JP.UTF-8", "en": "C.UTF-8"}
HOSTILE = "ev\u202eil|<b>[x](http://a)`**"


def ipattr(*words: str, cwd: Path, lang: str = "en", stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the command in a folder of its own, under the locale of a language."""
    environment = {**os.environ, "LC_ALL": LANGUAGES[lang], "XDG_CONFIG_HOME": str(cwd / "config")}
    command = [sys.executable, "-m", "ipattr", *words]
    return subprocess.run(command, capture_output=True, check=False, cwd=cwd, env=environment, input=stdin)


def lookup(folder: Path, name: str, text: str, *more: str) -> None:
    """Put a log into the folder and its result beside it."""
    (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    done = ipattr(
        *("lookup", f"{name}.csv", "--as-of", "2026-11-21", "--encoding", "utf-8", "-o", f"{name}.json", *more),
        cwd=folder,
    )
    assert (folder / f"{name}.json").exists(), done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the results of the example, of one account, of many, and of hostile names."""
    made = tmp_path_factory.mktemp("history")
    log, posts = str(EXAMPLES / "x-history.csv"), str(EXAMPLES / "x-history-posts.csv")
    ipattr("lookup", log, "--posts", posts, "--as-of", "2026-11-21", "-o", "case.json", cwd=made)
    head = "createdAt,loginIp,accountId\n"
    lookup(made, "one", f"{head}2026-10-01T00:00:00Z,1.66.97.77,77\n")
    lookup(made, "many", head + "".join(f"2026-10-01T00:{n:02}:00Z,1.66.97.77,{1000 + n}\n" for n in range(30)))
    names = f'createdAt,loginIp,accountName\n2026-10-01T00:00:00Z,1.66.97.77,"{HOSTILE}"\n'
    lookup(made, "names", f"{names}2026-10-01T00:01:00Z,1.66.97.77,# other\n")
    (made / "posts.csv").write_text("URL,投稿日時\nhttps://x.com/a/status/1,いつか\n", encoding="utf-8")
    lookup(made, "posts-lost", f"{head}2026-10-01T00:00:00Z,1.66.97.77,77\n", "--posts", "posts.csv")
    return made


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("to", ["table", "md", "json"])
def test_the_example_is_told_in_either_language_and_every_format_twice_the_same(
    folder: Path, to: str, lang: str
) -> None:
    words = ("history", "case.json", "--compare", "--format", to, "--lang", lang)
    done, again = (ipattr(*words, cwd=folder, lang=spoken) for spoken in ("ja", "en"))
    assert done.returncode == 0
    assert done.stdout == again.stdout
    text = done.stdout.decode()
    if to == "json":
        document = json.loads(text)
        assert [one["account"] for one in document["histories"]] == [FIRST, SECOND]
        assert len(document["comparisons"]) == 1
        return
    expected = {
        "ja": ("二つのアカウントの比較", "限界:", "どの候補が正しいかは分からず", "投稿の行数"),
        "en": ("Two accounts compared", "limits:", "Which pool is the right one", "Rows of the posts"),
    }
    flat = "".join(text.split())
    assert all("".join(words.split()) in flat for words in expected[lang])
    # None of the pools that the accounts' own returns speak against lends its probability to a quotation.
    assert "e-0" not in text
    assert "e-1" not in text


@pytest.mark.parametrize(("suffix", "start"), [("txt", "Login history"), ("md", "# Login history"), ("json", "{")])
def test_the_suffix_of_the_output_decides_on_the_format(folder: Path, suffix: str, start: str) -> None:
    done = ipattr("history", "case.json", "--lang", "en", "-o", f"out.{suffix}", cwd=folder)
    assert (done.returncode, done.stdout) == (0, b"")
    assert (folder / f"out.{suffix}").read_text("utf-8").startswith(start)


def test_another_format_than_the_suffix_says_is_written_and_said(folder: Path) -> None:
    done = ipattr("history", "case.json", "--format", "json", "-o", "other.md", cwd=folder)
    assert done.returncode == 0
    assert "it was written as json" in done.stderr.decode()
    assert (folder / "other.md").read_text("utf-8").startswith("{")


def test_options_reach_the_rules_and_a_result_is_read_from_standard_input(folder: Path) -> None:
    options = ("--gap", "7", "--days", "3", "--review", "with", "--account", SECOND, "--account", SECOND)
    done = ipattr(
        *("history", "-", "--format", "json", *options), cwd=folder, stdin=(folder / "case.json").read_bytes()
    )
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)["histories"]
    assert found["account"] == SECOND
    assert [found["rules"][key] for key in ("session_gap_minutes", "habit_days", "review")] == [7, 3, "with"]
    assert all(gap["seconds"] <= 420 or gap["splits"] for gap in found["gaps"])


REFUSED = [
    (("case.json", "-o", "out.csv"), 2, "out.csv: この命令の出力形式は", "out.csv: This command writes"),
    (("case.json", "-o", "case.json"), 2, "case.json: ", "case.json: The output is one of the input files"),
    (("case.json", "--account", "zz"), 2, "アカウントである(zz)", "The case has no account zz; it has"),
    (("case.json", "--account", ""), 2, "アカウントが2件ある", "The case has 2 accounts; name one"),
    (("one.json", "--compare"), 2, "2件以上12件以下要る(1件ある)", "takes 2 to 12 accounts, and there are 1"),
    (("many.json", "--compare"), 2, "(30件ある)", "and there are 30"),
    (("many.json", "--account", "x"), 2, "1009、ほか20件", "1009, 20 more"),
    (("case.json", "--days", "99999999999"), 2, "--days は1以上3660以下", "--days 1 to 3660"),
    (("case.json", "--gap", "99999999999"), 2, "--gap は1以上525600以下", "--gap is 1 to 525600"),
    (("case.json", "--gap", "0"), 2, "0", "0"),
    (("nothing.json",), 3, "nothing.json", "nothing.json: It cannot be opened"),
    (("one.csv",), 3, "one.csv", "one.csv: This is no result of ipattr"),
    (("names.json", "--account", "a\x1b[31m"), 2, "a\\x1b[31m", "a\\x1b[31m"),
]


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("refused", REFUSED, ids=lambda one: " ".join(one[0]))
def test_what_cannot_be_done_is_refused_in_one_sentence(
    folder: Path, refused: tuple[tuple[str, ...], int, str, str], lang: str
) -> None:
    words, code, ja, en = refused
    before = sorted(folder.iterdir())
    done = ipattr("history", *words, cwd=folder, lang=lang)
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (code, b"")
    assert (ja if lang == "ja" else en) in said
    assert len(said.strip().splitlines()) == 1
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("to", ["table", "md"])
def test_hostile_names_cannot_break_what_is_printed(folder: Path, to: str) -> None:
    done = ipattr("history", "names.json", "--compare", "--review", "with", "--format", to, cwd=folder)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    assert not {"\x1b", "\u202e", "\x07"} & set(text)
    if to == "md":
        assert not any(mark in text for mark in ("<b>", "](", "`", "**"))
        # Every line of a table has as many cells as its heading.
        for block in text.split("\n\n"):
            lines = block.splitlines()
            assert not lines[0].startswith("|") or len({line.count("|") for line in lines}) == 1
        headings = [line for line in text.splitlines() if line.startswith("# ")]
        assert len(headings) == 3


def test_posts_that_could_not_be_read_are_counted_in_what_it_was_made_of(folder: Path) -> None:
    text = ipattr("history", "posts-lost.json", "--format", "table", "--lang", "en", cwd=folder).stdout.decode()
    assert "Rows of the posts: read 1 rows = 0 ok + 0 review + 1 rejected" in text
    basis = json.loads(ipattr("history", "posts-lost.json", "--format", "json", cwd=folder).stdout)["basis"]
    assert basis["post_counts"] == {"rows": 1, "ok": 0, "review": 0, "rejected": 1}
