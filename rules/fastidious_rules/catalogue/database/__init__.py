"""Queries: how many, how large, how they are built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.catalogue.database.count_by_loading_rows import CountByLoadingRows
from fastidious_rules.catalogue.database.expired_attribute_after_commit import ExpiredAttributeAfterCommit
from fastidious_rules.catalogue.database.joined_collection_without_unique import JoinedCollectionWithoutUnique
from fastidious_rules.catalogue.database.lazy_load_in_async import LazyLoadInAsync
from fastidious_rules.catalogue.database.missing_pagination import MissingPagination
from fastidious_rules.catalogue.database.n_plus_one_in_response_model import NPlusOneInResponseModel
from fastidious_rules.catalogue.database.n_plus_one_relationship import NPlusOneRelationship
from fastidious_rules.catalogue.database.pagination_without_order_by import PaginationWithoutOrderBy
from fastidious_rules.catalogue.database.python_operator_in_sql_filter import PythonOperatorInSqlFilter
from fastidious_rules.catalogue.database.query_in_loop import QueryInLoop
from fastidious_rules.catalogue.database.raw_string_execute import RawStringExecute
from fastidious_rules.catalogue.database.unbounded_page_size import UnboundedPageSize

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (
    CountByLoadingRows,
    ExpiredAttributeAfterCommit,
    JoinedCollectionWithoutUnique,
    LazyLoadInAsync,
    MissingPagination,
    NPlusOneInResponseModel,
    NPlusOneRelationship,
    PaginationWithoutOrderBy,
    PythonOperatorInSqlFilter,
    QueryInLoop,
    RawStringExecute,
    UnboundedPageSize,
)
