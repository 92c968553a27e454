"""What wallets are told of the kinds of proxies."""

from taonet.runtime.pallets import CALLS
from tests.runtime.runtime_apis.small_chain import SmallChain

TRAIT = "ProxyFilterRuntimeApi"


def text(told: object) -> str:
    """The text of bytes, however a client shows them."""
    if isinstance(told, str):
        return bytes.fromhex(told[2:]).decode() if told.startswith("0x") else told
    assert isinstance(told, bytes | list | tuple)
    return bytes(told).decode()


def test_kinds_have_numbers_and_names(chain: SmallChain) -> None:
    told = chain.ask(TRAIT, "get_proxy_types")
    names = [text(kind["name"]) for kind in told]
    assert [kind["index"] for kind in told] == list(range(18))
    assert names[:4] == ["Any", "Owner", "NonCritical", "NonTransfer"]
    assert names[14:] == [
        "SudoUncheckedSetCode",
        "SwapHotkey",
        "SubnetLeaseBeneficiary",
        "RootClaim",
    ]
    old = [text(kind["name"]) for kind in told if kind["deprecated"]]
    assert old == ["Senate", "Triumvirate", "Governance", "RootWeights"]


def test_a_filter_says_what_a_kind_may_do(chain: SmallChain) -> None:
    (small,) = chain.ask(TRAIT, "get_proxy_filter", 11)
    assert text(small["name"]) == "SmallTransfer"
    assert small["filter_mode"] == "Allow"
    first, _, third = small["calls"]
    assert (text(first["pallet_name"]), first["pallet_index"]) == ("Balances", 5)
    assert (text(first["call_name"]), first["call_index"]) == ("transfer_keep_alive", 3)
    (limit,) = third["condition"].values()
    assert text(limit["param_name"]) == "alpha_amount"
    assert limit["limit"] == 500_000_000
    (owner,) = chain.ask(TRAIT, "get_proxy_filter", 1)
    everything = owner["calls"][0]
    assert everything["pallet_index"] == 19
    assert everything["call_name"] is everything["call_index"] is None
    assert [text(call["call_name"]) for call in owner["exceptions"]] == [
        "sudo_set_sn_owner_hotkey",
        "sudo_set_subnet_owner_hotkey",
    ]
    (code,) = chain.ask(TRAIT, "get_proxy_filter", 14)
    (inner,) = code["calls"][0]["condition"].values()
    assert text(inner["pallet_name"]) == "System"
    assert text(inner["call_name"]) == "set_code"


def test_all_filters_are_told_or_none(chain: SmallChain) -> None:
    told = chain.ask(TRAIT, "get_proxy_filter", None)
    assert sorted(each["proxy_type"] for each in told) == list(range(18))
    assert chain.ask(TRAIT, "get_proxy_filter", 18) == []
    indices = {(index, spec.index) for spec, _, index in CALLS.values()}
    for each in told:
        for call in each["calls"]:
            if call["call_index"] is not None:
                assert (call["pallet_index"], call["call_index"]) in indices
