"""The words of the exhibits, in both languages."""

from __future__ import annotations

from ipattr.model import Text

INDEX = Text(ja="目録", en="Index")
INDEX_TITLE = Text(ja="登録情報の照会結果 目録", en="Registry answers: index")
DOCUMENT = Text(ja="登録情報の照会結果(書証)", en="Registry answers (exhibits)")
NUMBER = Text(ja="号証", en="Exhibit")
WHAT = Text(ja="標目", en="What")
SERVER = Text(ja="照会先", en="Server")
OBTAINED = Text(ja="取得(日本時間)", en="Obtained (JST)")
PAGES = Text(ja="頁数", en="Pages")
ASKED = Text(ja="照会した事項", en="Asked")
SENT_WORDS = Text(ja="送信した文言", en="Sent, exactly")
OPERATOR = Text(ja="運営者(国)", en="Operator (country)")
ADDRESS = Text(ja="接続したアドレス", en="Address reached")
CERTIFICATE = Text(ja="TLS 証明書", en="TLS certificate")
HOP = Text(ja="転送", en="Hop")
SENT = Text(ja="送信日時", en="Sent")
RECEIVED = Text(ja="受信日時", en="Received")
HTTP = Text(ja="HTTP の状態", en="HTTP status")
HEADERS = Text(ja="HTTP ヘッダ", en="HTTP headers")
SIZE = Text(ja="大きさ", en="Size")
BODY_SHA = Text(ja="回答の SHA-256", en="Answer SHA-256")
HEADER_SHA = Text(ja="記録の SHA-256", en="Record SHA-256")
FILES = Text(ja="保存したファイル", en="Kept files")
DELIVERY = Text(ja="受信の結果", en="Delivery")
READING = Text(ja="読取りの結果", en="Reading")
ENCODING = Text(ja="文字コード", en="Encoding")
LINE_ENDS = Text(ja="行末", en="Line ends")
ROWS = Text(ja="本件の行", en="Rows of the case")
JOURNAL = Text(ja="記録の先端", en="Journal head")
VERSIONS = Text(ja="ソフトウェア", en="Software")
UNTIL_CLOSED = Text(ja="照会先が接続を閉じるまでを受信", en="received until the server closed the connection")
UNKNOWN = Text(ja="不明", en="unknown")
NONE = Text(ja="なし", en="none")
RAW = Text(ja="受信した原文", en="As received")
FORMATTED = Text(ja="整形表示(内容は同じ)", en="Formatted view, same content")
RAW_GOES_ON = Text(ja="受信した原文(続き)", en="As received (continued)")
FORMATTED_GOES_ON = Text(ja="整形表示(内容は同じ、続き)", en="Formatted view, same content (continued)")
NOTHING = Text(ja="受信したバイトはない。", en="No byte was received.")
EMPTY_LINES = Text(ja="回答は 0 行である。", en="The answer has no lines.")
HOW_TO_CHECK = Text(ja="確かめ方", en="How to check")
HOW_TO_READ = Text(
    ja="左の数字は行番号、「>」は前の行の続き(紙幅による折返し)である。どちらも本ソフトウェアが付けたもので、原文にはない。"
    "枠で囲んだ〈 〉は、そのままでは見えない文字又は文字に直せないバイトを、名前で示したものである。"
    "文字の順序は受信した順である。",
    en="The numbers on the left count lines, and > continues the line above (the paper is too narrow): both were added "
    "by this program. A framed 〈 〉 names a character that cannot be seen, or a byte that is no character. "
    "Characters stand in the order received.",
)
FORMATTED_MEANS = Text(
    ja="上の原文(JSON)に改行と字下げを加え、\\uXXXX と書かれた文字を文字に直して読みやすくしたものである。"
    "項目、値及びその順序は変えていない。証拠は原文である。",
    en="The text above (JSON) with line breaks and indentation added, and characters written \\uXXXX shown as "
    "themselves. No item, value or order is changed. The evidence is the text as received.",
)
INDEX_MEANS = Text(
    ja="各号証は、一つの照会に対する回答の原文と、その取得の記録である。頁は号証ごとに数える。",
    en="Each exhibit is the text of one answer as received, and the record of how it was obtained. "
    "Pages are counted per exhibit.",
)


def statement(*, tool: str, when: str, server: str, partial: bool, lang: str) -> str:
    """Return the sentence by which an exhibit says where its text comes from."""
    if lang == "ja":
        what = "受信した応答(全部ではない)" if partial else "受信した回答"
        return (
            f"この書面は、ipattr {tool} が{when}(日本時間)に {server} から{what}を、受信したバイト列のまま変更せずに"
            "保存し、その全文を印刷したものである。"
        )
    what = "what arrived of the answer" if partial else "the answer"
    return (
        f"This is {what} that ipattr {tool} received from {server} on {when} (JST), kept unchanged as the bytes "
        "received, and printed here in full."
    )


def nothing_came(*, tool: str, when: str, server: str, lang: str) -> str:
    """Return that sentence for an exchange that brought no byte."""
    if lang == "ja":
        return (
            f"この書面は、ipattr {tool} が {server} に照会し、"
            f"{when}(日本時間)までに何も受信しなかったことの記録である。"
        )
    return f"This is the record that ipattr {tool} asked {server} and had received nothing by {when} (JST)."


def operates(server: str, *, lang: str) -> str:
    """Say whose operator was named, where the answer came from another server (a redirect)."""
    if lang == "ja":
        return f"最初に照会した {server} のもの。転送先の運営者は記録にない。"
    return f"of {server}, asked first; the record does not say who operates the one redirected to"


def check(*, body: str, header: str, lang: str) -> str:
    """Say how the kept bytes are compared with the hashes printed."""
    if lang == "ja":
        return (
            f"事件フォルダーで `sha256sum {body} {header}` を実行すると、回答と記録の SHA-256 が得られる。"
            "上の値と一致すれば、保存したファイルはこの書面に印刷したものと同じである。"
            "`ipattr verify . --head` に上の記録の先端を渡すと、"
            "全部のファイルと、記録がその先端から続くことを照合する。"
        )
    return (
        f"In the case folder, `sha256sum {body} {header}` gives the SHA-256 of the answer and of its record. When "
        "they equal the values above, the kept files are those printed here. `ipattr verify . --head`, given the head "
        "above, "
        "compares every file and that the journal leads on from it."
    )


def summary(count: int, pages: int, *, lang: str) -> str:
    """Say how many exhibits and pages follow."""
    return f"全 {count:,} 通、{pages:,} 頁" if lang == "ja" else f"{count:,} exhibits, {pages:,} pages"
