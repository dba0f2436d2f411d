"""The inference process: a line with a question comes in, a line with its answer goes out."""

from __future__ import annotations

import sys

import msgspec

from fastidious_rules.engine.finding import Task
from fastidious_server.inference.messages import Answer, Question
from fastidious_server.inference.renames import rename
from fastidious_server.inference.return_types import annotate


def main() -> None:
    """Answer questions until the input ends."""
    for line in sys.stdin.buffer:
        question = msgspec.json.decode(line, type=Question)
        sys.stdout.buffer.write(msgspec.json.encode(_answer(question)) + b"\n")
        sys.stdout.buffer.flush()


def _answer(question: Question) -> Answer:
    try:
        return annotate(question) if question.task is Task.RETURN_TYPE else rename(question)
    except Exception as error:  # noqa: BLE001  jedi fails in many ways, and the next question may be an easy one
        sys.stderr.write(f"inference of {question.path}: {error!r}\n")
        return Answer(question.number)


if __name__ == "__main__":
    main()
