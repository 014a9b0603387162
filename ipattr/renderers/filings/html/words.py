"""The words of the page, in both languages."""

from __future__ import annotations

from ipattr.model import Text

TITLE = Text(ja="ログイン判定表", en="Login verdicts")
JA = "日本語"
EN = "English"
LANGUAGE = Text(ja="表示の言語", en="Language")
CONTENTS = Text(ja="目次", en="Contents")
STAMP = Text(ja="作成の前提", en="What this was made from")
INPUTS = Text(ja="入力ファイル", en="Input files")
FILE = Text(ja="ファイル", en="File")
READ_AS = Text(ja="形式・文字コード", en="Form, encoding")
COUNTS = Text(ja="行の内訳", en="Rows")
SHA = Text(ja="SHA-256", en="SHA-256")
SUMMARY = Text(ja="請求先別のまとめ", en="Summary by addressee")
SUMMARY_MEANS = Text(
    ja="対応期限の早い順（経過済みは後）。対応期限は、最短の消去予定日以前の最後の執務日である。",
    en="Earliest act-by first, passed ones last. Act-by is the last working day on or before the earliest expiry.",
)
ADDRESSEE = Text(ja="請求先", en="Addressee")
VERDICT = Text(ja="判定", en="Verdict")
LOGINS_COUNT = Text(ja="件数", en="Logins")
FIRST_LAST = Text(ja="最初・最後の接続日（日本時間）", en="First, last day (JST)")
ACT_BY = Text(ja="対応期限", en="Act by")
EARLIEST = Text(ja="最短の消去予定", en="Earliest expiry")
STATUS = Text(ja="状態", en="Status")
KEY = Text(ja="検索キー", en="Search key")
ROWS = Text(ja="行", en="Rows")
TIMELINE = Text(ja="ログインの時系列", en="Timeline of logins")
LOGINS = Text(ja="ログインの一覧", en="Logins")
JST = Text(ja="日本時間", en="JST")
UTC = Text(ja="協定世界時", en="UTC")
IP = Text(ja="IPアドレス", en="IP address")
PORT = Text(ja="ポート", en="Port")
CANDIDATES = Text(ja="接続先候補", en="Destinations")
EXPIRY = Text(ja="消去予定", en="Expiry")
DAYS_LEFT = Text(ja="残日数・状態", en="Days left, status")
NEAREST = Text(ja="投稿との近さ", en="To the posts")
PLACE = Text(ja="着手順", en="Place")
NUMBER = Text(ja="No.", en="No.")
NO_TIME = Text(ja="時刻なし", en="no time")
EVIDENCE_HOW = Text(
    ja="下線のある値は、その根拠へのリンクである。",
    en="Every underlined value leads to its evidence.",
)
POSTS = Text(ja="投稿と最も近いログイン", en="Posts and their nearest logins")
POST = Text(ja="投稿", en="Post")
POSTED = Text(ja="投稿日時", en="Posted")
POST_ID = Text(ja="投稿ID・URL", en="Id, URL")
NEAR = Text(ja="近いログイン", en="Nearest logins")
NONE = Text(ja="なし", en="none")
RANKING = Text(ja="着手順とその要素", en="Order of pursuit, with its factors")
RANKING_MEANS = Text(
    ja="投稿との近さ・検索可能性・残日数の積の大きい順に、全行を並べる。同じ積は同じ順位とする。"
    "各要素の数値はこのツールの重み付けであり、法令や裁判例によるものではない。助言ではない。",
    en="Every row, by the product of nearness to the post, searchability and days left; equal products share a place. "
    "The values are this tool's own weighting, not a rule of law, and no advice.",
)
PRODUCT = Text(ja="積", en="Product")
FACTOR = {
    "nearness": Text(ja="投稿との近さ", en="Nearness"),
    "searchability": Text(ja="検索可能性", en="Searchability"),
    "days-left": Text(ja="残日数", en="Days left"),
}
WHY = Text(ja="理由", en="Why")
REJECTS = Text(ja="不採用の行", en="Rejected rows")
REJECTS_MEANS = Text(
    ja="数えたが読み取れず、判定していない行である。原文のまま載せる。",
    en="Rows that were counted but could not be read; they have no verdict. Shown as they stood.",
)
WHERE = Text(ja="所在", en="Place")
RAW = Text(ja="原文", en="As it stood")
REASON = Text(ja="理由", en="Reason")
PENDING = Text(ja="修復の採否を待つ行", en="Rows that wait for a decision on repairs")
PENDING_MEANS = Text(
    ja="要確認に数え、判定していない。修復案は用いていない。",
    en="Counted as review, without a verdict; the proposals are not used.",
)
PROPOSED = Text(ja="修復案", en="Proposed")
FINDINGS = Text(ja="備考", en="Remarks")
FINDINGS_MEANS = Text(
    ja="全体についての備考と、要確認の行についての備考である。", en="On the case, and on rows in review."
)
CODE = Text(ja="符号", en="Code")
LEVEL = Text(ja="程度", en="Level")
WHAT = Text(ja="内容", en="What")
UNKNOWN = Text(ja="分かっていないこと", en="What is not known")
UNKNOWN_MEANS = Text(
    ja="何が分からず、何があれば決まるかを、行の番号とともに挙げる。",
    en="What is not known and what would settle it, with the rows.",
)
SETTLES = Text(ja="何があれば決まるか", en="What would settle it")
EXHIBITS = Text(ja="保存された照会の回答", en="Kept registry answers")
SERVER = Text(ja="照会先", en="Server")
RECEIVED = Text(ja="受信（日本時間）", en="Received (JST)")
EVIDENCE = Text(ja="根拠", en="Evidence")
CARDS: dict[str, Text] = {
    "a": Text(ja="経路・請求先の根拠", en="Route and addressee"),
    "g": Text(ja="レジストリの回答", en="What the registries say"),
    "k": Text(ja="検索キーの根拠", en="Search keys"),
    "d": Text(ja="保存期間・対応期限の根拠", en="Retention and act-by"),
    "c": Text(ja="接続先候補の組", en="Sets of destination candidates"),
}
OBSERVATIONS = Text(ja="接続先候補の観測", en="Observations behind the candidates")
OBSERVATIONS_MEANS = Text(
    ja="候補は日付のある観測であり、接続先そのものではない。",
    en="A candidate is a dated observation, never the destination itself.",
)
ADDRESS = Text(ja="アドレス", en="Address")
HOSTS = Text(ja="ホスト", en="Hosts")
FIRST = Text(ja="最初の観測", en="First seen")
LAST = Text(ja="最後の観測", en="Last seen")
TIMES = Text(ja="回数", en="Times")
VANTAGE = Text(ja="観測地点", en="Vantage")
CONFIDENCE = Text(ja="確度", en="Confidence")
CNAME = Text(ja="CNAME・共用", en="CNAME, shared with")
SOURCE = Text(ja="出典", en="Source")
SOURCES = Text(ja="出典", en="Sources")
TITLE_OF = Text(ja="標題", en="Title")
DATED = Text(ja="日付", en="Dated")
LOCATOR = Text(ja="所在", en="Where")
NO_TITLE = Text(ja="標題の記録なし", en="no title on record")
NOTES = Text(ja="注", en="Notes")
NOTES_MEANS = Text(
    ja="多くの根拠に共通する文を、ここに一度だけ載せる。", en="Sentences that many pieces of evidence share, once each."
)
RAW_ROWS = Text(ja="入力の各行の原文", en="Rows of the input as they stood")
ROW_OF_FILE = Text(ja="行・段落", en="Row")
READING = Text(ja="読取り", en="Read as")
EMPTY = Text(ja="（空）", en="(empty)")
NO_HASH = Text(ja="ハッシュなし", en="no hash")
BACK = Text(ja="一覧へ戻る", en="back to the table")
FILTER = Text(ja="絞り込み", en="Filter")
FIND = Text(ja="文字で絞る", en="Text")
ALL = Text(ja="すべて", en="all")
DEADLINE = Text(ja="期限", en="Deadline")
CLEAR = Text(ja="解除", en="Clear")
SHOWN = Text(ja="表示", en="shown")
PRINTS_ALL = Text(ja="印刷では常に全行を出す。", en="In print all rows appear.")
PRINT_EVIDENCE = Text(ja="根拠も印刷する", en="Print the evidence, too")
CLOSE = Text(ja="閉じる", en="Close")
GO = Text(ja="頁内のこの根拠へ", en="Go to this place in the page")
SORT = Text(ja="並べ替え", en="Sort")
DISCLAIMER = Text(
    ja="公表された事実にもとづく計算であり、法的助言ではない。接続先候補は日付のある観測であり、接続先そのものではない。",
    en="Arithmetic over published facts, not legal advice. A destination candidate is a dated observation, never the "
    "destination itself.",
)
HOLDER = Text(ja="登録名義は未照会である。", en="The registered holder has not been looked up.")
ASK_RETENTION = Text(ja="当該事業者に保存期間を照会する。", en="Ask them how long they keep the log.")
NO_FIGURE = Text(ja="保存期間の数値がない者: ", en="No retention figure for: ")
KEY_UNKNOWN = Text(ja="何を示せば検索できるかが不明である。", en="What they need for a search is unknown.")
KEY_LACKS = Text(ja="検索キーが足りない。", en="The search key is incomplete.")
OBTAIN = Text(ja="次を入手する: ", en="Obtain: ")


