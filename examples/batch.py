"""Answer every question of a CSV file, which has a column `question`, into another CSV file that Excel can open.

python examples/batch.py questions.csv answers.csv
"""

import csv
import sys

from assistant import Assistant, QuestionError


def main(questions: str, answers: str) -> None:
    with open(questions, encoding="utf-8-sig", newline="") as file:
        asked = [row["question"] for row in csv.DictReader(file)]
    with Assistant.open() as assistant, open(answers, "w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["question", "answered", "answer", "sources"])
        for question in asked:
            try:
                answer = assistant.ask(question)
            except QuestionError as error:  # empty or too long
                rows.writerow([question, "no", str(error), ""])
                continue
            sources = dict.fromkeys(f"{quote.article.title} ({quote.article.published})" for quote in answer.quotes)
            rows.writerow([question, "no" if answer.abstained else "yes", answer.text, "; ".join(sources)])


if __name__ == "__main__":
    main(*sys.argv[1:])
