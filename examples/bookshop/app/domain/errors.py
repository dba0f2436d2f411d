"""What can go wrong in the shop."""


class BookshopError(Exception):
    """Base of all errors that the shop reports to its callers."""


class AuthenticationError(BookshopError):
    """Credentials that prove nothing."""


class NotFoundError(BookshopError):
    """Something that does not exist."""

    def __init__(self, kind: str, identifier: int) -> None:
        super().__init__(f"{kind} {identifier} does not exist")


class ConflictError(BookshopError):
    """A request that contradicts what is already stored."""


class InvalidIsbnError(BookshopError):
    """A number that is no ISBN."""

    def __init__(self, isbn: str) -> None:
        super().__init__(f"{isbn} is not a valid ISBN-13")


class OutOfStockError(ConflictError):
    """More copies ordered than there are."""

    def __init__(self, title: str, available: int) -> None:
        super().__init__(f"Only {available} copies of {title} are left")


class PaymentError(BookshopError):
    """A payment that was not made."""