def accounted(listed: int, pending: int, rejected: int) -> Text:
    """Say where every row of the logs stands in the page."""
    rows = listed + pending + rejected
    return Text(
        ja=f"入力 {rows:,}行 = 一覧 {listed:,} + 修復の採否待ち {pending:,} + 不採用 {rejected:,}",
        en=f"{rows:,} rows read = {listed:,} listed + {pending:,} waiting for repairs + {rejected:,} rejected",
    )


def marks(days: int, most: int) -> Text:
    """Say what one bar of the timeline stands for."""
    return Text(
        ja=f"棒1本は{days}日間（日本時間）のログイン、高さは件数（最も高い棒は{most:,}件）。",
        en=f"One bar stands for the logins of {days} day{'s' * (days != 1)} (JST), its height for their number "
        f"(the tallest: {most:,}).",
    )


def rest(others: int, logins: int, most: int) -> Text:
    """Name the lane of those who have none of their own, and the scale that it alone has."""
    return Text(
        ja=f"ほか{others:,}者 {logins:,}件（この段だけ、最も高い棒は{most:,}件）",
        en=f"{others:,} more, {logins:,} (in this lane alone, the tallest bar is {most:,})",
    )


def untimed(count: int) -> Text:
    """Say how many logins the timeline cannot show."""
    return Text(
        ja=f"時刻のないログイン{count:,}件は図にない。",
        en=f"{count:,} login{'s' * (count != 1)} without a time: not drawn.",
    )
