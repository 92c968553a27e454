"""Plan a transfer, send it, and look at both balances around its block."""
# mypy: ignore-errors

import bittensor as bt
from session import ENDPOINT, GIVEN, alice, answer, done, new_wallet

with bt.Subtensor(ENDPOINT) as chain:
    sender, receiver = alice(), new_wallet("receiver").coldkeypub.ss58_address
    intent = bt.Transfer(dest_ss58=receiver, amount_tao=bt.tao(GIVEN["amount_tao"]))
    plan = chain.plan(intent, sender)
    before = chain.balances.get(sender.coldkeypub.ss58_address).rao
    result = chain.execute(intent, sender)
    answer(
        receiver=receiver,
        quoted_fee=plan.fee.rao,
        before=before,
        after=chain.balances.get(sender.coldkeypub.ss58_address).rao,
        received=chain.balances.get(receiver).rao,
        events=[str(event) for event in result.events],
        **done(result),
    )
