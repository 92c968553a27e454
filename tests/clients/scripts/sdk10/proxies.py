"""Let one wallet act for another, at once and after an announcement, with `Subtensor`."""
# mypy: ignore-errors

import bittensor.core.extrinsics.pallets as pallets
from session import ENDPOINT, answer, bt, done, wallet_of

chain = bt.Subtensor(network=ENDPOINT)
alice, helper = wallet_of("alice", "//Alice"), wallet_of("helper")
real, delegate = alice.coldkeypub.ss58_address, helper.coldkeypub.ss58_address
done(chain.transfer(alice, delegate, bt.Balance.from_tao(10)))


def transfer(rao):
    return pallets.Balances(chain).transfer_keep_alive(dest=delegate, value=rao)


added = done(chain.add_proxy(alice, delegate, "SmallTransfer", 0))
proxies, deposit = chain.get_proxies_for_real_account(real)
acted = done(chain.proxy(helper, real, None, transfer(400_000_000)))
done(chain.remove_proxy(alice, delegate, "SmallTransfer", 0))

done(chain.add_proxy(alice, delegate, "Transfer", 1))
call = transfer(2_000_000_000)
call_hash = "0x" + call.call_hash.hex()
done(chain.announce_proxy(helper, real, call_hash))
announcements = chain.get_proxy_announcement(delegate)
done(chain.proxy_announced(helper, delegate, real, None, call))
done(chain.remove_proxies(alice))

created = done(chain.create_pure_proxy(helper, "Any", 0, 0))
answer(
    real=real,
    delegate=delegate,
    proxies=[[p.delegate, p.proxy_type, p.delay] for p in proxies],
    deposit=deposit.rao,
    acted=acted,
    announced=[[a.real, a.call_hash] for a in announcements],
    call_hash=call_hash,
    left=len(chain.get_proxies_for_real_account(real)[0]),
    created=created,
    constants=chain.get_proxy_constants().to_dict(),
    types=[[t.index, t.name, t.deprecated] for t in chain.get_proxy_types()],
    filters={f.name: f.filter_mode for f in chain.get_proxy_filter()},
)
