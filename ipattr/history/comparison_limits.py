"""What the statements of a comparison do not show, and what each relation of ports means."""

from __future__ import annotations

from ipattr.model import Text

STATISTICS = Text(
    ja="二つのアカウントを誰がなぜ選んで比べたかも結果の重みに関わる。多くの組から似たものを選べば、"
    "偶然の一致が必ず見つかる。",
    en="How the two accounts came to be compared matters too: whoever picks a similar pair out of many will find chance"
    " agreement.",
)
SHARED = Text(
    ja="多数の契約者が同時に使うアドレスであり、弱い資料である。偶然の共通の程度は、この請求先の基準率(HIS074)による。"
    "回線の特定には時刻と送信元ポート等が要る。",
    en="Many subscribers use it at once: weak evidence; what chance alone may give stands in the base rate of this line"
    " (HIS074). To tell lines apart takes the time and the source port or the like.",
)
UNSETTLED = Text(
    ja="専有か共有かが定まらない。共有なら多数の契約者が同時に使う弱い資料であり、"
    "事業者に確かめるまでそのように扱う。VPN・プロキシ等の"
    "出口も多数が使う。偶然の共通の程度は、この請求先の基準率(HIS074)による。",
    en="Dedicated or shared is not settled. Shared, it is used by many subscribers at once and weak evidence, and"
    " is to be"
    " taken so until the provider says otherwise; the exit of a VPN or proxy serves many, too. What chance alone may"
    " give stands in the base rate of this line (HIS074).",
)
SPECIAL = Text(
    ja="プライベートアドレス等の特殊用途のアドレスは、どの網でも同じものが使われる。共通することは何も示さない。"
    "その外側のアドレスをサービス側に確かめる。",
    en="The same private or other special-purpose addresses are in use in every network: that they agree shows nothing."
    " Ask the service for the address outside.",
)
USE_LIMITS = {
    "dedicated": Text(
        ja="専有とされるアドレスも、時が離れれば別の契約者に渡っていることがある。同じ時なら同じ回線の可能性が高いが、"
        "家族・同僚・来客・無線LANの利用者を区別しない。専有であることは公開資料による。",
        en="A dedicated address, too, may have passed to another subscriber between the two times. At one time it"
        " points"
        " to one line, which does not tell apart family, colleagues, guests or users of a wireless LAN. That it is"
        " dedicated is taken from published material.",
    ),
    "shared": SHARED,
    "possibly-shared": UNSETTLED,
    "unknown": UNSETTLED,
    "ipv6": Text(
        ja="IPv6アドレスは通常は共有されないが、VPN・プロキシなら多数が使う。"
        "1回線に割り当てられる範囲は収録していないため、"
        "基準率は計算していない。端末・回線の利用者が一人とは限らない。",
        en="IPv6 addresses are not usually shared, but many people use one behind a VPN or proxy. How much of the"
        " block is"
        " one line's is not in the tables, so no base rate is given. Several people may use one device or line.",
    ),
}
RATE_LIMITS = Text(
    ja="前提: 両者ともこの事業者の無関係な契約者で、候補の全アドレスが等しい確率で、互いに独立に割り当てられる。"
    "実際には地域・設備ごとにごく一部のアドレスから割り当てられるので、大きな候補による計算は偶然の共通を少なく見積もる。"
    "何件が実際の候補かは事業者だけが知り、何分の1とするかは本ツールの選択である。"
    "一つの候補の数字だけを引くと誤る。尤度比は、件数だけを見て、「同じ回線」なら必ずこれだけ共通するとした上限であり、"
    "同じ人である確率でも、無関係である確率でもない。地域・勤務先・経路を同じくする2者は無関係でも多く共通する。"
    "広告アドレスの数は契約者に割り当てられる数ではない。",
    en="Assumed: both are unrelated subscribers of this provider, every address of the pool is equally likely and drawn"
    " independently. In fact regions and equipment hand out few of them, so that a large pool understates what chance"
    " gives; which they are only the provider knows, and the parts taken are this tool's own choice. The figure of one"
    " pool alone misleads. The ratio looks at the number in common only and is an upper bound, as if one line were"
    " certain to share so many; it is neither the probability of one person nor that of unrelated ones. Two accounts of"
    " one region, workplace or route share more without being related. Announced addresses are not addresses handed to"
    " subscribers.",
)
HOSTED = Text(
    ja="この区分はアクセスプロバイダでなく、VPN・プロキシ・クラウド等の設備である。出口の一つを同時に多数が使い、"
    "利用者は出口を選べるので、契約者への割当てを前提とする計算は当てはまらない。",
    en="This line is no access provider but a VPN, proxy, cloud or the like. Many use one exit at once, and users pick"
    " their exits: figures that assume addresses handed to subscribers do not hold for it.",
)
PORT_LIMITS = Text(
    ja="行の時刻は書かれた精度のもの（分までの行は分の始まりとして数えた）で、装置間の時計のずれは分からない。"
    "分の幅は本ツールの選択。",
    en="Times are as precise as written (a row written to the minute counts from its beginning), and clocks may differ."
    " The minutes are this tool's own choice.",
)
PORTS = (
    (
        "HIS076",
        ("not-compared",),
        (
            "専有とされるIPv4またはIPv6で、同じ回線・端末・VPN等の出口からの利用と矛盾しない。",
            "The addresses are IPv6 or said to be dedicated: it fits one line, device, or exit of a VPN.",
            USE_LIMITS["dedicated"],
        ),
    ),
    (
        "HIS077",
        ("same",),
        (
            "送信元ポートも同じ。",
            "The source ports are the same, too.",
            Text(
                ja="同じ接続・同じ装置の出口と整合するが、ポートは短時間で別の契約者に再び割り当てられることがあり、"
                "接続先が違えば同時に別の契約者が使うこともある。ウェブ側で固定値を記録している場合もある。",
                en="It fits one connection or device, but a port may pass to another subscriber within a short time,"
                " or serve another one towards another destination at the same time, and a service may log a constant.",
            ),
        ),
    ),
    (
        "HIS078",
        ("same-set", "other-set"),
        (
            "MAP-Eのポート群を計算した（同じ群か異なる群かは各組に示す）。",
            "The MAP-E port sets were worked out; each pair says whether they are the same.",
            Text(
                ja="ポートの割り方は公開の説明により、会社に確認していない。割り方が違えば群も違う。"
                "同じ時に異なる群なら、その前提では"
                "別の契約。同じ群なら同じ契約であり、同じ人とは限らない。",
                en="The division of ports rests on public descriptions, not confirmed by the company; under another"
                " one the"
                " sets differ. At one time, different sets mean different contracts under this assumption; the same set"
                " means one contract, not one person.",
            ),
        ),
    ),
    (
        "HIS079",
        ("different", "missing"),
        (
            "送信元ポートが異なるか記載がなく、共有アドレスの契約者を区別できない。",
            "The source ports differ or are missing, so that subscribers behind a shared address cannot be told apart.",
            PORT_LIMITS,
        ),
    ),
)
TOGETHER_LIMITS = Text(
    ja="人のログインは均等でなく、夜間や話題の時刻に集まるので、無関係な2者でも均等の場合より重なるのが通常である。"
    "近い時刻の行も、重ならないことも、同じ人か別人かを示さない。開示の範囲が違えば重なりも違う。分の幅は本ツールの選択。",
    en="Logins are not even: they gather in the evening and around events, so that unrelated accounts as a rule meet"
    " more often than stated. Neither meeting nor avoiding each other shows one person or two. With another scope of"
    " disclosure the figures differ; the minutes are this tool's own choice.",
)
HOUR_LIMITS = Text(
    ja="多くの人は夜に眠るので、無関係な2者でも均等の場合より重なるのが通常である。逆に、続けて起こるログインでは"
    "同じ人の二つの期間でも低くなる。重なりが大きくても同じ人、小さくても別人とはいえない"
    "（一人が用途や時間でアカウントを使い分けることもある）。一般の人の時間帯の分布は手元になく、尤度比は示さない。",
    en="Most people sleep at night, so that unrelated accounts as a rule overlap more than that; logins in runs lower"
    " the overlap even between two periods of one person. A large overlap does not show one person, nor a small one two"
    " (one person may keep accounts for different uses and hours). How people in general spread over the day is not"
    " known here; no likelihood ratio is given.",
)
