"""README.txt of a folder: what lies in it, how to treat it, how to check it; for whoever opens it without ipattr."""

from __future__ import annotations

_JOURNAL = """\
  case.db      ハッシュ連鎖付きの記録（SQLite）。追記のみ / the journal with its hash chain (SQLite), append-only
  SHA256SUMS   全ファイルのSHA-256 / SHA-256 of every file
  case.lock    処理中のみ存在する / there only while a run is under way

検査 / to check it:
  sha256sum -c SHA256SUMS
  ipattr verify .
"""
_STAMPS = """\
  stamps/      タイムスタンプ（RFC 3161）の要求と応答 / time stamp requests and responses (RFC 3161)
"""
_UNTOUCHED = "ファイルを変更、追加、削除しないこと。 / Do not change, add or remove files.\n"

_CASE = f"""\
このフォルダーは ipattr の事件フォルダーである。開示された IPアドレス（秘密）を含むため、取扱いに注意する。
This is a case folder of ipattr. It holds disclosed IP addresses, which are secret: handle it accordingly.

  inputs/      開示されたファイル（受領したまま） / the disclosed files, as received
  evidence/    レジストリの回答: .body は受信したままのバイト列、.json は送信先・日時・ハッシュ
               answers of registries: .body the bytes as received, .json server, times and hashes
  results/     計算結果 / computed results
{_STAMPS}{_JOURNAL}
{_UNTOUCHED}"""

_LEDGER = f"""\
このフォルダーは ipattr の接続先台帳である。プラットフォームの公開ホスト名が、いつ、どのDNSサーバーに、どの
IPアドレスと答えられたかの観測を保存する。開示された IPアドレス（秘密）は含まない。入れてはならない。
This is a destination ledger of ipattr. It holds DNS observations of platforms' public hosts: which addresses
which DNS server gave for them, and when. It holds no disclosed (secret) IP addresses: put none here.

  observed/    観測。1行が1件（JSON）。取得の行の wire は受信したままのDNSメッセージ（base64）
               observations, one to a line (JSON); in lines of a capture wire is the DNS message as received (base64)
  inputs/      取り込んだ他者の記録（受領したまま） / imported records of others, as received
{_STAMPS}{_JOURNAL}
台帳は追記のみである。ipattr は観測を書き加え、書いたものを書き換えない。
The ledger is append-only: ipattr adds observations and never rewrites what it wrote.

ハッシュの連鎖は順序と不変を示すが、書いた日時までは証明しない。定期的に時刻認証を受ける:
The chain of hashes shows the order and that nothing changed, not when it was written: have it time-stamped regularly:
  ipattr case stamp .

{_UNTOUCHED}"""

_TEXTS = {"case": _CASE, "ledger": _LEDGER}


def readme(purpose: str, title: str, created: str) -> bytes:
    """Return the README.txt of a new folder made for ``purpose`` (``case`` or ``ledger``)."""
    return f"{title or 'ipattr'}\n作成 / created: {created}\n\n{_TEXTS[purpose]}".encode()
