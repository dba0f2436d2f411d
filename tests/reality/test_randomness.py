"""What `weak-random` says about `random` and `secrets`, seen in them."""

from __future__ import annotations

import random
import secrets

from fastidious_rules.semantics.secrets.randomness import foreseeable

_STATE = 624


def test_every_function_of_the_table_and_every_twin_exists() -> None:
    for name, twin in foreseeable().items():
        owner = random.Random if name.startswith("random.Random.") else random
        assert callable(getattr(owner, name.rpartition(".")[2]))
        assert not twin or callable(getattr(secrets, twin.rpartition(".")[2]))


def test_all_that_follows_is_known_after_624_numbers() -> None:
    victim = random.Random(20261122)  # noqa: S311  the victim
    clone = random.Random()  # noqa: S311
    seen = tuple(_untempered(victim.getrandbits(32)) for _ in range(_STATE))
    clone.setstate((3, (*seen, _STATE), None))
    assert [clone.getrandbits(32) for _ in range(100)] == [victim.getrandbits(32) for _ in range(100)]


def test_secrets_has_a_source_with_all_functions_of_random() -> None:
    source = secrets.SystemRandom()
    assert isinstance(source, random.SystemRandom)
    for name in foreseeable():
        assert callable(getattr(source, name.rpartition(".")[2]))


def test_what_the_fix_draws_has_the_range_of_what_it_replaces() -> None:
    drawn = {1 + secrets.randbelow(3) for _ in range(200)}
    assert drawn == {1, 2, 3} == {random.randint(1, 3) for _ in range(200)}  # noqa: S311
    assert len(secrets.token_bytes(16)) == len(random.randbytes(16))  # noqa: S311
    assert secrets.randbits(8) < 2**8


def _untempered(value: int) -> int:
    """Return the word of the state of a Mersenne Twister that gave this number."""
    value = _undo_right(value, 18)
    value = _undo_left(value, 15, 0xEFC60000)
    value = _undo_left(value, 7, 0x9D2C5680)
    return _undo_right(value, 11)


def _undo_right(value: int, shift: int) -> int:
    result = value
    for _ in range(32 // shift + 1):
        result = value ^ (result >> shift)
    return result


def _undo_left(value: int, shift: int, mask: int) -> int:
    result = value
    for _ in range(32 // shift + 1):
        result = value ^ ((result << shift) & mask)
    return result & 0xFFFFFFFF
