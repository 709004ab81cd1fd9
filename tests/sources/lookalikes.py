"""Files that look like well-known exports, with invented reviews, and what each review is.

A review of number `n` is told by `said(n)` in a manner of its own in each export; `Told` is what must come out.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

REVIEWS = 104
WORDS = (
    "Quiet harbour view.",
    "It stopped twice; we waited, and waited.",
    'They said "soon".\nNobody came.',
    "Schöner Ort 🌊",
)
START = datetime(2026, 3, 1, 9, 30, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """`id` None: it is derived. `names`: of the author, name and id."""

    id: str | None
    content: str
    rating: float | None
    at: datetime
    title: str | None = None
    names: tuple[str | None, str | None] = (None, None)
    language: str | None = None
    url: str | None = None


Made = tuple[dict[str, object], Told]
Export = tuple[str, Callable[[], bytes], Callable[[], list[Told]]]


def moment(n: int) -> datetime:
    """Each review has a day and time of its own."""
    return START + timedelta(hours=7 * n, seconds=n)


def iso(n: int) -> str:
    """As most write it, in UTC."""
    return moment(n).strftime("%Y-%m-%dT%H:%M:%SZ")


def stars(n: int) -> int:
    """All of one to five."""
    return n % 5 + 1


def words(n: int) -> str:
    """No two reviews say the same."""
    return f"{WORDS[n % 4]} No. {n}"


def is_bare(n: int) -> bool:
    """Every seventh has stars alone."""
    return n % 7 == 3


def text(n: int) -> str:
    """Empty where there are stars alone."""
    return "" if is_bare(n) else words(n)


def table(rows: Iterable[Mapping[str, object]], *, end: str = "\n") -> str:
    """As CSV with the columns of the first row; what has either sign of a newline is quoted, as databases do."""
    rows = list(rows)
    written = []
    for cells in (list(rows[0]), *(row.values() for row in rows)):
        into = io.StringIO()
        csv.writer(into, lineterminator="\r\n").writerow(cells)
        written.append(into.getvalue().removesuffix("\r\n") + end)
    return "".join(written)


def lines(rows: Iterable[Mapping[str, object]]) -> bytes:
    """As JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def document(value: object) -> bytes:
    """As JSON that somebody can read."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


def play_console(n: int) -> Made:
    """Stars alone have no link; the old console put the id behind a #."""
    link = f"https://play.google.com/console/developers/1/app/2/user-feedback/review-details?reviewId=gp%3AAb{n}-_x&corpus=PUBLIC_REVIEWS"
    if n % 3 == 0:
        link = f"https://play.google.com/apps/publish?account=1#ReviewDetailsPlace:p=org.example.tides&reviewid=gp:Ab{n}-_x"
    bare, replied = is_bare(n), n % 5 == 0
    row = {
        "Package Name": "org.example.tides",
        "App Version Code": "77" if n % 2 else "",
        "App Version Name": "1.0.6" if n % 2 else "",
        "Reviewer Language": ("en", "de", "pt", "zh")[n % 4],
        "Device": "seastar",
        "Review Submit Date and Time": iso(n),
        "Review Submit Millis Since Epoch": int(moment(n).timestamp() * 1000),
        "Review Last Update Date and Time": iso(n + 50),
        "Review Last Update Millis Since Epoch": int(moment(n + 50).timestamp() * 1000),
        "Star Rating": stars(n),
        "Review Title": "Tides" if n % 4 == 1 and not bare else "",
        "Review Text": text(n),
        "Developer Reply Date and Time": iso(n + 60) if replied else "",
        "Developer Reply Millis Since Epoch": int(moment(n + 60).timestamp() * 1000) if replied else "",
        "Developer Reply Text": "Thank you, we mend it." if replied else "",
        "Review Link": "" if bare else link,
    }
    title = str(row["Review Title"]) or None
    told = Told(
        None if bare else f"gp:Ab{n}-_x",
        text(n),
        stars(n),
        moment(n),
        title,
        language=str(row["Reviewer Language"]),
        url=None if bare else link,
    )
    return row, told


