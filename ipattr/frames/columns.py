"""The columns of every frame: name, type, and what stands in it, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT, COUNT, FLAG, SECONDS = "string", "Int64", "boolean", "Float64"
UTC, JST, DAY = "datetime64[us, UTC]", "datetime64[us, Asia/Tokyo]", "datetime64[s]"


class Column(NamedTuple):
    """One column: its name, its pandas dtype as ``str(dtype)`` writes it, and what stands in it."""

    name: str
    dtype: str
    ja: str
    en: str


_ATTRIBUTION_KEY = Column("attribution_key", TEXT, "帰属判定の鍵", "key of the attribution")
_SEARCH_KEY = Column("search_key", TEXT, "検索キー判定の鍵", "key of the search-key verdict")
_DEADLINE_KEY = Column("deadline_key", TEXT, "期限判定の鍵", "key of the deadline")
_CANDIDATES_KEY = Column("candidates_key", TEXT, "接続先候補の組の鍵", "key of the candidate set")
_REGISTRATION_KEY = Column("registration_key", TEXT, "登録照会の鍵", "key of the registry answers")
_ROWS = Column("rows", COUNT, "この鍵を持つログインの数", "logins that have this key")
_ROW = Column("row", COUNT, "ログインの番号(Case内、1から)", "number of the login in the case, from 1")
_STATUS = Column("status", TEXT, "ok 正常、review 要確認", "ok, or review: a person must look at it first")
_FINDINGS = Column("findings", TEXT, "この行への指摘(符号と文)", "remarks on this row, code and sentence")
_EXPLANATION = Column("explanation", TEXT, "判定の説明", "why the verdict is what it is")

_PLACE = (
    Column("file", TEXT, "入力ファイル(アドレス引数なら arguments など)", "input file, or what stood in for one"),
    Column("source_row", COUNT, "入力ファイルの物理行", "physical row of the input file"),
    Column("sha256", TEXT, "入力ファイルのSHA-256", "SHA-256 of the input file"),
)
_TIME = (
    Column("utc", UTC, "日時(UTC)", "instant in UTC"),
    Column("jst", JST, "同じ日時(日本時間)", "the same instant in Japan time"),
    Column("time_raw", TEXT, "日時の原文", "the time as written"),
    Column("zone", TEXT, "時間帯(記載又は宣言)", "zone as written or declared"),
    Column("zone_source", TEXT, "時間帯の根拠", "where the zone comes from: written, declared, format, derived"),
    Column("precision", TEXT, "書かれた最小単位 ms cs s min day", "smallest unit written: ms cs s min day"),
)
_ACCOUNT = (
    Column("account_id", TEXT, "数字のアカウントID", "numeric account id"),
    Column("account_name", TEXT, "アカウント名(変わり得る)", "account name, which can change hands"),
)
_EVENT = (
    Column("ip", TEXT, "IPアドレス(正規形)", "address in canonical form"),
    Column("ip_raw", TEXT, "IPアドレスの原文", "address as written"),
    Column("ip_version", COUNT, "4又は6(書かれたアドレス)", "4 or 6, of the address as written"),
    Column("line", TEXT, "回線を調べるアドレス(埋込IPv4があればそれ)", "address whose line is sought"),
    Column("special", TEXT, "特殊用途のブロック", "special-purpose block the address lies in"),
    Column("port", COUNT, "接続元ポート", "source port"),
    Column("destination", TEXT, "記載された接続先", "destination as disclosed"),
    *_ACCOUNT,
    Column("kind", TEXT, "login creation logout deletion unknown", "login creation logout deletion unknown"),
    Column("client", TEXT, "端末・アプリの記載", "what the log says the login was made with"),
    Column("hostname", TEXT, "入力にある逆引き名", "PTR name that the input itself carries"),
    Column("repairs", TEXT, "採用した修復", "corrections the analyst accepted"),
)
_LOGIN = (_ROW, *_PLACE, _STATUS, *_TIME, *_EVENT)
_KEYS = (_ATTRIBUTION_KEY, _SEARCH_KEY, _DEADLINE_KEY, _CANDIDATES_KEY, _REGISTRATION_KEY)

ATTRIBUTION = (
    Column("attribution_status", TEXT, "帰属の判定", "verdict on who carried the address"),
    Column("prefix", TEXT, "広告されている最長の経路", "longest announced prefix"),
    Column("origin_as", TEXT, "起点AS(登録名義ではない)", "origin AS numbers; not the registered holder"),
    Column("as_registrant", TEXT, "AS番号の登録者", "registrants of those AS numbers"),
    Column("delegated", TEXT, "割り振り先 JP又はother", "delegation of the block, JP or other"),
    Column("holder_status", TEXT, "登録名義の判定", "whether the registered holder is known"),
    Column("holder", TEXT, "登録名義", "registered holder of the block"),
    Column("holder_ask", TEXT, "登録名義の照会先", "whom to ask for the holder"),
    Column("operator", TEXT, "網の運用者", "who runs the network"),
    Column("addressee", TEXT, "請求先(一つに定まるときのみ)", "the one party to address, only where there is one"),
    Column("alternatives", TEXT, "請求先となり得る者の全部", "all parties that come into question"),
    Column("chain", TEXT, "背後にあり得る者", "who may stand behind"),
    Column("sharing", TEXT, "アドレス共有の仕方", "how addresses may be shared"),
    Column("attribution_explanation", TEXT, "帰属の説明", "why the attribution is what it is"),
    Column("next_step", TEXT, "次にすること", "what a person should do next"),
)
SEARCH = (
    Column("search_key_status", TEXT, "検索キーの判定", "verdict on the search key"),
    Column("search_key_needed", TEXT, "必要な項目", "what the addressee needs"),
    Column("search_key_missing", TEXT, "不足する項目", "what is missing"),
)
DEADLINE = (
    Column("deadline_status", TEXT, "期限の判定", "verdict on the deadline"),
    Column("connected_on_jst", DAY, "接続日(日本時間)", "date of the connection in Japan"),
    Column("earliest_expiry", DAY, "消去予定日(最も早い)", "earliest expiry of the log"),
    Column("latest_expiry", DAY, "消去予定日(最も遅い)", "latest expiry; NA where open-ended or unknown"),
    Column("open_ended", FLAG, "「以上」とされ、最も遅い日がない", "published as at least: no latest day"),
    Column("retention", TEXT, "保存期間の根拠", "the published figures"),
    Column("act_by", DAY, "対応期限", "last working day on or before the earliest expiry"),
    Column("days_left", COUNT, "基準日から対応期限までの日数", "days from the as-of date to act_by"),
    Column(
        "days_to_expiry", COUNT, "基準日から消去予定日までの日数", "days from the as-of date to the earliest expiry"
    ),
    Column(
        "practice_earliest",
        DAY,
        "実務の範囲・早い(事業者の数字ではない)",
        "general practice, early: no figure of theirs",
    ),
    Column("practice_latest", DAY, "実務の範囲・遅い", "general practice, late: no figure of theirs"),
)

CANDIDATES = (
    Column("candidates_status", TEXT, "接続先候補の判定", "verdict on destination candidates"),
    Column("candidates", TEXT, "接続先候補(日付のある観測)", "destination candidates: dated observations"),
)
REGISTRATION = (
    Column("registry_status", TEXT, "登録照会の判定(照会したとき)", "verdict of the registries, where asked"),
    Column("registry_holder_ja", TEXT, "登録名義(日本語、照会したとき)", "registered holder (ja), where asked"),
    Column("registry_holder_en", TEXT, "登録名義(英語、照会したとき)", "registered holder (en), where asked"),
    Column("registry_agreement", TEXT, "判定との一致(照会したとき)", "agreement with the verdict, where asked"),
    Column("registry_at_login", TEXT, "ログイン時の状態(照会したとき)", "what holds at the login, where asked"),
)

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "logins": (*_LOGIN, *_KEYS, _FINDINGS),
    "attributions": (
        _ATTRIBUTION_KEY,
        Column("address", TEXT, "判定したアドレス", "address judged"),
        Column("hostname", TEXT, "判定に用いた逆引き名", "PTR name the verdict rests on"),
        _ROWS,
        *ATTRIBUTION,
        Column("category", TEXT, "アクセスプロバイダでない場合の種類", "kind of network that is no access provider"),
        Column("provider", TEXT, "請求先の収録ID(一つに定まるときのみ)", "listed id of the one addressee"),
        Column("providers", TEXT, "請求先となり得る者の収録ID", "listed ids of all alternatives"),
        Column("access", TEXT, "接続の種類(候補の全部)", "kinds of access, of all alternatives"),
        _FINDINGS,
    ),
    "search_keys": (
        _SEARCH_KEY,
        _ROWS,
        *SEARCH,
        Column("held", TEXT, "手元にある項目", "what is held"),
        _EXPLANATION,
    ),
    "deadlines": (
        _DEADLINE_KEY,
        _ROWS,
        *DEADLINE,
        Column("unknown_for", TEXT, "保存期間の分からない者", "parties without a figure"),
        _EXPLANATION,
        _FINDINGS,
    ),
    "candidates": (
        _CANDIDATES_KEY,
        _ROWS,
        Column("candidates_status", TEXT, "候補の判定", "verdict on the set"),
        Column("platform", TEXT, "サービス", "platform"),
        Column("number", COUNT, "組の中の順番(候補なしはNA)", "place in the set; NA where the set is empty"),
        Column("address", TEXT, "候補のアドレス(候補なしはNA)", "candidate address; NA where the set is empty"),
        Column("hosts", TEXT, "ホスト名", "hosts"),
        Column("relation", TEXT, "ログインとの前後", "how the sightings lie to the login"),
        Column("gap_days", COUNT, "最も近い観測までの日数", "days to the nearest sighting"),
        Column("gap_seconds", COUNT, "同じく秒数(分かるとき)", "the same in seconds, where known"),
        Column("longest_gap_seconds", COUNT, "前後の観測の間隔の最大(秒)", "longest gap between sightings, in seconds"),
        Column("period", TEXT, "current 同じ時期、other 別の時期", "current, or other: another era of the platform"),
        Column("first_seen", TEXT, "最初の観測(公表のまま)", "first sighting, as published"),
        Column("last_seen", TEXT, "最後の観測(公表のまま)", "last sighting, as published"),
        Column("count", COUNT, "観測の回数", "number of sightings"),
        Column("vantages", TEXT, "観測地点", "where it was seen from"),
        Column("confidence", TEXT, "確度", "confidence"),
        Column("cnames", TEXT, "CNAMEの連鎖", "CNAME chain"),
        Column("shared", TEXT, "共用のCDN", "network shared with other customers"),
        Column("observations", TEXT, "観測のID", "ids of the observations"),
        Column("sources", TEXT, "出典", "sources"),
        _EXPLANATION,
    ),
    "links": (
        Column("post", TEXT, "投稿のID(Case内)", "id of the post in the case"),
        Column("login", TEXT, "ログインのID(Case内)", "id of the login in the case"),
        _ROW,
        Column("gap_seconds", SECONDS, "ログイン−投稿(秒、負は投稿の前)", "login minus post in seconds"),
        Column("position", TEXT, "before after same", "before after same"),
        Column("rank", COUNT, "近さの順位(1が最も近い)", "rank by distance, 1 is the nearest"),
        Column("nearest", FLAG, "最も近い", "nearest"),
        Column("nearest_before", FLAG, "直前", "last before the post"),
        Column("nearest_after", FLAG, "直後", "first after the post"),
        Column("tie", FLAG, "同順位がある", "shares its rank"),
        Column("uncertain", FLAG, "精度のため前後が定まらない", "precision does not settle the order"),
        Column("account_not_compared", FLAG, "アカウント未照合", "accounts could not be compared"),
    ),
    "networks": (
        Column("prefix", TEXT, "広告されている経路", "announced prefix"),
        Column("version", COUNT, "4又は6", "4 or 6"),
        Column("first", TEXT, "最初のアドレス", "first address"),
        Column("last", TEXT, "最後のアドレス", "last address"),
        Column("asn", COUNT, "起点AS番号", "origin AS number"),
        Column("delegated", TEXT, "割り振り先 JP又はother", "delegation, JP or other"),
        Column("registrant_handle", TEXT, "AS番号の登録者の符号", "handle of the registrant of the AS number"),
        Column("registrant", TEXT, "AS番号の登録者", "registrant of the AS number"),
        Column("registrant_country", TEXT, "登録者の国", "country of the registrant"),
        Column("source", TEXT, "経路表の出典", "source of the table"),
        Column("as_of", TEXT, "経路表の日付", "date of the table"),
        Column("rows", COUNT, "この経路に入るログインの数", "logins within this prefix"),
    ),
    "registrations": (
        _REGISTRATION_KEY,
        _ROWS,
        Column("address", TEXT, "照会したアドレス", "address asked about"),
        Column("registry_status", TEXT, "照会の判定", "verdict on the answers"),
        Column("registry_mode", TEXT, "照会の仕方", "how it was asked"),
        Column("number", COUNT, "応答の順番(1が最も確か)", "place of the answer, the most authoritative first"),
        Column("registry_basis", TEXT, "応答の根拠", "what was asked directly or inferred"),
        Column("registry_source", TEXT, "照会の方法", "source"),
        Column("registry_server", TEXT, "サーバー", "server"),
        Column("registry_asked", TEXT, "照会した内容", "what was asked"),
        Column("registry_first", TEXT, "ブロックの最初", "first address of the block"),
        Column("registry_last", TEXT, "ブロックの最後", "last address of the block"),
        Column("registry_cidrs", TEXT, "ブロック(CIDR)", "block as prefixes"),
        Column("registry_handle", TEXT, "登録の符号", "handle"),
        Column("registry_network_name", TEXT, "ネットワーク名", "network name"),
        Column("registry_country", TEXT, "国", "country"),
        Column("registry_holder_ja", TEXT, "名義(日本語)", "holder in Japanese"),
        Column("registry_holder_en", TEXT, "名義(英語)", "holder in English"),
        Column("registry_administered_by", TEXT, "管理する登録機関", "registry referred to"),
        Column("registry_registered", TEXT, "登録日", "registered"),
        Column("registry_changed", TEXT, "更新日", "changed"),
        Column("registry_matches", TEXT, "収録名称との照合", "match with listed names"),
        Column("registry_agreement", TEXT, "判定との一致", "agreement with the offline verdict"),
        Column("registry_at_login", TEXT, "ログイン時の状態", "what holds at the login"),
        Column("registry_history", TEXT, "履歴の期間", "period of the history record"),
        Column("registry_received_utc", UTC, "受信日時(UTC)", "received, in UTC"),
        Column("registry_received_jst", JST, "受信日時(日本時間)", "received, in Japan time"),
        Column("registry_evidence", TEXT, "証拠の名", "name of the evidence"),
        Column("registry_sha256", TEXT, "応答のSHA-256", "SHA-256 of the answer"),
    ),
    "posts": (
        Column("post", TEXT, "投稿のID(Case内)", "id of the post in the case"),
        *_PLACE,
        _STATUS,
        *_TIME,
        Column("post_id", TEXT, "投稿ID", "post id"),
        Column("url", TEXT, "URL", "URL"),
        *_ACCOUNT,
        _FINDINGS,
    ),
    "rejects": (
        Column("of", TEXT, "login ログ、post 投稿", "login or post: what was being read"),
        Column("status", TEXT, "rejected 不採用、pending 修復の採否待ち", "rejected, or pending a repair"),
        Column("file", TEXT, "入力ファイル", "input file"),
        Column("source_row", COUNT, "入力ファイルの物理行", "physical row of the input file"),
        Column("column", TEXT, "読めなかった列(行全体なら欠損)", "refused column; NA when the whole row is"),
        Column("raw", TEXT, "その原文", "what stood there"),
        Column("code", TEXT, "理由の符号(採否待ちは修復の規則)", "code of the reason; if pending, the repair rules"),
        Column("reason", TEXT, "理由", "reason"),
        Column("proposed_time", TEXT, "提案された日時(未採用)", "proposed time, not accepted"),
        Column("proposed_ip", TEXT, "提案されたアドレス(未採用)", "proposed address, not accepted"),
        Column("proposed_port", TEXT, "提案されたポート(未採用)", "proposed port, not accepted"),
        Column("record", TEXT, "その行の全セル(JSON)", "every cell of the row, as JSON"),
    ),
    "verdicts": (
        *_LOGIN,
        *ATTRIBUTION,
        *SEARCH,
        *CANDIDATES,
        *DEADLINE,
        Column("nearest_to", TEXT, "このログインが最も近い投稿のID(Case内)", "posts this login is the nearest to"),
        *REGISTRATION,
        _FINDINGS,
    ),
}

_REASON = Column("reason", TEXT, "要確認又は不採用の理由", "why the row is in review or was rejected")
_NOT_ASKED = frozenset({"row", "file", "source_row", "sha256", "nearest_to", *(c.name for c in REGISTRATION)})
_ADDED = tuple(column for column in COLUMNS["verdicts"] if column.name not in _NOT_ASKED)

LOOKUP: tuple[Column, ...] = (
    Column("status", TEXT, "ok 正常、review 要確認、rejected 不採用", "ok, review or rejected"),
    _REASON,
    *(column for column in _ADDED if column.name != "status"),
)
"""The columns that ``df.ipattr.lookup`` can add, before the prefix."""

LOOKUP_DEFAULT = (
    "status",
    "reason",
    "utc",
    "jst",
    "ip",
    "attribution_status",
    "prefix",
    "origin_as",
    "operator",
    "addressee",
    "alternatives",
    "search_key_status",
    "search_key_missing",
    "deadline_status",
    "connected_on_jst",
    "earliest_expiry",
    "latest_expiry",
    "open_ended",
    "act_by",
    "days_left",
)
"""Those it adds when none are named."""
