"""The commands of analysis: what a history of logins shows, and pictures of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from ipattr import console
from ipattr.cli.group import commands
from ipattr.cli.page import Page, refuse_inside
from ipattr.cli.pieces import DONE, LANG, data_option, lang_option, one_line, output_into, path, pretty_option, t
from ipattr.errors import UsageError

if TYPE_CHECKING:
    from ipattr.model import Lang
    from ipattr.plots import Kind

PICTURES = (".png", ".svg", ".csv")


@commands.command(
    help=t(
        "ログインの履歴に現れた事実を、限界とともに述べる。本人・居場所は述べない。",
        "State what a history of logins shows, with its limits; never who somebody is or was where.",
    )
)
@click.argument("result", metavar="CASE.json|DIR")
@click.option(
    "--account", multiple=True, metavar="ID", help=t("このアカウントだけ(既定は全部)。", "Only these; default: all.")
)
@click.option(
    "--compare",
    is_flag=True,
    help=t(
        "アカウントを二つずつ比べ、偶然でも起きる程度を示す。", "Set every two accounts side by side, beside chance."
    ),
)
@click.option(
    "--gap",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    metavar="MIN",
    help=t("接続のまとまりを区切る空き(分)。", "Pause that ends a session, in minutes."),
)
@click.option(
    "--days",
    type=click.IntRange(min=1),
    default=14,
    show_default=True,
    metavar="N",
    help=t("投稿の前後で数える日数。", "Days counted on either side of a post."),
)
@click.option(
    "--review",
    type=click.Choice(["apart", "with"]),
    default="apart",
    show_default=True,
    help=t("要確認の行を数えるか。", "Whether rows in review are counted."),
)
@click.option("--format", "to", type=click.Choice(["auto", "table", "json", "md"]), default="auto", show_default=True)
@data_option
@lang_option
@output_into(".txt", ".md", ".json")
@pretty_option
def history(  # noqa: PLR0913 - one argument per option
    *,
    result: str,
    account: tuple[str, ...],
    compare: bool,
    gap: int,
    days: int,
    review: Literal["apart", "with"],
    to: str,
    data: str | None,
    lang: str | None,
    output: str | None,
    pretty: bool,
) -> int:
    """Run ``ipattr.login_history`` and print it."""
    from pathlib import Path

    from ipattr import verbs
    from ipattr.renderers.histories import render

    page = Page(
        to=to,
        lang=lang,
        output=output,
        pretty=pretty,
        inputs=(result,),
        case=result if Path(result).is_dir() else None,
        formats=("table", "json", "md"),
    )
    found = verbs.login_history(
        result,
        account=account,
        compare=compare,
        gap=gap,
        days=days,
        review=review,
        data=path(data),
        stdin=console.standard_input(),
    )
    page.write(
        render(
            found.histories,
            found.comparisons,
            case=found.case,
            to=page.to,
            lang=page.lang,
            color=page.color,
            columns=page.columns,
            pretty=page.pretty,
        )
    )
    return DONE


@commands.command(
    help=t(
        "結果を図にする。図と同じ数字の表は -o F.csv で出る。",
        "Draw a picture of a result; -o F.csv writes the table of exactly what it shows.",
    )
)
@click.argument("result", metavar="CASE.json|DIR")
@click.option(
    "--kind",
    required=True,
    type=click.Choice(["timeline", "hours", "providers", "sessions", "deadlines", "destinations"]),
    help=t(
        "時系列、時間帯、提供者、接続のまとまり、期限、接続先。",
        "Which picture.",
    ),
)
@click.option("--account", default="", metavar="ID", help=t("このアカウントだけ。", "Only this account."))
@lang_option
@click.option("-o", "--output", required=True, metavar="F.png|svg|csv", help=t("書込み先。", "Where to write."))
def plot(*, result: str, kind: Kind, account: str, lang: str | None, output: str) -> int:
    """Run ``ipattr.plot`` and write the picture, or its table."""
    import os
    from pathlib import Path

    from ipattr import verbs

    suffix = os.path.splitext(output)[1].lower()  # noqa: PTH122 - as page.named_by
    if suffix not in PICTURES:
        raise UsageError(
            ja=f"出力は {'、'.join(PICTURES)} のいずれかとされたい。",
            en=f"The output ends in {', '.join(PICTURES)}.",
            where=output,
        )
    if Path(result).is_dir():
        refuse_inside(output, result)
    console.refuse_input_as_output(output, [result] if result != "-" else [])
    language: Lang = "ja" if (lang or LANG) == "ja" else "en"
    picture = verbs.plot(result, kind, lang=language, account=account, stdin=console.standard_input())
    image: Literal["png", "svg"] = "svg" if suffix == ".svg" else "png"
    console.replace_file(output, picture.table() if suffix == ".csv" else picture.encode(image))
    console.say(one_line(picture.note))
    return DONE
