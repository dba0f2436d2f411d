"""The sample backend has the faults it is meant to have, and no others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

BOOKSHOP = Path(__file__).parents[2] / "examples" / "bookshop"


class Expected(NamedTuple):
    """Rule, file and the line of code that the finding begins on."""

    path: str
    rule: str
    line: str


EXPECTED = [
    Expected(
        "app/api/dependencies.py",
        "abbreviated-name",
        "cust_repo = CustomerRepository(session)",
    ),
    Expected(
        "app/api/routes/authors.py",
        "missing-pagination",
        "async def list_authors(catalogue: CatalogueServiceDep) -> Sequence[Author]:",
    ),
    Expected(
        "app/api/routes/books.py",
        "prefer-annotated-dependency",
        "catalogue: CatalogueServiceDep, page: PageDep, phrase: str = Query(min_length=2)",
    ),
    Expected(
        "app/api/routes/books.py",
        "shadowed-route",
        '@router.get("/best-sellers", response_model=list[BestSeller])',
    ),
    Expected(
        "app/api/routes/customers.py",
        "sensitive-field-in-response",
        '@router.get("/me", response_model=CustomerProfile)',
    ),
    Expected(
        "app/api/routes/reviews.py",
        "http-exception-returned",
        'return HTTPException(status.HTTP_403_FORBIDDEN, "Only the author may withdraw a review")',
    ),
    Expected(
        "app/clients/payments.py",
        "blocking-call-in-async",
        "time.sleep(BACKOFF_SECONDS * attempt)",
    ),
    Expected(
        "app/core/security.py",
        "jwt-without-expiration",
        "return jwt.encode(claims, settings.token_secret.get_secret_value(), algorithm=ALGORITHM)",
    ),
    Expected(
        "app/core/security.py",
        "jwt-expiration-not-required",
        "claims = jwt.decode(token, secret, algorithms=[ALGORITHM])",
    ),
    Expected(
        "app/domain/isbn.py",
        "missing-return-type",
        "def normalise_isbn(isbn: str):",
    ),
    Expected(
        "app/main.py",
        "missing-rate-limit",
        'app = FastAPI(title="Bookshop", lifespan=lifespan)',
    ),
    Expected(
        "app/main.py",
        "permissive-cors",
        'app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True, allow_methods=["*"])',
    ),
    Expected(
        "app/repositories/books.py",
        "sql-injection",
        "text(f\"SELECT id FROM books WHERE title LIKE '%{phrase}%'\")",
    ),
    Expected(
        "app/repositories/customers.py",
        "layer-import-violation",
        "from app.services.loyalty import tier_for_spending",
    ),
    Expected(
        "app/repositories/orders.py",
        "n-plus-one-relationship",
        "for line in order.lines:",
    ),
    Expected(
        "app/repositories/reviews.py",
        "python-operator-in-sql-filter",
        ".where(Review.book_id == book_id, Review.hidden is not True)",
    ),
    Expected(
        "app/services/catalogue.py",
        "pydantic-v1-method",
        "for name, value in changes.dict(exclude_unset=True).items():",
    ),
    Expected(
        "app/services/catalogue.py",
        "blocking-call-through-helper",
        "amount = convert(book.price, currency)",
    ),
    Expected(
        "app/services/catalogue.py",
        "query-in-loop",
        "book = await self.get_book(book_id)",
    ),
    Expected(
        "app/services/orders.py",
        "function-too-long",
        "async def place(self, customer: Customer, request: OrderCreate) -> Order:",
    ),
    Expected(
        "tests/test_reviews.py",
        "async-test-not-collected",
        "async def test_review_is_published(client: httpx.AsyncClient, book_id: int) -> None:",
    ),
]


def test_bookshop_has_exactly_the_faults_that_it_shows() -> None:
    command = [sys.executable, "-Im", "fastidious_server", "check", "--no-cache", "--format", "json", "."]
    result = subprocess.run(command, cwd=BOOKSHOP, capture_output=True, text=True, check=False)

    assert result.returncode == 1, result.stderr
    assert [found(finding) for finding in json.loads(result.stdout)] == EXPECTED


def found(finding: dict[str, Any]) -> Expected:
    """Return what a finding of the JSON report is about."""
    lines = (BOOKSHOP / finding["path"]).read_text(encoding="utf-8").splitlines()
    return Expected(finding["path"], finding["rule"], lines[finding["start"]["line"] - 1].strip())
