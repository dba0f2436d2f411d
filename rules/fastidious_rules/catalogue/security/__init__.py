"""Holes that an attacker can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.catalogue.security.command_injection import CommandInjection
from fastidious_rules.catalogue.security.cors_middleware_order import CorsMiddlewareOrder
from fastidious_rules.catalogue.security.debug_enabled import DebugEnabled
from fastidious_rules.catalogue.security.dynamic_sort_column import DynamicSortColumn
from fastidious_rules.catalogue.security.exception_detail_leak import ExceptionDetailLeak
from fastidious_rules.catalogue.security.hardcoded_jwt_secret import HardcodedJwtSecret
from fastidious_rules.catalogue.security.hardcoded_secret import HardcodedSecret
from fastidious_rules.catalogue.security.insecure_cookie import InsecureCookie
from fastidious_rules.catalogue.security.jwt_expiration_not_required import JwtExpirationNotRequired
from fastidious_rules.catalogue.security.jwt_missing_algorithms import JwtMissingAlgorithms
from fastidious_rules.catalogue.security.jwt_naive_expiry import JwtNaiveExpiry
from fastidious_rules.catalogue.security.jwt_unverified_decode import JwtUnverifiedDecode
from fastidious_rules.catalogue.security.jwt_without_expiration import JwtWithoutExpiration
from fastidious_rules.catalogue.security.mass_assignment import MassAssignment
from fastidious_rules.catalogue.security.missing_auth_dependency import MissingAuthDependency
from fastidious_rules.catalogue.security.missing_rate_limit import MissingRateLimit
from fastidious_rules.catalogue.security.open_redirect import OpenRedirect
from fastidious_rules.catalogue.security.permissive_cors import PermissiveCors
from fastidious_rules.catalogue.security.rate_limit_decorator_order import RateLimitDecoratorOrder
from fastidious_rules.catalogue.security.rate_limit_missing_request import RateLimitMissingRequest
from fastidious_rules.catalogue.security.response_bypasses_model import ResponseBypassesModel
from fastidious_rules.catalogue.security.secret_in_log import SecretInLog
from fastidious_rules.catalogue.security.sensitive_field_in_response import SensitiveFieldInResponse
from fastidious_rules.catalogue.security.server_side_request_forgery import ServerSideRequestForgery
from fastidious_rules.catalogue.security.sql_injection import SqlInjection
from fastidious_rules.catalogue.security.timing_unsafe_comparison import TimingUnsafeComparison
from fastidious_rules.catalogue.security.unfiltered_entity_response import UnfilteredEntityResponse
from fastidious_rules.catalogue.security.unmaintained_auth_library import UnmaintainedAuthLibrary
from fastidious_rules.catalogue.security.unverified_tls import UnverifiedTls
from fastidious_rules.catalogue.security.weak_password_hash import WeakPasswordHash
from fastidious_rules.catalogue.security.weak_random import WeakRandom

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (
    CommandInjection,
    CorsMiddlewareOrder,
    DebugEnabled,
    DynamicSortColumn,
    ExceptionDetailLeak,
    HardcodedJwtSecret,
    HardcodedSecret,
    InsecureCookie,
    JwtExpirationNotRequired,
    JwtMissingAlgorithms,
    JwtNaiveExpiry,
    JwtUnverifiedDecode,
    JwtWithoutExpiration,
    MassAssignment,
    MissingAuthDependency,
    MissingRateLimit,
    OpenRedirect,
    PermissiveCors,
    RateLimitDecoratorOrder,
    RateLimitMissingRequest,
    ResponseBypassesModel,
    SecretInLog,
    SensitiveFieldInResponse,
    ServerSideRequestForgery,
    SqlInjection,
    TimingUnsafeComparison,
    UnfilteredEntityResponse,
    UnmaintainedAuthLibrary,
    UnverifiedTls,
    WeakPasswordHash,
    WeakRandom,
)
