"""REST: the same values as in Python, changes of the corpus, and problems in plain words without a trace."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant import Assistant
from assistant.errors import ArticleError, IndexingError
from assistant.language import LANGUAGES
from assistant.records import figure_records, head_record, risk_record
from assistant.types import Answer
from assistant.web.guard import BODY_LIMIT, BODY_LIMITS
from assistant.web.problems import KINDS, language_of, without_folders
from assistant.web.uploads import safe_name
from tests.web.conftest import Connect
from tests.web.fake_assistant import FakeAssistant

QUESTIONS = (
    "VTWO의 헬스케어 비중은?",
    "List the nine risk factors of US small caps",
    "IWM과 VTWO의 총보수 차이는?",
    "What is the energy weight of VTWO?",
)


@pytest.fixture(scope="module")
def client(assistant: Assistant, connect: Connect) -> TestClient:
    """Of the real assistant."""
    return connect(assistant)


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"timings_ms": sorted(answer["timings_ms"])}


def events(text: str) -> list[tuple[str, Any]]:
    """The name and data of each event of a stream."""
    parts = (dict(line.split(": ", 1) for line in block.splitlines()) for block in text.strip().split("\n\n"))
    return [(part["event"], json.loads(part["data"])) for part in parts]


def problem(reply: Any, code: str) -> dict[str, Any]:
    """The problem of a reply, which has to be of this code and to carry its own status."""
    record: dict[str, Any] = reply.json()
    assert reply.headers["content-type"] == "application/problem+json", reply.text
    assert (record["code"], record["status"]) == (code, reply.status_code) == (code, KINDS[code].status)
    assert record["type"].endswith(code) and record["title"] and record["detail"] and record["request_id"]
    assert "Traceback" not in reply.text and "/tmp" not in reply.text and ".py" not in reply.text
    return record


# --- the same as in Python ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
def test_answer_is_that_of_python(client: TestClient, assistant: Assistant, question: str) -> None:
    reply = client.post("/ask", json={"question": question})
    assert reply.status_code == 200
    assert untimed(reply.json()) == untimed(assistant.ask(question).to_dict())
    assert reply.json()["abstained"] == ("energy" in question)


def test_follow_up_is_understood_from_the_history(client: TestClient) -> None:
    before = {"question": "VTWO의 헬스케어 비중은?", "answer": "18.8%예요."}
    assert "산업재" in client.post("/ask", json={"question": "산업재는?", "history": [before]}).json()["text"]


def test_answer_comes_as_events_sentence_by_sentence(client: TestClient) -> None:
    asked = {"question": QUESTIONS[0]}
    whole = client.post("/ask", json=asked).json()
    reply = client.post("/ask", json=asked, headers={"accept": "text/event-stream"})
    assert reply.headers["content-type"].startswith("text/event-stream")
    first, *sentences, last = events(reply.text)
    assert first == ("progress", {"stage": "searching"})
    assert sentences == [("sentence", sentence) for sentence in whole["sentences"]] and sentences
    assert last[0] == "answer" and untimed(last[1]) == untimed(whole)


def test_hits_are_those_of_python(client: TestClient, assistant: Assistant) -> None:
    query = "why do rate cuts help small caps?"
    limits: dict[str, Any] = {"k": 5, "language": "en", "exclude": ["fund-basics.en"]}
    assert client.get("/search", params={"q": query} | limits).json() == assistant.search(query, **limits).records()
    among = client.get("/search", params={"q": query, "include": ["vtwo-2026-02", "vtwo-2026-02.en"]}).json()
    assert {hit["article"] for hit in among} <= {"vtwo-2026-02", "vtwo-2026-02.en"} and len(among) == 8


def test_articles_are_those_of_python(client: TestClient, assistant: Assistant) -> None:
    listed = client.get("/articles").json()
    assert listed == [head_record(article) for article in assistant.articles()] and len(listed) >= 6
    assert client.get("/articles", params={"language": "ko"}).json() == [a for a in listed if a["language"] == "ko"]
    for article in listed:
        assert client.get(f"/articles/{article['id']}").json()["text"] == assistant.article(article["id"]).text


def test_figures_and_risks_are_those_of_python(client: TestClient, assistant: Assistant) -> None:
    for subject in ("IWM", None, "nobody"):
        reply = client.get("/figures", params={"subject": subject} if subject else {})
        assert reply.json() == figure_records(assistant.figures(subject))
    assert client.get("/risks").json() == [risk_record(risk) for risk in assistant.risks()]


def test_live_figures_and_gauges_fit_their_shape(connect: Connect) -> None:
    client = connect(FakeAssistant())
    assert {figure["origin"] for figure in client.get("/figures").json()} == {"article", "live"}
    assert client.get("/risks").json()[0]["gauges"][0]["figure"]["value"] == 4.12


# --- changing the corpus --------------------------------------------------------------------------------------------


def test_added_text_is_found_until_it_is_removed(own: Assistant, connect: Connect) -> None:
    client = connect(own)
    form = {"text": "ZZTOP costs 0.44% a year.", "title": "메모 하나", "published": "2026-03-02", "language": "en"}
    added = client.post("/articles", data=form | {"url": "https://example.com/z"})
    assert added.status_code == 201
    article = added.json()
    assert (article["title"], article["published"], article["source_url"]) == (
        "메모 하나", "2026-03-02", "https://example.com/z",
    )  # fmt: skip
    assert client.get(f"http://localhost:7860{added.headers['location']}").json() == article | {"text": form["text"]}
    assert client.get("/search", params={"q": "zztop", "k": 1}).json()[0]["article"] == article["id"]
    assert client.delete(f"/articles/{article['id']}").json() == article
    problem(client.delete(f"/articles/{article['id']}"), "unknown-article")
    assert [found["id"] for found in client.get("/articles").json()] == ["basics"]


def test_added_file_keeps_its_name_and_what_it_says_of_itself(own: Assistant, connect: Connect) -> None:
    text = "---\ntitle: Dry note\nlanguage: en\npublisher: Us\npublished: 2026-01-02\n---\n\nZZTOP is dry.\n"
    reply = connect(own).post("/articles", files={"file": ("Ztop Note.MD", text.encode())})
    assert (reply.json()["id"], reply.json()["title"], reply.json()["published"]) == (
        "ztop-note", "Dry note", "2026-01-02",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["/etc/passwd", "~/.netrc", "note.md", "https://localhost:1/x", "../corpus/basics.md"])
def test_text_is_never_taken_for_a_path_or_an_address(own: Assistant, connect: Connect, text: str) -> None:
    reply = connect(own).post("/articles", data={"text": text})
    assert reply.status_code == 201
    assert own.article(reply.json()["id"]).text == text


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.md",
        "/etc/evil.md",
        "..\\..\\evil.md",
        "CON.txt",
        "a\u202egnp.md",
        "x" * 300 + ".md",
        "🙂.txt",
        ".md",
    ],
)
def test_file_name_leads_nowhere_else(own: Assistant, connect: Connect, tmp_path: Path, name: str) -> None:
    before = {path for path in tmp_path.rglob("*") if "indexes" not in path.parts}
    reply = connect(own).post("/articles", files={"file": (name, b"ZZTOP is wet.")})
    new = {path for path in tmp_path.rglob("*") if "indexes" not in path.parts} - before
    if reply.status_code == 201:
        folder = tmp_path / "corpus" / "added"
        assert new - {folder, tmp_path / "corpus" / ".lock"} == {folder / f"{reply.json()['id']}.md"}
    else:
        problem(reply, "article-refused")
        assert not new


def test_safe_name_has_no_path_and_keeps_the_kind() -> None:
    named = {"My Note.PDF": "my-note.pdf", "a/b\\c.md": "c.md", "보고서 3월.hwpx": "보고서-3월.hwpx", "": "article"}
    assert {name: safe_name(name) for name in named} == named
    assert safe_name("x.tar.gz\0") == "x-tar" or "\0" not in safe_name("x.tar.gz\0")


@pytest.mark.parametrize("language", LANGUAGES)
def test_refused_file_is_told_by_its_name_alone(own: Assistant, connect: Connect, language: str) -> None:
    headers = {"accept-language": language}
    client = connect(own)
    binary = client.post("/articles", files={"file": ("data.txt", b"\0\1\2" * 40)}, headers=headers)
    assert problem(binary, "article-refused")["detail"].startswith("data.txt")
    twice = client.post("/articles", data={"text": "IWM's expense ratio is 0.19% a year."}, headers=headers)
    assert "basics" in problem(twice, "article-refused")["detail"]
    assert len(own.articles()) == 1


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({}, ["file", "text", "url"]),
        ({"url": "file:///etc/passwd"}, ["url"]),
        ({"url": "/etc/passwd"}, ["url"]),
        ({"url": "https://a b"}, ["url"]),
        ({"text": "x", "published": "yesterday"}, ["published"]),
        ({"text": "x", "language": "fr"}, ["language"]),
    ],
)
def test_unclear_request_to_add_names_what_is_wrong(
    own: Assistant, connect: Connect, form: dict[str, str], wrong: list[str]
) -> None:
    assert problem(connect(own).post("/articles", data=form), "invalid-request")["fields"] == wrong


def test_read_only_server_still_answers(own: Assistant, connect: Connect) -> None:
    client = connect(own, read_only=True)
    for refused in (client.post("/articles", data={"text": "more"}), client.delete("/articles/basics")):
        assert "ASSISTANT_READ_ONLY" in problem(refused, "read-only")["detail"]
    assert client.get("/articles/basics").status_code == client.post("/ask", json={"question": "x"}).status_code == 200


# --- problems -------------------------------------------------------------------------------------------------------


def test_every_problem_is_told_in_both_languages() -> None:
    for kind in KINDS.values():
        assert set(kind.title) == set(kind.detail) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("accepted", "text", "language"),
    [
        (None, "", "en"), (None, "비중은?", "ko"), ("en", "비중은?", "en"), ("ko-KR,ko;q=0.9,en;q=0.8", "x", "ko"),
        ("fr;q=0.9, ko;q=0.2, en;q=0.1", "x", "ko"), ("fr, en;q=0.3, ko;q=0.4", "", "ko"), ("*, ;q=, =", "질문", "ko"),
    ],
)  # fmt: skip
def test_language_is_the_one_asked_for_else_the_questions(accepted: str | None, text: str, language: str) -> None:
    assert language_of(accepted, text) == language


def test_messages_lose_their_folders_and_keep_all_else() -> None:
    kept = ["https://a.example/b/c.md: HTTP 404", "text/html is not read", "either/or", "3/4 of it", "a.md: UTF-8이"]
    assert [without_folders(message) for message in kept] == kept
    assert without_folders("/srv/my/corpus/added/a.md cannot") == "a.md cannot"
    assert without_folders("'/tmp/x/b.txt', C:\\Users\\me\\c.md, ~/d.md, ../e.md") == "'b.txt', c.md, d.md, e.md"


@pytest.mark.parametrize("path", ["/articles/nobody", "/articles/%2e%2e%2fbasics", "/articles/글"])
def test_unknown_article_is_not_found(client: TestClient, path: str) -> None:
    assert problem(client.get(path), "unknown-article" if "%2f" not in path else "not-found")["status"] == 404


def test_refused_question_is_told_in_its_language(client: TestClient) -> None:
    blank = problem(
        client.post("/ask", json={"question": " \u200b "}, headers={"accept-language": "ko"}), "question-refused"
    )
    assert blank["detail"] == "질문이 비어 있어요. 질문을 적어 주세요."
    streamed = client.post("/ask", json={"question": " "}, headers={"accept": "text/event-stream"})
    assert [(name, data.get("code")) for name, data in events(streamed.text)][-1] == ("problem", "question-refused")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["question"]),
        ({"question": ""}, ["question"]),
        ({"question": "x" * 4001}, ["question"]),
        ({"question": "x", "more": 1}, ["more"]),
        ({"question": "x", "history": [["a", "b"]]}, ["history.0"]),
    ],
)
def test_wrong_field_is_named(client: TestClient, body: dict[str, Any], fields: list[str]) -> None:
    assert problem(client.post("/ask", json=body), "invalid-request")["fields"] == fields


def test_body_that_is_no_json_is_refused(client: TestClient) -> None:
    for content in (b"{", b"\xff\xfe", b'{"question": "\\ud800"}', b"[" * 20_000):
        reply = client.post("/ask", content=content, headers={"content-type": "application/json"})
        assert reply.status_code in (400, 422) and problem(reply, reply.json()["code"])


def test_long_question_is_refused_quickly(client: TestClient) -> None:
    started = time.perf_counter()
    problem(client.post("/ask", json={"question": "가" * 300_000}), "invalid-request")
    assert time.perf_counter() - started < 0.5
    problem(client.post("/ask", json={"question": "x" * BODY_LIMIT}), "too-large")


def test_only_where_files_come_may_a_body_be_large(own: Assistant, connect: Connect) -> None:
    client, limit = connect(own), BODY_LIMITS["/api/v1/articles"]
    large = {"file": ("large.txt", b"\0" * (BODY_LIMIT + 1))}
    problem(client.post("/articles", files=large), "article-refused")
    problem(client.post("/articles", content=b"", headers={"content-length": str(limit + 1)}), "too-large")


def test_other_sites_and_strangers_change_nothing(own: Assistant, connect: Connect) -> None:
    client = connect(own, password="word")
    problem(client.delete("/articles/basics", headers={"origin": "http://evil.example"}), "foreign-origin")
    problem(client.delete("/articles/basics", headers={"host": "evil.example"}), "foreign-host")
    for path in ("/articles", "/openapi.json", "/../docs"):
        assert problem(client.get(path), "password-needed")["title"]
    assert client.delete("/articles/basics", auth=("any", "word")).status_code == 200


def test_unknown_paths_and_methods_are_problems(client: TestClient) -> None:
    for path in ("/nothing", "/articles/%0Aa", "/%0A"):
        problem(client.get(path), "not-found")
    assert client.put("/ask").headers["allow"] == "POST"
    problem(client.put("/ask"), "wrong-method")


def test_while_it_opens_it_says_when_to_come_again(connect: Connect) -> None:
    opening: Future[Any] = Future()
    client = connect(opening)
    reply = client.get("/articles")
    problem(reply, "opening")
    assert int(reply.headers["retry-after"]) > 0
    assert client.get("/openapi.json").status_code == 200
    opening.set_result(FakeAssistant())
    assert client.get("/articles").status_code == 200


class _Slow(FakeAssistant):
    """Answers once it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.finish = threading.Semaphore(0), threading.Event()

    def ask(self, *asked: Any, **more: Any) -> Answer:
        self.begun.release()
        assert self.finish.wait(20)
        return super().ask(*asked, **more)


