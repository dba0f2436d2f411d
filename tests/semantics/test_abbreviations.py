"""Abbreviations are told from words by what they stand for."""

from __future__ import annotations

import pytest

from fastidious_rules.semantics.abbreviations import initials_of, named_after, spelled_out


@pytest.mark.parametrize(
    ("name", "class_name", "full"),
    [
        ("u_repo", "UserRepository", "user_repository"),
        ("usr_rep", "UserRepository", "user_repository"),
        ("userRepo", "UserRepository", "user_repository"),
        ("_cust_repo", "CustomerRepository", "_customer_repository"),
        ("users_repo", "UsersRepository", "users_repository"),
        ("order_svc", "SqlOrderService", "order_service"),
        ("user_repository", "UserRepository", ""),
        ("repository", "UserRepository", ""),
        ("repo", "UserRepository", ""),
        ("db_session", "DatabaseSession", ""),
        ("user_in", "UserInput", ""),
        ("current_user", "User", ""),
    ],
)
def test_name_is_spelled_out_after_a_class(name: str, class_name: str, full: str) -> None:
    assert named_after(name, class_name) == full


@pytest.mark.parametrize(("name", "full"), [("ur", "user_repository"), ("us", ""), ("u", "")])
def test_initials_stand_for_the_words_of_a_class(name: str, full: str) -> None:
    assert initials_of(name, "UserRepository") == full


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("order_qty", "order_quantity"),
        ("qty", ""),
        ("user_repo", ""),
        ("known_repo", "known_repository"),
        ("total", ""),
    ],
)
def test_dictionary_is_for_names_of_several_words(name: str, full: str) -> None:
    assert spelled_out(name, lambda each: each == "KnownRepository") == full
