"""The command that holds all others."""

from __future__ import annotations

import os

import click

from ipattr import console
from ipattr.cli.pieces import t


@click.group(
    "ipattr",
    context_settings={"help_option_names": ["-h", "--help"], "terminal_width": min(console.width(os.environ), 100)},
    help=t(
        "開示されたログのIPアドレスから、請求先、検索に要る鍵、接続先候補、ログの消去予定を表にする。"
        "--online、rdap、whois、case stamp、destinations capture のほかは通信しない。",
        "Addresses of a disclosed log: whom to ask, what they need, destination candidates, log expiry. "
        "Offline but for --online, rdap, whois, case stamp and destinations capture.",
    ),
    epilog=t(
        "終了コード: 0 完了、1 完了したが不採用・要確認の行か回答のない照会がある、2 使い方、3 入力が読めない、"
        "4 データ不正、5 使える回答がない、6 同意がなく送らなかった、7 事件フォルダー・台帳が使えない、"
        "8 証拠が変わった、"
        "70 内部の誤り、73 結果を書き込めない、130 中断、141 出力先が閉じた、143 終了の合図(SIGTERM)。"
        ' 補完: eval "$(_IPATTR_COMPLETE=bash_source ipattr)"(zsh_source、fish_source も可)。',
        "Exit codes: 0 done; 1 done, rows rejected or in review or a question unanswered; 2 usage; "
        "3 input unreadable; 4 data invalid; 5 no usable answer; 6 refused, nothing sent; "
        "7 case folder or ledger unusable; 8 evidence altered; 70 internal error; 73 output not written; "
        "130 interrupted; 141 reader gone; 143 ended by SIGTERM. "
        'Completion: eval "$(_IPATTR_COMPLETE=bash_source ipattr)" (or zsh_source, fish_source).',
    ),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _parameter, wanted: _version(context) if wanted else None,
    help=t("版とデータ版を表示する。", "Print the version and the data version."),
)
def commands() -> None:
    """Hold the commands."""


def _version(context: click.Context) -> None:
    from ipattr.registry import open_registry
    from ipattr.version import __version__

    console.write(f"ipattr {__version__} (data {open_registry().data_version})\n")
    context.exit()
