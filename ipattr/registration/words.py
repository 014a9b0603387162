"""The sentences of a registration: what the leading answer says, and what a person does next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Text
from ipattr.registration.dating import written
from ipattr.registration.index import server_name
from ipattr.registration.remarks import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.model import Attribution, RegistrationStatus, RegistrationView
    from ipattr.registration.index import Said
    from ipattr.registration.views import Looked

_BASIS = {
    "direct": Text(ja="このアドレス自体を照会した。", en="This very address was asked."),
    "exact-block": Text(
        ja="同じブロックの別のアドレスへの回答で、このブロックに下位の登録はない。",
        en="The answer is to another address of the block, which holds nothing more specific.",
    ),
    "inferred": Text(
        ja="別のアドレス又はブロックを照会した回答からの推定で、より細かい登録がありうる。事業者の水準の参考に限る。",
        en="Inferred from an answer to another address or to the block; a more specific registration may exist. "
        "A provider-level hint only.",
    ),
}
_NOT_ASKED = Text(ja="このアドレスについてレジストリに照会していない。", en="No registry was asked about this address.")


def joined(texts: Iterable[Text]) -> Text:
    """Join distinct statements into one text."""
    some = list(dict.fromkeys(texts))
    return Text(ja="".join(text.ja for text in some), en=" ".join(text.en for text in some))


def explain(status: RegistrationStatus, looked: Sequence[Looked], said: Said) -> Text:
    """Say what the leading answer states, on what basis, and how it stands to the login and to the offline verdict."""
    if looked:
        view = looked[0].view
        return joined([_stated(view), _BASIS[view.basis], *view.reasons])
    if status == "failed":
        return joined(
            Text(
                ja=f"{entry.server} への照会に使える回答がない：{entry.reason.ja}",
                en=f"No usable answer from {entry.server}: {entry.reason.en}",
            )
            for entry in said.unanswered
        )
    if status == "not-found":
        silent = [*said.missing, *(covered for covered, _ in said.histories)]
        servers = ", ".join(dict.fromkeys(server_name(covered.answer) for covered in silent))
        return Text(
            ja=f"照会先（{servers}）にはこのアドレスの登録がない。ここにないというだけで、未割当ではない。",
            en=f"The server asked ({servers}) has no object for this address: not here, "
            "which does not mean unassigned.",
        )
    if status == "withheld":
        return joined(held.reason for held in said.held_back) if said.held_back else _SPECIAL
    return _NOT_ASKED


_SPECIAL = Text(
    ja="特殊用途アドレスなので、どこにも照会しない。", en="A special-purpose address: it is never sent anywhere."
)


def _stated(view: RegistrationView) -> Text:
    ja = f"{SOURCES[view.source]}（{view.server}、{written(view.received)} JST 受信）は"
    en = f"{SOURCES[view.source]} ({view.server}, received {written(view.received)} JST)"
    block = f"{view.first} - {view.last}"
    if view.holders:
        names = " / ".join(dict.fromkeys(holder.text for holder in view.holders))
        return Text(
            ja=f"{ja} {block} の登録名義を「{names}」とする。", en=f'{en} names "{names}" as holder of {block}.'
        )
    if view.refers_to:
        return Text(
            ja=f"{ja} {block} の登録の管理について {view.refers_to} を指すだけで、名義人を記載しない。",
            en=f"{en} only points to {view.refers_to} as registry of {block}, and names no holder.",
        )
    return Text(ja=f"{ja} {block} の名義人を記載しない。", en=f"{en} names no holder of {block}.")


def next_step(status: RegistrationStatus, looked: Sequence[Looked], said: Said, *, offline: Attribution) -> Text:
    """Say what a person does next: what this answer may be used for, or how to get one that may."""
    if looked:
        return joined(_steps(looked, said))
    if status == "failed":
        return Text(
            ja="同じコマンドをもう一度実行する（回答のない照会だけを送る）。",
            en="Run the same command again: only what has no answer is asked.",
        )
    if status == "not-found":
        ask = offline.holder.ask
        return Text(
            ja=f"別のレジストリに照会する（{ask.ja}）。" if ask else "別のレジストリに照会する。",
            en=f"Ask another registry ({ask.en})." if ask else "Ask another registry.",
        )
    if status == "withheld" and offline.status == "special-purpose":
        return offline.next_step
    if said.held_back:
        return Text(
            ja="照会先を明示して（--source）照会するか、書面で照会する。",
            en="Name the source (--source) to ask it, or ask in writing.",
        )
    return Text(ja="必要なら --online で照会する。", en="Ask with --online if it is needed.")


def _steps(looked: Sequence[Looked], said: Said) -> Iterable[Text]:
    view = looked[0].view
    if view.basis == "inferred":
        yield Text(
            ja="証拠として出すには `--mode exact` でこのアドレス自体を照会する。",
            en="For an exhibit, ask this very address with `--mode exact`.",
        )
    silent = {covered.answer.exchange.question.source for covered in said.missing if covered.basis == "direct"}
    if view.refers_to == "JPNIC" and not view.holders and "jpnic" in silent:
        yield Text(
            ja="JPNIC WHOIS には照会したが、このアドレスの登録がない。JPNIC に書面等で確かめる。",
            en="JPNIC WHOIS was asked and has no object for this address: ask JPNIC itself.",
        )
    elif view.refers_to and not view.holders:
        yield Text(
            ja=f"{view.refers_to} に照会する（JPNIC なら `--source jpnic`）。",
            en=f"Ask {view.refers_to} (JPNIC: `--source jpnic`).",
        )
    naming = [one for one in looked if one.view.holders]
    if naming and all(one.view.at_login == "not-proven" for one in naming):
        yield Text(
            ja="ログイン時の名義人は、登録の履歴（APNIC の /history/ など）又はレジストリへの照会で確かめる。",
            en="Settle the holder at login time by a registration history (such as APNIC /history/) "
            "or by asking the registry.",
        )
    over = looked[0].above
    if over and view.agreement != "agrees":
        whom = " / ".join(dict.fromkeys(one.who for one in over))
        yield Text(
            ja=f"名義人は末端の利用者でありうるので、名義人に照会する前に、上位情報の「{whom}」に"
            "このアドレスの回線の提供者と接続の記録の有無を確かめる。",
            en=f'The holder may be an end customer: before asking it, ask "{whom}", named above it (上位情報), '
            "who provides the line and whether it holds the log.",
        )
        return
    yield _BY_AGREEMENT[view.agreement]


_CUSTOMER = Text(
    ja="名義人が末端の利用者でありうるときは、先に上位のブロックの名義人を確かめる。",
    en="Where the holder may be an end customer, first settle who holds the block above.",
)
_BY_AGREEMENT = {
    "agrees": Text(
        ja="名義の一致だけでは請求先は決まらない。請求先は収録データの判定とその条件（連鎖・候補）による。",
        en="That the holder agrees does not settle the addressee: it follows from the offline verdict and its "
        "conditions (chain, alternatives).",
    ),
    "disagrees": Text(
        ja="登録名義人と運用者・請求先が異なる。誰が回線の契約者を知るかを、登録名義人にも確かめる。",
        en="The registered holder is not the operator or addressee: ask the holder too who knows the subscriber.",
    ),
    "holder-not-listed": Text(
        ja="登録名義人に、このアドレスの利用者と回線の提供者を照会する（商号は登記で確かめる）。" + _CUSTOMER.ja,
        en="Ask the registered holder who uses the address and who provides the line; check its name in the "
        "commercial register. " + _CUSTOMER.en,
    ),
    "no-holder-named": Text(ja="名義人は別の回答で確かめる。", en="Settle the holder by another answer."),
    "not-comparable": Text(
        ja="登録名義人に、このアドレスの利用者と回線の提供者を照会する。" + _CUSTOMER.ja,
        en="Ask the registered holder who uses the address and who provides the line. " + _CUSTOMER.en,
    ),
}