def app_store(n: int) -> Made:
    """App Store Connect: JSON:API, and the times of Cupertino."""
    attributes = {
        "rating": stars(n),
        "title": f"Title {n}",
        "body": words(n),
        "reviewerNickname": f"sailor{n}",
        "createdDate": (moment(n) - timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M:%S-07:00"),
        "territory": "USA",
    }
    links = {"self": f"https://api.example/v1/customerReviews/{n}/response"}
    row = {
        "type": "customerReviews",
        "id": f"00000{n}-a",
        "attributes": attributes,
        "relationships": {"response": {"data": {"type": "customerReviewResponses", "id": "r"}, "links": links}},
        "links": links,
    }
    return row, Told(f"00000{n}-a", words(n), stars(n), moment(n), f"Title {n}", (f"sailor{n}", None))


def app_store_rss(n: int) -> Made:
    """The public feed: everything in a label."""
    who = f"https://itunes.apple.com/us/reviews/id{n}"
    link = "https://itunes.apple.com/us/review?id=382&type=Purple%20Software"
    row = {
        "author": {"uri": {"label": who}, "name": {"label": f"sailor{n}"}, "label": ""},
        "updated": {"label": (moment(n) - timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M:%S-07:00")},
        "im:rating": {"label": str(stars(n))},
        "im:version": {"label": "8.2.1"},
        "id": {"label": str(9_000_000 + n)},
        "title": {"label": f"Title {n}"},
        "content": {"label": words(n), "attributes": {"type": "text"}},
        "link": {"attributes": {"rel": "related", "href": link}},
        "im:voteSum": {"label": "0"},
        "im:contentType": {"attributes": {"term": "Application", "label": "Application"}},
        "im:voteCount": {"label": "0"},
    }
    return row, Told(str(9_000_000 + n), words(n), stars(n), moment(n), f"Title {n}", (f"sailor{n}", who), url=link)


def google_takeout(n: int) -> Made:
    """One's own reviews as GeoJSON; not every review has both stars and words, and some have questions."""
    url = f"http://maps.google.com/?cid={2_000_000 + n}"
    rated = n % 11 != 5 or is_bare(n)
    location = {"name": f"Quay {n}", "address": f"{n} Quay Street", "country_code": "PT"}
    properties: dict[str, object] = {"date": iso(n), "google_maps_url": url, "location": location}
    if rated:
        properties["five_star_rating_published"] = stars(n)
    if not is_bare(n):
        properties["review_text_published"] = words(n)
    if n % 6 == 0:
        properties["questions"] = [{"question": "Service", "rating": 5}]
    row = {"geometry": {"coordinates": [-9.1, 38.7], "type": "Point"}, "properties": properties, "type": "Feature"}
    return row, Told(None, text(n), stars(n) if rated else None, moment(n), url=url)


def google_business_profile(n: int) -> Made:
    """Words for stars, no comment or a null one, anonymous authors, translations, replies, nine digits of a second."""
    comment = f"(Translated by Google) Quiet. {n}\n\n(Original)\nTranquilo. {n}" if n % 9 == 0 else words(n)
    row: dict[str, object] = {
        "name": f"accounts/{10**20 + n % 2}/locations/2001/reviews/AbFvOq{n}Tk",
        "reviewer": {"displayName": "A Google user", "isAnonymous": True}
        if n % 8 == 0
        else {"displayName": f"Guest {n}"},
        "starRating": ("ONE", "TWO", "THREE", "FOUR", "FIVE")[n % 5],
        "createTime": iso(n).replace("Z", ".045123456Z"),
        "updateTime": iso(n + 3),
    }
    if not is_bare(n):
        row["comment"] = comment
    elif n % 2:
        row["comment"] = None
    if n % 4 == 0:
        row["reviewReply"] = {"comment": "Thank you.", "updateTime": iso(n + 4)}
    if n % 13 == 0 and not is_bare(n):
        row["starRating"] = "STAR_RATING_UNSPECIFIED"
    rated = row["starRating"] != "STAR_RATING_UNSPECIFIED"
    who = "A Google user" if n % 8 == 0 else f"Guest {n}"
    at = moment(n).replace(microsecond=45123)
    content = "" if is_bare(n) else comment
    return row, Told(f"AbFvOq{n}Tk", content, stars(n) if rated else None, at, names=(who, None))


def trustpilot(n: int) -> Made:
    """The business export."""
    row = {
        "Domain Url": "shop.example",
        "Webshop Name": "The Shop",
        "Business Unit Id": "46d6a890",
        "Review Id": f"5e3d{n:06}",
        "Review Created (UTC)": moment(n).strftime("%Y-%m-%d %H:%M:%S"),
        "Review Consumer User Id": f"60{n:06}",
        "Review Username": f"Buyer {n}",
        "Review Title": f"Title {n}",
        "Review Content": text(n),
        "Review Stars": stars(n),
        "Source Of Review": "InvitationLinkApi" if n % 2 else "Organic",
        "Reference Id": f"order-{n}" if n % 2 else "",
        "Company Response": "Thank you." if n % 3 == 0 else "",
        "Company Reply Date (UTC)": "2026-11-01 10:00:00" if n % 3 == 0 else "",
        "Review Language": "en",
    }
    who = (f"Buyer {n}", f"60{n:06}")
    return row, Told(f"5e3d{n:06}", text(n), stars(n), moment(n), f"Title {n}", who, language="en")


def trustpilot_api(n: int) -> Made:
    """Its API: links, and a reply or null."""
    who = {"displayName": f"Buyer {n}", "id": f"60{n:06}", "links": [], "displayLocation": "Porto, PT"}
    row = {
        "id": f"5e3d{n:06}",
        "status": "active",
        "language": "da",
        "links": [{"href": "https://api.example/v1/reviews", "method": "GET", "rel": "self"}],
        "title": f"Title {n}",
        "text": words(n),
        "stars": stars(n),
        "createdAt": iso(n),
        "consumer": who,
        "businessUnit": {"id": "46d6a890", "displayName": "The Shop"},
        "companyReply": {"text": "Thank you.", "createdAt": iso(n + 1)} if n % 2 else None,
    }
    told = Told(f"5e3d{n:06}", words(n), stars(n), moment(n), f"Title {n}", (f"Buyer {n}", f"60{n:06}"), language="da")
    return row, told


def amazon_2023(n: int) -> Made:
    """No ids, milliseconds, marks of HTML; two products have the same words by one person at one time."""
    same = n % 2 == 1
    first = n - same
    at = moment(first).replace(microsecond=923_000)
    content = f"Holds well.<br /><br />{words(first)}"
    row = {
        "rating": float(stars(first)),
        "title": f"Title {first}",
        "text": content,
        "images": [{"small_image_url": "https://m.example/1.jpg"}] if same else [],
        "asin": f"B0{n:08}",
        "parent_asin": f"B0{n:08}",
        "user_id": f"AGKHLEW{first}",
        "timestamp": int(at.timestamp() * 1000),
        "helpful_vote": n,
        "verified_purchase": same,
    }
    return row, Told(None, content, stars(first), at, f"Title {first}", (None, f"AGKHLEW{first}"))


def yelp(n: int) -> Made:
    """The open data set."""
    row = {
        "review_id": f"KU_O5udG6zpxOg-V{n:06}",
        "user_id": f"mh_-eMZ6K5RL{n:06}",
        "business_id": "XQfwVwDr-v0ZS3",
        "stars": float(stars(n)),
        "useful": n,
        "funny": 0,
        "cool": 0,
        "text": words(n),
        "date": moment(n).strftime("%Y-%m-%d %H:%M:%S"),
    }
    return row, Told(str(row["review_id"]), words(n), stars(n), moment(n), names=(None, str(row["user_id"])))


def steam(n: int) -> Made:
    """Thumbs; some without words, some with the name of the author, a score as text or number."""
    author: dict[str, object] = {"steamid": str(76561197960000000 + n), "num_games_owned": 9, "playtime_forever": n}
    named = f"gull{n}" if n % 2 else None
    if named:
        author["personaname"] = named
    row: dict[str, object] = {
        "recommendationid": str(190_000_000 + n),
        "author": author,
        "language": ("english", "schinese", "brazilian", "klingon")[n % 4],
        "review": text(n),
        "timestamp_created": int(moment(n).timestamp()),
        "timestamp_updated": int(moment(n + 9).timestamp()),
        "voted_up": n % 3 > 0,
        "votes_up": n,
        "weighted_vote_score": "0.523" if n % 2 else 0,
        "steam_purchase": True,
        "written_during_early_access": False,
    }
    if n % 10 == 0:
        row |= {"developer_response": "Thank you.", "timestamp_dev_responded": int(moment(n + 20).timestamp())}
    told = Told(
        str(row["recommendationid"]),
        text(n),
        5 if n % 3 else 1,
        moment(n),
        names=(named, str(author["steamid"])),
        language=("en", "zh-CN", "pt-BR", "klingon")[n % 4],
    )
    return row, told


def airbnb(n: int) -> Made:
    """Inside Airbnb: marks of HTML, a day without a time, no ratings."""
    comment = f"{WORDS[n % 4]}<br/>We would come again. {n}\r<br/>"
    row = {
        "listing_id": 38_585 + n % 5,
        "id": 1_142_000_000_000_000_000 + n,
        "date": moment(n).strftime("%Y-%m-%d"),
        "reviewer_id": 13_886_000 + n,
        "reviewer_name": f"Guest {n}",
        "comments": comment,
    }
    day = moment(n).replace(hour=0, minute=0, second=0)
    return row, Told(str(row["id"]), comment.strip(), None, day, names=(f"Guest {n}", str(row["reviewer_id"])))


def apify_google_maps(n: int) -> Made:
    """A place in every row, whose title is none of the review's; the scraper's language beside the review's."""
    url = f"https://www.google.com/maps/reviews/data=!4m8!14m7!1s{n}!2m1!1s0x0:0x6c?hl=en-US"
    row: dict[str, object] = {
        "title": "Harbour Hotel",
        "url": "https://www.google.com/maps/place/?q=place_id:ChIJ1",
        "placeId": "ChIJ1",
        "totalScore": 4.4,
        "categoryName": "Hotel",
        "reviewsCount": 900,
        "language": "en",
        "searchString": "hotels",
        "name": f"Guest {n}",
        "text": None if is_bare(n) else words(n),
        "textTranslated": f"In English {n}" if n % 4 == 3 else None,
        "publishAt": "2 months ago",
        "publishedAtDate": iso(n).replace("Z", ".139Z"),
        "likesCount": 3,
        "reviewId": f"ChdDSUhN{n}",
        "reviewUrl": url,
        "reviewOrigin": "Google",
        "reviewerId": str(115_487_239_877_451_343_000 + n),
        "reviewerUrl": f"https://www.google.com/maps/contrib/{n}",
        "isLocalGuide": False,
        "stars": stars(n),
        "rating": None,
        "responseFromOwnerDate": iso(n + 2) if n % 3 == 0 else None,
        "responseFromOwnerText": "Thank you." if n % 3 == 0 else None,
        "reviewImageUrls": [],
        "reviewContext": {},
        "reviewDetailedRating": {"Rooms": 4},
        "originalLanguage": "de" if n % 4 == 3 else "en",
    }
    told = Told(
        f"ChdDSUhN{n}",
        text(n),
        stars(n),
        moment(n).replace(microsecond=139_000),
        names=(f"Guest {n}", str(row["reviewerId"])),
        language=str(row["originalLanguage"]),
        url=url,
    )
    return row, told


def feed(entries: object) -> bytes:
    """Apple's answer around its entries, on one line."""
    return json.dumps(
        {"feed": {"author": {"name": {"label": "iTunes Store"}}, "entry": entries, "link": [{}]}}
    ).encode()


def pages(rows: list[dict[str, object]]) -> bytes:
    """Answers of Steam, one after the other, as they are kept while one asks for the next."""
    around = (
        {"success": 1, "query_summary": {"num_reviews": 52}, "reviews": rows[at : at + 52], "cursor": "A"}
        for at in (0, 52)
    )
    return b"\n".join(json.dumps(page).encode() for page in around)


def answer(rows: object) -> bytes:
    """Of App Store Connect, with the responses beside the reviews."""
    responses = [{"type": "customerReviewResponses", "id": "r", "attributes": {"responseBody": "Thank you."}}]
    return document({"data": rows, "included": responses, "links": {"next": "https://api.example"}, "meta": {}})


Maker = Callable[[int], Made]
Written = Callable[[list[dict[str, object]]], bytes]
EXPORTS: dict[str, tuple[str, Maker, Written]] = {
    "play-console": (
        "reviews_org.example.tides_202603.csv",
        play_console,
        lambda rows: table(rows, end="\r\n").encode("utf-16"),
    ),
    "app-store": ("customerReviews.json", app_store, answer),
    "app-store-rss": ("page1.json", app_store_rss, feed),
    "google-takeout": (
        "Reviews.json",
        google_takeout,
        lambda rows: document({"type": "FeatureCollection", "features": rows}),
    ),
    "google-business-profile": (
        "reviews.json",
        google_business_profile,
        lambda rows: document({"reviews": rows, "averageRating": 4.1, "totalReviewCount": len(rows)}),
    ),
    "trustpilot": ("reviews.csv", trustpilot, lambda rows: table(rows).encode("utf-8-sig")),
    "trustpilot-api": ("reviews.json", trustpilot_api, lambda rows: document({"reviews": rows, "links": []})),
    "amazon-2023": ("All_Beauty.jsonl.gz", amazon_2023, lambda rows: gzip.compress(lines(rows))),
    "yelp": ("yelp_academic_dataset_review.json", yelp, lines),
    "steam": ("reviews.json", steam, pages),
    "airbnb": ("reviews.csv.gz", airbnb, lambda rows: gzip.compress(table(rows).encode())),
    "apify-google-maps": ("dataset_google-maps-reviews-scraper.json", apify_google_maps, document),
}
"""By the name of their mapping: a file's name, a review of that number, and how such a file is written."""
