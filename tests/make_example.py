"""Write the files of ``data/examples/``: one invented disclosure in every form; the same bytes on every run."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from docx import Document
from example_history import POSTS as HISTORY_POSTS
from example_history import history

FOLDER = Path(__file__).resolve().parent.parent / "data" / "examples"
ACCOUNT_A, NAME_A = "6012345678901234567", "reidai_kou"
ACCOUNT_B, NAME_B = "6098765432109876543", "reidai_otsu"
JST = timezone(timedelta(hours=9))
ZIP_DATE = (2026, 11, 20, 0, 0, 0)
LINES_PER_PAGE = 34
SNOWFLAKE_EPOCH_MS = 1288834974657


class Login(NamedTuple):
    """One invented login; an empty address is a gap in the disclosure."""

    account: str
    utc: str
    address: str
    port: str = ""


LOGINS = (
    Login(ACCOUNT_A, "2024-04-18T13:05:42.000Z", "49.96.45.67"),  # docomo, long ago
    Login(ACCOUNT_A, "2025-03-10T09:15:20.000Z", "126.33.123.45"),  # SoftBank, in the hours X changed its addresses
    Login(ACCOUNT_A, "2026-08-04T22:41:09.000Z", "153.240.123.45"),  # OCN
    Login(ACCOUNT_A, "2026-08-11T03:12:55.000Z", "106.128.123.45"),  # KDDI mobile
    Login(ACCOUNT_A, "2026-08-21T11:20:31.000Z", "1.66.123.45"),  # docomo
    Login(ACCOUNT_A, "2026-08-27T14:59:59.000Z", "106.146.34.56"),  # KDDI mobile, last second of the day in Japan
    Login(ACCOUNT_A, "2026-09-01T15:00:00.000Z", "126.182.45.67"),  # SoftBank, midnight in Japan
    Login(ACCOUNT_A, "2026-09-14T07:33:18.000Z", "133.106.45.67"),  # Rakuten Mobile
    Login(ACCOUNT_A, "2026-09-22T10:10:10.000Z", "121.103.123.45"),  # So-net
    Login(ACCOUNT_A, "2026-10-03T21:47:03.000Z", "106.72.123.45", "49321"),  # v6plus, with a source port
    Login(ACCOUNT_A, "2026-10-09T12:30:44.000Z", "14.8.123.45"),  # KDDI, service not told by the address
    Login(ACCOUNT_A, "2026-10-10T00:02:17.000Z", "10.223.45.67"),  # a hop inside X
    Login(ACCOUNT_A, "2026-10-11T18:20:05.000Z", ""),  # the address is missing
    Login(ACCOUNT_B, "2026-10-15T04:55:29.000Z", "202.32.123.45"),  # IIJ (MVNO among others)
    Login(ACCOUNT_B, "2026-10-20T13:13:13.000Z", "240a:61:123:4500::8a1"),  # docomo, IPv6
    Login(ACCOUNT_B, "2026-10-26T08:40:51.000Z", "240b:10:1234:5600::45"),  # v6plus, IPv6
    Login(ACCOUNT_B, "2026-11-01T16:25:37.000Z", "5.157.157.45"),  # VPN (M247)
    Login(ACCOUNT_B, "2026-11-05T20:08:46.000Z", "104.28.123.45"),  # relay (Cloudflare)
    Login(ACCOUNT_B, "2026-11-08T02:34:12.000Z", "149.18.240.45"),  # foreign delegation under a Japanese AS
    Login(ACCOUNT_B, "2026-11-10T11:11:27.000Z", "91.123.45.67"),  # outside the table
    Login(ACCOUNT_B, "2026-02-30T01:02:03.000Z", "106.73.45.67"),  # no such day
    Login(ACCOUNT_B, "2026-11-15T09:51:58.000Z", "1.66.100.45", "50122"),  # docomo, with a source port
)
POSTS = (
    (NAME_A, "2026-08-21T11:45:00.123Z", "例題の投稿 1"),
    (NAME_A, "2026-10-03T21:30:12.456Z", "例題の投稿 2"),
    (NAME_B, "2026-11-15T10:05:33.789Z", "例題の投稿 3"),
)
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def utc_time(login: Login) -> str:
    """Return the time as X writes it."""
    return login.utc


def jst_time(login: Login) -> str:
    """Return the same moment on a Japanese clock without a zone; a day that does not exist stays as it is."""
    try:
        moment = datetime.fromisoformat(login.utc)
    except ValueError:
        return login.utc.removesuffix("Z").replace("T", " ")
    return f"{moment.astimezone(JST):%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"


def snowflake(utc: str) -> str:
    """Return the post id that X would give at this moment (worker and sequence 0)."""
    elapsed = datetime.fromisoformat(utc) - datetime(1970, 1, 1, tzinfo=UTC)
    return str((elapsed // timedelta(milliseconds=1) - SNOWFLAKE_EPOCH_MS) << 22)


def return_lines(*, full_width: bool) -> list[str]:
    """Return the X return line by line: two accounts, braces that never close, page noise inside records."""
    lines = ["X Corp.", "CONFIDENTIAL - INVENTED EXAMPLE", ""]
    for number, (account, name) in enumerate(((ACCOUNT_A, NAME_A), (ACCOUNT_B, NAME_B)), 1):
        lines.append(f"{number}. @{name}")
        for login in (login for login in LOGINS if login.account == account):
            fields = [("accountId", login.account), ("createdAt", login.utc)]
            fields += [("loginIp", login.address)] if login.address else []
            fields += [("loginPortNumber", login.port)] if login.port else []
            shown = [(key, value.translate(_FULL_WIDTH) if full_width else value) for key, value in fields]
            lines.append("“ipAudit” : {")
            lines += [f"“{key}” : “{value}”" + ("," if key != shown[-1][0] else "") for key, value in shown]
    return paged(lines)


def paged(lines: list[str]) -> list[str]:
    """Return the lines with a page number and a page header wherever a page ends, records or not."""
    pages = [lines[at : at + LINES_PER_PAGE] for at in range(0, len(lines), LINES_PER_PAGE)]
    found: list[str] = []
    for number, page in enumerate(pages, 1):
        found += ["X Corp.", *page] if number > 1 else page
        found.append(f"Page {number} of {len(pages)}")
    return found


def text_file(lines: list[str]) -> bytes:
    """Return lines as UTF-8 text."""
    return ("\n".join(lines) + "\n").encode()


def word_file(lines: list[str]) -> bytes:
    """Return lines as the paragraphs of a Word document with fixed dates."""
    document = Document()
    moment = datetime(*ZIP_DATE, tzinfo=UTC)
    document.core_properties.author = "invented example"
    document.core_properties.created = document.core_properties.modified = moment
    for line in lines:
        document.add_paragraph(line)
    made = io.BytesIO()
    document.save(made)
    fixed = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            member = zipfile.ZipInfo(name, ZIP_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return fixed.getvalue()


def table_file(header: str, rows: list[str]) -> bytes:
    """Return a CSV file (RFC 4180 line ends)."""
    return "".join(f"{row}\r\n" for row in [header, *rows]).encode()


def archive_file() -> bytes:
    """Return the same logins as the account holder's own archive."""
    elements = []
    for login in LOGINS:
        fields = {"accountId": login.account, "createdAt": login.utc}
        fields |= {"loginIp": login.address} if login.address else {}
        fields |= {"loginPortNumber": login.port} if login.port else {}
        elements.append({"ipAudit": fields})
    return f"window.YTD.ip_audit.part0 = {json.dumps(elements, indent=2)}\n".encode()


