"""International Standard Book Numbers."""

from app.domain.errors import InvalidIsbnError

ISBN_LENGTH = 13


def normalise_isbn(isbn: str):
    """Return an ISBN-13 without its hyphens and spaces."""
    digits = isbn.replace("-", "").replace(" ", "")
    if len(digits) != ISBN_LENGTH or not digits.isdigit():
        raise InvalidIsbnError(isbn)
    if _checksum(digits) % 10 != 0:
        raise InvalidIsbnError(isbn)
    return digits


def _checksum(digits: str) -> int:
    """Return the weighted sum of the digits, a multiple of ten in a valid number."""
    return sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits))
