"""Ask for what cannot be, and say how the client understood the refusal."""
# mypy: ignore-errors

import bittensor as bt
from session import ENDPOINT, alice, answer, new_wallet


def refusal(act):
    """The name of the error, and its code if the client knows one."""
    try:
        result = act()
    except bt.BittensorError as error:
        return {"kind": type(error).__name__, "text": str(error)}
    if result.success:
        return None
    return {
        "kind": type(result.error).__name__,
        "text": result.message,
        **(result.error.to_dict() if result.error else {}),
    }


with bt.Subtensor(ENDPOINT) as chain:
    rich, poor = alice(), new_wallet("poor")
    stranger = poor.hotkey.ss58_address
    calls = bt.calls
    answer(
        block=chain.block,
        poor=poor.coldkeypub.ss58_address,
        too_poor=refusal(
            lambda: chain.execute(
                bt.Transfer(dest_ss58=rich.coldkeypub.ss58_address, amount_tao=bt.tao(1)), poor
            )
        ),
        too_much=refusal(
            lambda: chain.submit_call(
                calls.Balances.transfer_keep_alive(dest=poor.coldkeypub.ss58_address, value=10**18),
                rich,
            )
        ),
        not_root=refusal(
            lambda: chain.submit_call(calls.AdminUtils.sudo_set_tempo(netuid=1, tempo=5), rich)
        ),
        no_subnet=refusal(
            lambda: chain.submit_call(
                calls.SubtensorModule.burned_register(netuid=999, hotkey=stranger), rich
            )
        ),
        not_traded=refusal(
            lambda: chain.submit_call(
                calls.SubtensorModule.add_stake(hotkey=stranger, netuid=1, amount_staked=10**9),
                rich,
            )
        ),
    )
