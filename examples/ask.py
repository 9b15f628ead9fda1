"""Ask a question and print the answer with the exact words that it rests on.

python examples/ask.py "VTWO의 헬스케어 비중은?"
"""

import sys

from assistant import Assistant


def main(question: str) -> None:
    with Assistant.open() as assistant:
        answer = assistant.ask(question)
    print(answer.text)
    for citation in answer.quotes:
        article = citation.article
        assert article.text[citation.start : citation.end] == citation.quote
        print(f"[{citation.number}] {article.title} ({article.published}): {citation.quote}")


if __name__ == "__main__":
    main(*sys.argv[1:])
