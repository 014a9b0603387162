"""The page as a whole: head with its policy, the switch of languages, contents, sections in order."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import TYPE_CHECKING

from ipattr.renderers.filings.html import words
from ipattr.renderers.filings.html.cards import evidence, sources
from ipattr.renderers.filings.html.evidence import gather
from ipattr.renderers.filings.html.logins import logins
from ipattr.renderers.filings.html.marks import both, escape, link, said
from ipattr.renderers.filings.html.notes import Notes
from ipattr.renderers.filings.html.overview import (
    asked,
    exhibits,
    findings,
    inputs,
    pending,
    posts,
    ranking,
    rejects,
    summary,
)
from ipattr.renderers.filings.html.script import SCRIPT
from ipattr.renderers.filings.html.style import STYLE
from ipattr.renderers.filings.html.timeline import timeline
from ipattr.renderers.filings.html.unknown import unknown
from ipattr.renderers.filings.material import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Text
    from ipattr.renderers.filings.material import Material


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


# Only this very style sheet and this very script may act: their hashes are the policy.
POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; base-uri 'none'; form-action 'none'"
)


def page(material: Material, lang: str) -> Iterator[str]:
    """Yield the document in pieces."""
    yield from _head(material, lang)
    yield from _top(material, lang)
    case = material.case
    found = gather(case)
    notes = Notes(material, found)
    yield from summary(case)
    yield from timeline(case)
    yield from logins(material, found)
    yield from posts(material)
    yield from ranking(material, notes)
    yield from pending(case)
    yield from rejects(case)
    yield from findings(case)
    yield from unknown(case)
    yield from exhibits(material)
    yield from evidence(case, found, notes)
    yield from sources(material, found)
    yield from _foot(material)


def _title(material: Material) -> tuple[str, str]:
    """Return the title of the page in both languages: what, of which platform, as of when."""
    case = material.case
    known = material.facts.platforms.get(case.platform)
    name = known.name if known else case.platform
    return (
        f"{words.TITLE.ja}{f'：{name}' if name else ''}（基準日 {case.as_of}）",
        f"{words.TITLE.en}{f': {name}' if name else ''} (as of {case.as_of})",
    )


def _head(material: Material, lang: str) -> Iterator[str]:
    ja, en = _title(material)
    yield (
        f'<!DOCTYPE html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        '<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">\n'
        f"<title>{escape(ja if lang == 'ja' else en)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )


def _top(material: Material, lang: str) -> Iterator[str]:
    """Yield the switch first: what follows it is shown by it, with nothing but the style sheet."""
    chosen = {one: " checked" if one == lang else "" for one in ("ja", "en")}
    ja, en = _title(material)
    yield (
        f"<main>\n<input type=radio name=lang id=lang-ja class=sr{chosen['ja']}>"
        f"<input type=radio name=lang id=lang-en class=sr{chosen['en']}>"
        f"<input type=checkbox id=with-evidence class=sr checked>\n<header>\n"
        f"<div class=switches><p class=lang><span class=sr>{said(words.LANGUAGE)}</span>"
        f"<label for=lang-ja lang=ja-JP>{words.JA}</label><label for=lang-en lang=en-GB>{words.EN}</label></p>"
        f"<p class=prints><label for=with-evidence>{said(words.PRINT_EVIDENCE)}</label></p></div>\n"
        f'<h1 data-ja="{escape(ja)}" data-en="{escape(en)}">{both(ja, en)}</h1>\n<p>{said(words.DISCLAIMER)}</p>\n'
    )
    yield f"<section aria-labelledby=stamp><h2 id=stamp>{said(words.STAMP)}</h2>\n<dl class=stamp>"
    for (label, value), (label_en, value_en) in zip(stamp(material, "ja"), stamp(material, "en"), strict=True):
        yield f"<div><dt>{both(label, label_en)}<dd>{both(value, value_en)}</div>"
    yield "</dl>\n"
    yield from asked(material.case)
    yield from inputs(material.case)
    yield "</section>\n</header>\n"
    yield f'<nav aria-label="{escape(words.CONTENTS.pick(lang))}"><ul>'
    for place, text in _contents(material):
        yield f"<li>{link(place, said(text))}"
    yield "</ul></nav>\n"


def _contents(material: Material) -> Iterator[tuple[str, Text]]:
    yield from (("summary", words.SUMMARY), ("timeline", words.TIMELINE), ("logins-h", words.LOGINS))
    optional = (
        ("posts", words.POSTS, material.case.posts),
        ("ranking", words.RANKING, material.ranking),
        ("pending", words.PENDING, material.case.pending),
    )
    yield from ((place, text) for place, text, there in optional if there)
    yield from (("rejects", words.REJECTS), ("findings", words.FINDINGS), ("unknown", words.UNKNOWN))
    if material.exhibits:
        yield "exhibits", words.EXHIBITS
    yield from (("evidence", words.EVIDENCE), ("sources", words.SOURCES))


def _foot(material: Material) -> Iterator[str]:
    values = zip(stamp(material, "ja"), stamp(material, "en"), strict=True)
    told = "".join(f"<span>{both(*one)}: {both(*other)}</span> " for one, other in _sides(values))
    yield f"<footer><p>{told}</p></footer>\n"
    yield (
        "<dialog id=evidence-box aria-labelledby=evidence-title><div class=bar><h2 id=evidence-title tabindex=-1></h2>"
        f"<button type=button id=evidence-close>{said(words.CLOSE)}</button></div><div id=evidence-body></div>"
        f"<p><a id=evidence-go href=#evidence>{said(words.GO)}</a></p></dialog>\n"
        f"</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


def _sides(
    pairs: Iterator[tuple[tuple[str, str], tuple[str, str]]],
) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Turn (label, value) in two languages into labels and values, each in two languages."""
    for (label, value), (label_en, value_en) in pairs:
        yield (label, label_en), (value, value_en)