def test_who_comes_when_all_places_are_taken_is_told_so(connect: Connect) -> None:
    slow = _Slow()
    client = connect(slow, at_once=1, waiting=0)
    statuses: list[int] = []
    asking = threading.Thread(target=lambda: statuses.append(client.post("/ask", json={"question": "x"}).status_code))
    asking.start()
    assert slow.begun.acquire(timeout=20)
    reply = client.get("/articles")
    slow.finish.set()
    problem(reply, "busy")
    assert int(reply.headers["retry-after"]) > 0
    asking.join(20)
    assert statuses == [200] and client.get("/articles").status_code == 200


def test_some_wait_for_their_turn(connect: Connect) -> None:
    slow = _Slow()
    client = connect(slow, at_once=1, waiting=2)
    with ThreadPoolExecutor(3) as users:
        asked = [users.submit(client.post, "/ask", json={"question": "x"}) for _ in range(3)]
        assert slow.begun.acquire(timeout=20) and not slow.begun.acquire(timeout=0.2)
        slow.finish.set()
        assert [reply.result().status_code for reply in asked] == [200, 200, 200]


def test_client_that_asks_too_often_waits_for_its_turn(connect: Connect) -> None:
    client = connect(FakeAssistant(), a_minute=3)
    assert [client.get("/articles").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert 0 < int(client.get("/articles").headers["retry-after"]) <= 61


class _Broken(FakeAssistant):
    """Fails as nobody foresaw, or as only its operator can mend."""

    def heads(self, query: str = "") -> Any:
        raise ZeroDivisionError("at /srv/secret/place")

    def risks(self) -> Any:
        raise IndexingError("The folder /srv/secret cannot be written.", "/srv/secret 폴더에 쓸 수 없어요.")

    def article(self, id: str) -> Any:
        raise ArticleError("/srv/secret/a.md cannot be changed.", "/srv/secret/a.md 파일을 바꿀 수 없어요.")


def test_what_fails_is_logged_under_the_id_and_not_told(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    client = connect(_Broken())
    failed = problem(client.get("/articles"), "failed")
    unavailable = problem(client.get("/risks"), "unavailable")
    refused = problem(client.get("/articles/a"), "article-refused")
    assert "secret" not in json.dumps([failed, unavailable, refused])
    assert failed["request_id"] in caplog.text and unavailable["request_id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text and "/srv/secret cannot be written" in caplog.text
    streamed = client.post("/ask", json={"question": "crash"}, headers={"accept": "text/event-stream"})
    assert events(streamed.text)[-1][1]["code"] == "failed"
