"""Share pools: nobody gains by another's move, and the odd corners are the chain's."""

from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.economy.safe_float import SafeFloat
from taonet.economy.share_pool import SharePool

BUDGET = settings(max_examples=60, deadline=None)

operations = st.lists(
    st.tuples(
        st.sampled_from(["deposit", "withdraw", "reward"]),
        st.integers(0, 3),
        st.integers(1, 10**15),
    ),
    max_size=30,
)


@BUDGET
@given(operations)
def test_values_never_exceed_what_is_shared_by_more_than_one(
    operations: list[tuple[str, int, int]],
) -> None:
    """In the honest range: nobody withdraws more than they have, and rewards are not taken back."""
    pool, shares = SharePool(), dict[int, SafeFloat]()
    for operation, holder, amount in operations:
        share = shares.get(holder, SafeFloat())
        delta = amount if operation == "deposit" else -min(amount, pool.value_of(share))
        if operation == "reward":
            if pool.shared_value:
                pool = pool.update_all(amount)
        elif delta and pool.would_change_shares(delta):
            pool, shares[holder] = pool.update_one(share, delta)

        assert sum(pool.value_of(share) for share in shares.values()) <= pool.shared_value + 1


def test_a_reward_goes_to_all_in_proportion() -> None:
    pool, alice = SharePool().update_one(SafeFloat(), 300)
    pool, bob = pool.update_one(SafeFloat(), 100)
    pool = pool.update_all(40)

    assert (pool.value_of(alice), pool.value_of(bob), pool.shared_value) == (330, 110, 440)


def test_a_pool_with_shares_but_no_value_issues_none() -> None:
    """Odd 6."""
    pool, share = SharePool().update_one(SafeFloat(), -2)

    assert pool == SharePool(0, share)
    assert not pool.would_change_shares(5)
    assert pool.update_one(share, 5) == (SharePool(5, share), share)


def test_withdrawing_too_much_takes_it_off_the_denominator() -> None:
    """Odd 6."""
    pool, alice = SharePool().update_one(SafeFloat(), 100)
    pool, bob = pool.update_one(SafeFloat(), 100)
    pool, alice = pool.update_one(alice, -150)

    assert alice == SafeFloat()
    assert pool.value_of(bob) == 100
    assert pool.shared_value == 50
