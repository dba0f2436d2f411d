"""Mapping of errors to responses."""

from fastapi import FastAPI, Request, status
from fastapi.responses import JSONResponse

from app.domain import errors

STATUS_CODES: dict[type[errors.BookshopError], int] = {
    errors.AuthenticationError: status.HTTP_401_UNAUTHORIZED,
    errors.ConflictError: status.HTTP_409_CONFLICT,
    errors.InvalidIsbnError: status.HTTP_422_UNPROCESSABLE_CONTENT,
    errors.NotFoundError: status.HTTP_404_NOT_FOUND,
    errors.PaymentError: status.HTTP_402_PAYMENT_REQUIRED,
}


def status_code_of(error: errors.BookshopError) -> int:
    """Return the status code that tells a client about an error."""
    for kind in type(error).__mro__:
        if kind in STATUS_CODES:
            return STATUS_CODES[kind]
    return status.HTTP_400_BAD_REQUEST


async def handle_bookshop_error(_: Request, error: errors.BookshopError) -> JSONResponse:
    """Answer with the status code and the message of an error."""
    return JSONResponse(status_code=status_code_of(error), content={"detail": str(error)})


def add_error_handlers(app: FastAPI) -> None:
    """Make an app answer with the right status codes."""
    app.add_exception_handler(errors.BookshopError, handle_bookshop_error)
