"""Records: JSON values only, the same fields for all, and hits as a table."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime

from assistant import Assistant
from assistant.figures.gauges import Gauge
from assistant.figures.risks import Meaning, Risk
from assistant.figures.table import to_frame
from assistant.figures.turn import Outcome
from assistant.records import HIT_FIELDS, Hits, figure_records, head_record, outcome_record, risk_record, whole_record
from assistant.types import Article, Figure, Hit, Passage
from tests.fakes import article

NOTE = replace(article("note", "Oil fell. Rates rose.", title="A note"), source_url="https://example.com/n")
FOUND = Hit(Passage("note:10", "note", ("Markets", "May"), 10, 21, "Rates rose.", "en"), 0.75, 1)
CARD = Hit(Passage("live:IWM", "live:IWM", ("IWM fees",), 0, 5, "0.19%", "en", "figure card"), 0.5, 2)
STATED = Figure(
    "IWM", "expense_ratio", 0.19, "percent", date(2026, 6, 30), "article", "Publisher", "note", 0, 9, "Oil fell."
)
LIVE = Figure(
    "IWM", "inception_date", date(2000, 5, 22), "date", date(2026, 7, 1), "live", "BlackRock",
    fetched_at=datetime(2026, 7, 1, 9, 30, tzinfo=UTC), currency="USD", inputs=("a", "b"),
)  # fmt: skip


def _hits() -> Hits:
    return Hits([FOUND, CARD], {"note": NOTE})


def test_hits_are_a_list_of_hits() -> None:
    hits = _hits()
    assert isinstance(hits, list) and hits == [FOUND, CARD] and hits[0] is FOUND
    assert not Hits() and Hits().records() == []


def test_record_of_a_hit_says_where_it_stands() -> None:
    found, card = _hits().records()
    assert found == {
        "rank": 1, "score": 0.75, "id": "note:10", "kind": "passage", "article": "note", "title": "A note",
        "publisher": "Publisher", "published": "2026-05-03", "url": "https://example.com/n",
        "section": ["Markets", "May"], "start": 10, "end": 21, "text": "Rates rose.", "language": "en",
    }  # fmt: skip
    assert list(found) == list(card) == list(HIT_FIELDS)
    assert card["kind"] == "figure card" and card["title"] is card["published"] is card["url"] is None


def test_table_has_one_hit_a_row() -> None:
    frame = _hits().to_pandas()
    assert list(frame.columns) == list(HIT_FIELDS) == list(Hits().to_pandas().columns)
    assert list(frame["id"]) == ["note:10", "live:IWM"]
    row = frame.iloc[0]
    assert (row["rank"], row["score"], row["published"]) == (1, 0.75, date(2026, 5, 3))
    assert row["section"] == ("Markets", "May") and NOTE.text[row["start"] : row["end"]] == row["text"]
    assert frame["published"].isna().tolist() == [False, True]


def test_pandas_is_imported_for_a_table_only() -> None:
    program = (
        "import sys; from assistant.records import Hits; hits = Hits(); hits.records(); "
        "before = 'pandas' in sys.modules; hits.to_pandas(); print(before, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False True\n"


def test_article_has_its_text_where_it_is_asked_for() -> None:
    listed, whole = head_record(NOTE), whole_record(NOTE)
    assert whole == listed | {"text": NOTE.text} and "text" not in listed
    assert (listed["published"], listed["tickers"], listed["translation_of"]) == ("2026-05-03", [], None)


def test_what_a_figure_lacks_is_null_and_its_dates_are_iso() -> None:
    stated, live = figure_records(to_frame([STATED, LIVE]))
    assert (stated["value"], stated["as_of"], stated["fetched_at"], stated["source_url"]) == (
        0.19, "2026-06-30", None, None,
    )  # fmt: skip
    assert (live["value"], live["currency"], live["inputs"]) == ("2000-05-22", "USD", ["a", "b"])
    assert datetime.fromisoformat(live["fetched_at"]) == LIVE.fetched_at
    assert figure_records(to_frame([])) == []


def test_all_records_are_json() -> None:
    gauge = Gauge("US", "macro.DGS10", {"ko": "금리", "en": "Yield"}, "rise", LIVE, since=date(2020, 1, 2))
    risk = Risk(1, "rates", {"ko": "금리", "en": "Rates"}, {}, (gauge,), {"en": Meaning(NOTE, 0, 9, "Oil fell.")})
    outcome = Outcome("yahoo", "IWM", "failed", "timeout", next_try=datetime(2026, 7, 1, tzinfo=UTC))
    records = [
        *_hits().records(), head_record(NOTE), *figure_records(to_frame([STATED, LIVE])), risk_record(risk),
        outcome_record(outcome),
    ]  # fmt: skip
    for record in records:
        assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert risk_record(risk)["gauges"][0]["figure"]["value"] == "2000-05-22"
    assert risk_record(risk)["meaning"] == {"en": {"article": "note", "start": 0, "end": 9, "quote": "Oil fell."}}
    assert outcome_record(outcome)["next_try"] == "2026-07-01T00:00:00+00:00"


def test_hits_of_the_assistant_know_their_articles(assistant: Assistant) -> None:
    hits = assistant.search("VTWO의 헬스케어 비중", k=5)
    for record, hit in zip(hits.records(), hits, strict=True):
        source: Article = assistant.article(hit.passage.article)
        assert (record["title"], record["url"]) == (source.title, source.source_url)
        assert source.text[record["start"] : record["end"]] == record["text"]
    assert len(hits.to_pandas()) == 5
