"""Posts as a table or as X URLs: the id dates a post to the millisecond, and a typed time that disagrees is said so."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from ipattr.errors import InputError
from ipattr.instants import Zone, parse_zone
from ipattr.readers import Options, read_posts
from ipattr.readers.posts import PostUrl, parse_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipattr.model import Reading
    from ipattr.registry import Registry

    Reader = Callable[..., Reading]

# (1790000000123456789 >> 22) + 1288834974657 ms after 1970 = 2024-05-13T12:43:51.278Z
POST_ID = "1790000000123456789"
URL = f"https://x.com/somebody/status/{POST_ID}"
DERIVED = "2024-05-13T12:43:51.278000+00:00"


@pytest.fixture
def reading(registry: Registry) -> Reader:
    """Return the function that reads a text of posts as standard input."""

    def of(text: str, *, platform: str = "", zone: str | None = None) -> Reading:
        declared = parse_zone(zone) if zone is not None else None
        assert declared is None or isinstance(declared, Zone)
        options = Options(columns=registry.columns, platform=platform, zone=declared)
        found = read_posts(["-"], specials=registry.specials, options=options, stdin=io.BytesIO(text.encode()))
        assert found.counts.conserved
        return found

    return of


@pytest.mark.parametrize(
    ("url", "parsed"),
    [
        (URL, PostUrl(POST_ID, "somebody")),
        (f"http://twitter.com/a_1/statuses/{POST_ID}/?s=20&t=x", PostUrl(POST_ID, "a_1")),
        (f"mobile.twitter.com/a/status/{POST_ID}#m", PostUrl(POST_ID, "a")),
        (f"https://www.x.com/a/status/{POST_ID}/photo/1", PostUrl(POST_ID, "a")),
        (f"https://x.com/i/web/status/{POST_ID}", PostUrl(POST_ID, None)),
        (f"https://twitter.com/i/status/{POST_ID}", PostUrl(POST_ID, None)),
        (f"https://x.com.example/a/status/{POST_ID}", None),
        (f"https://example.com/?https://x.com/a/status/{POST_ID}", None),
        ("https://x.com/a/status/12a", None),
        ("https://x.com/a", None),
        (f"https://x.com/a_name_of_16_ch/status/{POST_ID}", PostUrl(POST_ID, "a_name_of_16_ch")),
        (f"https://x.com/a_name_of_17_cha/status/{POST_ID}", None),
    ],
)
def test_parse_url_reads_posts_of_x_only(url: str, parsed: PostUrl | None) -> None:
    assert parse_url(url) == parsed


def test_a_list_of_urls_is_dated_by_the_ids(reading: Reader) -> None:
    found = reading(f"# posts\n\n{URL}\nhttps://twitter.com/i/web/status/{POST_ID}\nhttps://example.com/x\nnote\n")
    assert found.inputs[0].form == "posts-list"
    assert [post.instant.utc.isoformat() for post in found.posts] == [DERIVED, DERIVED]
    assert [post.instant.zone_source for post in found.posts] == ["derived", "derived"]
    assert [post.account.name for post in found.posts] == ["somebody", None]
    assert [post.provenance.locator for post in found.posts] == ["-:3", "-:4"]
    assert [(reject.row, reject.raw) for reject in found.rejects] == [(5, "https://example.com/x"), (6, "note")]
    assert reading(f"URL\n{URL}\n").counts.rows == 1


@pytest.mark.parametrize("typed", ["2024-05-13T12:43:51Z", "2024-05-13 21:43:51 JST", "2024-05-13 21:43 JST", ""])
def test_a_typed_time_that_agrees_within_its_precision_leaves_the_derived_instant(reading: Reader, typed: str) -> None:
    found = reading(f"url,投稿日時\n{URL},{typed}\n")
    assert found.posts[0].instant.utc.isoformat() == DERIVED
    assert "IPA191" not in {finding.code for finding in found.posts[0].findings}


def test_a_typed_time_that_disagrees_is_said_so_with_both(reading: Reader) -> None:
    post = reading(f"url,投稿日時(JST)\n{URL},2024-05-13 21:43:50\n").posts[0]
    assert (post.status, post.instant.utc.isoformat()) == ("review", DERIVED)
    finding = next(finding for finding in post.findings if finding.code == "IPA191")
    for text in (finding.message.ja, finding.message.en):
        assert "2024-05-13 21:43:50" in text
        assert "2024-05-13T12:43:51.278Z" in text


def test_a_typed_time_that_cannot_be_read_beside_an_id_is_said_so(reading: Reader) -> None:
    found = reading(f"url,投稿日時\n{URL},2024-05-13 21:43:51\n")
    assert [(post.status, post.findings[0].code) for post in found.posts] == [("review", "IPA190")]
    assert found.rejects == ()
    assert reading(f"url,投稿日時\n{URL},2024-05-13 21:43:51\n", zone="JST").posts[0].status == "ok"


def test_an_id_alone_is_dated_only_where_it_is_said_to_be_of_x(reading: Reader) -> None:
    text = f"post_id,account_id\n{POST_ID},12\n"
    assert reading(text, platform="x").posts[0].instant.utc.isoformat() == DERIVED
    assert "--platform x" in reading(text).rejects[0].reason.en
    other = reading(f"post_id,time\n{POST_ID},2024-05-01T00:00:00Z\n", platform="instagram").posts[0]
    assert (other.instant.zone_source, other.post_id, other.status) == ("written", POST_ID, "ok")


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (f"{URL},1790000000000000001,", "post_id", "IPA100"),
        ("https://example.com/1,,", "url", "IPA193"),
        (",1.79E+18,2024-05-01T00:00:00Z", "post_id", "IPA107"),
        ("https://x.com/a/status/20,,", "url", ""),
        ("https://example.com/1,,2024-05-01 00:00:00", "time", ""),
        ("https://example.com/1,", "", "IPA101"),
    ],
)
def test_what_cannot_be_dated_or_contradicts_itself_is_rejected(
    reading: Reader, row: str, *, column: str, code: str
) -> None:
    found = reading("url,post_id,time\n" + row + "\n")
    assert found.posts == ()
    assert found.rejects[0].column == column
    assert found.rejects[0].code.startswith(code)


def test_a_row_with_nothing_that_dates_it_is_rejected_not_blank(reading: Reader) -> None:
    found = reading("url,time,account_name\n,,somebody\n")
    assert [(reject.column, reject.code) for reject in found.rejects] == [("time", "IPA193")]


def test_an_id_from_before_snowflake_keeps_the_typed_time(reading: Reader) -> None:
    post = reading("url,time\nhttps://x.com/a/status/20,2006-03-21T20:50:14Z\n").posts[0]
    assert post.instant.utc.year == 2006
    assert [finding.code for finding in post.findings] == ["IPA189"]


def test_a_name_that_differs_from_the_url_is_said_so(reading: Reader) -> None:
    post = reading(f"url,account_name\n{URL},@other\n").posts[0]
    assert (post.account.name, post.status) == ("@other", "ok")
    assert [finding.code for finding in post.findings] == ["IPA192"]
    assert reading(f"url,account_name\n{URL},@Somebody\n").posts[0].findings == ()


def test_a_table_that_names_nothing_of_a_post_is_asked_about(reading: Reader) -> None:
    with pytest.raises(InputError, match="url=…"):
        reading("a,b\n1,2\n")
    with pytest.raises(InputError, match="No form fits"):
        reading("a post\nanother post\n")


def test_seconds_that_are_not_typed_are_in_the_id(reading: Reader) -> None:
    for typed in ("2024-05-13T12:43Z", "2024-05-13T12:43:51Z"):
        found = reading(f"url,time\n{URL},{typed}\n", platform="x")
        (post,) = found.posts
        assert (post.status, post.findings) == ("ok", ())
        assert post.instant.utc.isoformat() == DERIVED
    (post,) = reading(f"url,time\n{URL},2024-05-13T12:45Z\n", platform="x").posts
    assert [finding.code for finding in post.findings] == ["IPA191"]
    (post,) = reading("url,time\nhttps://example.com/1,2024-05-13T12:44Z\n", platform="x").posts
    assert (post.status, [finding.code for finding in post.findings]) == ("review", ["IPA016"])


@pytest.mark.parametrize("column", ["url", "post_id"])
def test_an_impossible_id_is_remarked_on_or_refused(reading: Reader, column: str) -> None:
    cell = "17900000001234567891234" if column == "post_id" else URL + "1234"
    (post,) = reading(f"{column},time\n{cell},2024-05-13T12:43:51Z\n", platform="x").posts
    assert (post.status, [finding.code for finding in post.findings]) == ("review", ["IPA182"])
    assert "exceeds 63 bits" in post.findings[0].message.en
    found = reading(f"{column},note\n{cell},n\n", platform="x")
    assert [(reject.column, reject.code) for reject in found.rejects] == [(column, "IPA182")]
    assert [cell.column for cell in found.rejects[0].record] == [column, "note"]
