"""PDF files: a heading for each page, Korean letters, passwords, images."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.formats.document import Refusal
from assistant.formats.pdf import read
from tests.formats.documents import ENGLISH, KOREAN, encrypted_pdf
from tests.formats.pdf_writer import IMAGE_PAGE, pdf


def test_each_page_has_a_heading_in_the_language_of_the_file() -> None:
    assert read(pdf([ENGLISH], [], ["Rates matter."])).text == f"## Page 1\n\n{ENGLISH}\n\n## Page 3\n\nRates matter."
    assert read(pdf([KOREAN])).text == f"## 1쪽\n\n{KOREAN}"


def test_file_says_who_wrote_it_and_when() -> None:
    about = "/Title(Fund report)/Author(Example Research)/CreationDate(D:20260213120000Z)"
    document = read(pdf([ENGLISH], about=about))
    assert (document.title, document.publisher) == ("Fund report", "Example Research")
    assert document.published == date(2026, 2, 13)
    assert read(pdf([ENGLISH], about="/Title(Microsoft Word - a.docx)/Author(user)")).title is None


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_password_is_asked_for_only_where_reading_needs_one(algorithm: str) -> None:
    with pytest.raises(Refusal, match="password"):
        read(encrypted_pdf("secret", algorithm))
    assert ENGLISH in read(encrypted_pdf("", algorithm)).text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pdf(IMAGE_PAGE, IMAGE_PAGE), "only_images"),
        (pdf([]), "no_text"),
        (pdf(*[[]] * 5_001), "too_many_pages"),
        (b"%PDF-1.7 and no more", "damaged"),
    ],
)
def test_file_without_text_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        read(data)


def test_pages_of_images_among_others_are_told() -> None:
    assert read(pdf([ENGLISH], IMAGE_PAGE)).remarks == (("empty_pages", {"count": 1, "pages": 2, "first": 2}),)


def test_damaged_pages_among_others_are_told() -> None:
    data = pdf([ENGLISH], ["Lost."]).replace(b"/Count 2", b"/Count 3")
    assert read(data).remarks == (("damaged_pages", {"count": 1, "pages": 3, "first": 3}),)