def files() -> dict[str, bytes]:
    """Return every file of the example by name."""
    header = "accountId,createdAt,loginIp,loginPortNumber"
    accounts = {NAME_A: ACCOUNT_A, NAME_B: ACCOUNT_B}
    posts = [post_row(name, utc, accounts[name], text) for name, utc, text in POSTS]
    later = [post_row(name, utc, account, text) for account, name, utc, text in HISTORY_POSTS]
    return {
        "x-return.txt": text_file(return_lines(full_width=False)),
        "x-return.docx": word_file(return_lines(full_width=False)),
        "x-return-fullwidth.txt": text_file(return_lines(full_width=True)),
        "x-log-utc.csv": table_file(header, [f"{x.account},{utc_time(x)},{x.address},{x.port}" for x in LOGINS]),
        "x-log-jst.csv": table_file(header, [f"{x.account},{jst_time(x)},{x.address},{x.port}" for x in LOGINS]),
        "ip-audit.js": archive_file(),
        "posts.csv": table_file("URL,投稿日時,accountId,内容", posts),
        "x-history.csv": table_file(header, [f"{x.account},{x.utc},{x.address},{x.port}" for x in history()]),
        "x-history-posts.csv": table_file("URL,投稿日時,accountId,内容", later),
    }


def post_row(name: str, utc: str, account: str, text: str) -> str:
    """Return one line of a list of posts."""
    return f"https://x.com/{name}/status/{snowflake(utc)},{utc},{account},{text}"


def main(folder: Path = FOLDER) -> None:
    """Write the files into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
