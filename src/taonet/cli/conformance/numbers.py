"""Adapters of the kinds that exercise a number or a formula alone."""

from typing import Any

from taonet.cli.conformance.cases import Case
from taonet.economy.bigmath import pow_ratio_scaled
from taonet.economy.block_emission import block_emission
from taonet.economy.safe_float import SafeFloat
from taonet.economy.share_pool import SharePool
from taonet.primitives.fixed_point import U64F64
from taonet.primitives.units import Rao


def emission(case: Case) -> dict[str, Any]:
    """`block_emission`: the mint of a block from the issuance."""
    return {"emission_rao": int(block_emission(Rao(case["issuance_rao"])))}


def pow_ratio(case: Case) -> dict[str, Any]:
    """`pow_ratio`: fractional powers."""
    result = pow_ratio_scaled(
        (case["base_numerator"], case["base_denominator"]),
        (case["exponent_numerator"], case["exponent_denominator"]),
        case["precision_bits"],
        case["scale"],
    )
    return {"result": result}


def _as_pair(number: SafeFloat | None) -> list[int] | None:
    return None if number is None else [number.mantissa, number.exponent]


def safe_float(case: Case) -> dict[str, Any]:
    """`safe_float`: one operation on decimal floats, `[mantissa, exponent]` each."""
    operands = [SafeFloat(*case[name]) for name in ("a", "b", "c") if name in case]
    match case["op"]:
        case "new":
            return {"result": _as_pair(SafeFloat.new(case["mantissa"], case["exponent"]))}
        case "from_u64f64":
            return {"result": _as_pair(SafeFloat.from_u64f64(U64F64(case["bits"])))}
        case "gt":
            return {"result": operands[0].exceeds(operands[1])}
        case "to_u64":
            return {"result": operands[0].to_u64()}
        case operation:
            return {"result": _as_pair(getattr(operands[0], operation)(*operands[1:]))}


def share_pool(case: Case) -> dict[str, Any]:
    """`share_pool`: deposits, withdrawals and rewards of one pool, with snapshots."""
    initial = case["initial"]
    pool, shares = SharePool(), dict[int, SafeFloat]()
    if initial is not None:
        pool = SharePool(initial["shared_value"], SafeFloat(*initial["denominator"]))
        shares = {holder: SafeFloat(*share) for holder, share in initial["shares"]}
    snapshots = []
    for done, (operation, *arguments) in enumerate(case["ops"], start=1):
        accepted: bool | None = None
        if operation == "all":
            pool = pool.update_all(arguments[0])
        else:
            holder, delta = arguments
            accepted = pool.would_change_shares(delta)
            pool, shares[holder] = pool.update_one(shares.get(holder, SafeFloat()), delta)
        if done % case["snapshot_every"] == 0 or done == len(case["ops"]):
            snapshots.append({"after_op": done, "sim_ok": accepted, **_pool_fields(pool, shares)})
    return {"snapshots": snapshots}


def _pool_fields(pool: SharePool, shares: dict[int, SafeFloat]) -> dict[str, Any]:
    return {
        "shared_value": pool.shared_value,
        "denominator": _as_pair(pool.denominator),
        "holders": [
            [holder, _as_pair(share), pool.value_of(share)]
            for holder, share in sorted(shares.items())
        ],
    }
