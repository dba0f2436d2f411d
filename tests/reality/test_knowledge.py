"""Whatever a table of knowledge names exists in the library that it is said to be of."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import io
import multiprocessing
import operator
import re
import threading
import warnings
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

import pytest

from fastidious_rules import knowledge
from fastidious_rules.knowledge import table
from fastidious_rules.semantics.asynchrony.blocking import blocking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TABLES = sorted(file.name.removesuffix(".toml") for file in files(knowledge).iterdir() if file.name.endswith(".toml"))

NOT_INSTALLED = frozenset(
    {
        "MySQLdb", "aiofiles", "asgiref", "async_lru", "asyncer", "asyncssh", "backoff", "celery", "cv2", "cx_Oracle",
        "databases", "dramatiq", "fabric", "fastapi_cache", "fastapi_utils", "fastcrud", "google.cloud.bigquery",
        "huey", "injector", "litellm", "logfire", "loguru", "mysql", "niquests", "openpyxl", "opensearchpy", "oracledb",
        "pandas", "pydantic_settings", "pyodbc", "sendgrid", "snowflake", "stamina", "structlog", "tenacity", "unsync",
        "werkzeug",
    }
)  # fmt: skip
"""Libraries that tables name and that tests do without: they are large, or need the client of a database to be installed,
or what is known of them is one decorator. What is named of them is checked wherever they are installed."""

ELSEWHERE = {
    "pydantic.BaseSettings": "Pydantic 1 has it; Pydantic 2 says where it went",
    "typing.override": "Python 3.12 has it",
    "warnings.deprecated": "Python 3.13 has it",
}
"""Names that other versions of what is installed have, and which."""

NO_NAMES = frozenset({"cmd.exe"})
"""What looks like the name of something in a library, and is none."""

_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


def _openai(name: str, **options: Any) -> Any:
    return getattr(pytest.importorskip("openai"), name)(api_key="key", **options)


def _upload() -> Any:
    return pytest.importorskip("fastapi").UploadFile(io.BytesIO())


MADE: dict[str, Callable[[], Any]] = {
    "anthropic.Anthropic": lambda: pytest.importorskip("anthropic").Anthropic(api_key="key"),
    "anthropic.AnthropicBedrock": lambda: pytest.importorskip("anthropic").AnthropicBedrock(aws_region="us-east-1"),
    "anthropic.AnthropicVertex": lambda: pytest.importorskip("anthropic").AnthropicVertex(region="eu", project_id="a"),
    "anthropic.AsyncAnthropic": lambda: pytest.importorskip("anthropic").AsyncAnthropic(api_key="key"),
    "fastapi.UploadFile": _upload,
    "groq.AsyncGroq": lambda: pytest.importorskip("groq").AsyncGroq(api_key="key"),
    "groq.Groq": lambda: pytest.importorskip("groq").Groq(api_key="key"),
    "multiprocessing.Event": multiprocessing.Event,
    "multiprocessing.JoinableQueue": multiprocessing.JoinableQueue,
    "multiprocessing.Lock": multiprocessing.Lock,
    "multiprocessing.Queue": multiprocessing.Queue,
    "multiprocessing.RLock": multiprocessing.RLock,
    "multiprocessing.Semaphore": multiprocessing.Semaphore,
    "openai.AsyncOpenAI": lambda: _openai("AsyncOpenAI"),
    "openai.AzureOpenAI": lambda: _openai("AzureOpenAI", azure_endpoint="https://a", api_version="1"),
    "openai.OpenAI": lambda: _openai("OpenAI"),
    "starlette.datastructures.UploadFile": _upload,
    "threading.Condition": threading.Condition,
    "threading.Lock": threading.Lock,
    "threading.RLock": threading.RLock,
    "twilio.rest.Client": lambda: importlib.import_module("twilio.rest").Client("name", "word"),
}
"""Classes whose objects get their methods when they are made, and functions that make objects."""

_OPERATIONS = (
    "bedrock-runtime", "dynamodb", "ec2", "lambda", "s3", "sagemaker-runtime", "secretsmanager", "ses", "sns", "sqs", "ssm",
    "stepfunctions",
)  # fmt: skip
_INJECTED = frozenset({"download_file", "download_fileobj", "upload_file", "upload_fileobj"})
"""Methods that boto3 adds to the client of S3 when it makes one."""


def _names(value: Any) -> Iterator[str]:
    """Yield what looks like the qualified name of something in a library; of methods with each of their owners."""
    if isinstance(value, dict):
        yield from _of_table(cast("dict[str, Any]", value))
    elif isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _names(each)
    elif isinstance(value, str) and _NAME.fullmatch(value) and value not in NO_NAMES:
        yield value


def _of_table(entry: dict[str, Any]) -> Iterator[str]:
    owners = [each for each in entry.get("owners", ()) if _NAME.fullmatch(each)]
    for key, value in entry.items():
        yield from _names(key)
        if not owners or key == "owners" or not isinstance(value, list):
            yield from _names(value)
        elif key not in {"url", "timeout"}:
            methods = cast("list[str]", value)
            yield from (f"{owner}.{method}" for owner in owners for method in methods)


def _is_missing(name: str) -> bool:
    """Tell whether the library of a name is one that tests do without, and is not here."""
    library = next((each for each in NOT_INSTALLED if name == each or name.startswith(f"{each}.")), "")
    if not library:
        return False
    try:
        return importlib.util.find_spec(library) is None
    except ModuleNotFoundError:
        return True


@cache
def _made(name: str) -> Any:
    return MADE[name]()


def _found(name: str) -> Any:
    """Return what a name names; raises where there is no such thing."""
    for each in MADE:
        if name.startswith(f"{each}."):
            return operator.attrgetter(name.removeprefix(f"{each}."))(_made(each))
    parts = name.split(".")
    for size in range(len(parts), 0, -1):
        try:
            value: Any = importlib.import_module(".".join(parts[:size]))
        except ModuleNotFoundError:
            continue
        return operator.attrgetter(".".join(parts[size:]))(value) if parts[size:] else value
    raise ModuleNotFoundError(name)


def _problem(name: str) -> str:
    """Return why a name cannot be resolved, nothing if it can."""
    if name in ELSEWHERE or _is_missing(name) or name.startswith("botocore.client.BaseClient."):
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _found(name)
    except Exception as error:  # noqa: BLE001  whatever the library says
        return f"{name}: {error!r}"
    return ""


@pytest.mark.parametrize("name", TABLES)
def test_every_name_of_the_table_exists(name: str) -> None:
    problems = [problem for each in dict.fromkeys(_names(table(name))) if (problem := _problem(each))]
    assert problems == []


def test_methods_of_clients_of_boto3_are_operations_of_its_services() -> None:
    pytest.importorskip("botocore")
    session = importlib.import_module("botocore.session").get_session()
    spelled = importlib.import_module("botocore").xform_name
    known = {spelled(each) for service in _OPERATIONS for each in session.get_service_model(service).operation_names}
    prefix = "botocore.client.BaseClient."
    named = {each.removeprefix(prefix) for each in _names(table("blocking")) if each.startswith(prefix)}
    assert named - known - _INJECTED == set()
    assert named


def _callables() -> Iterator[tuple[str, Any]]:
    for name in dict.fromkeys(
        each for entry in table("blocking")["calls"] for each in _of_table({**entry, "alternative": ""})
    ):
        is_known = blocking(name) is not None and name not in ELSEWHERE and not _is_missing(name)
        if is_known and not name.startswith("botocore.client.BaseClient."):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield name, _found(name)


def test_calls_that_block_can_be_called_and_are_no_coroutine_functions() -> None:
    found = dict(_callables())
    assert [name for name, value in found.items() if not callable(value)] == []
    assert [name for name, value in found.items() if inspect.iscoroutinefunction(value)] == []
    assert len(found) > 300


def test_methods_that_take_the_place_of_those_of_stripe_exist() -> None:
    pytest.importorskip("stripe")
    named = [name for name, _ in _callables() if name.startswith("stripe.")]
    assert [each for each in named if _problem(f"{each}_async")] == []


@pytest.mark.parametrize("section", ["statement", "execution", "result", "loading"])
def test_methods_of_sqlalchemy_exist(section: str) -> None:
    pytest.importorskip("sqlalchemy")
    owners = {
        "statement": ["sqlalchemy.Select", "sqlalchemy.orm.Query"],
        "execution": ["sqlalchemy.orm.Session", "sqlalchemy.ext.asyncio.AsyncSession", "sqlmodel.Session"],
        "result": ["sqlalchemy.engine.Result", "sqlalchemy.engine.ScalarResult"],
        "loading": ["sqlalchemy.orm"],
    }[section]
    classes = [_found(each) for each in owners]
    methods = {method for methods in table("orm")[section].values() for method in methods}
    assert {each for each in methods if not any(hasattr(one, each) for one in classes)} == set()


_WITHOUT_SQL = {
    "psycopg2.extensions.connection": "its cursors run it",
    "pymysql.connections.Connection": "its cursors run it",
    "sqlalchemy.engine.Engine": "SQLAlchemy 1.4 has `execute`",
}


def test_what_runs_sql_has_a_method_of_the_table() -> None:
    known = table("sql")
    methods = {*known["methods"], *known["telling_methods"]}
    here = [each for each in known["receivers"] if not _is_missing(each) and each not in _WITHOUT_SQL]
    assert [each for each in here if methods.isdisjoint(dir(_found(each)))] == []


def test_pydantic_has_the_old_methods_and_what_replaces_them() -> None:
    model = pytest.importorskip("pydantic").BaseModel
    known = {**table("pydantic")["methods"], **table("pydantic")["attributes"]}
    classes: list[Any] = [type(model), *model.__mro__]
    static: set[str] = {name for each in classes for name in each.__dict__}
    assert known.keys() - static == set()
    assert {each["replacement"] for each in known.values()} - static == set()


def test_keywords_of_old_methods_of_pydantic_are_taken_by_the_new_ones() -> None:
    model = pytest.importorskip("pydantic").BaseModel
    for name, entry in table("pydantic")["methods"].items():
        taken = inspect.signature(getattr(model, entry["replacement"])).parameters
        assert name == "from_orm" or set(entry["keywords"]) <= {*taken, "*"}, name


def test_strings_have_the_methods_of_the_table() -> None:
    assert [each for each in table("builtins")["string_methods"] if not hasattr(str, each)] == []


def test_classes_have_the_bases_of_the_table() -> None:
    wrong: list[str] = []
    for name, bases in table("libraries")["bases"].items():
        if name in ELSEWHERE or _is_missing(name):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wrong += [f"{name}: {base}" for base in bases if not issubclass(_found(name), _found(base))]
    assert wrong == ["sqlalchemy.orm.scoped_session: sqlalchemy.orm.Session"]  # a proxy, with the methods of one
