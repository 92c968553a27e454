"""What coldkeys and subnets may say about themselves."""

import pytest

from taonet.frame.origin import Signed
from taonet.pallets.subtensor.errors import (
    HotKeyNotRegisteredInNetwork,
    InvalidIdentity,
    NotSubnetOwner,
)
from taonet.pallets.subtensor.events.accounts import ChainIdentitySet
from taonet.pallets.subtensor.events.networks import SubnetIdentitySet
from taonet.pallets.subtensor.types import ChainIdentityV2, SubnetIdentityV3
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

COLD = account("miner cold")
TEXTS = (b"name", b"url", b"github", b"image", b"discord", b"description", b"additional")
SUBNET_TEXTS = (b"name", b"github", b"mail", b"url", b"discord", b"words", b"logo", b"more")


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.add_subnet()
    chain.register("miner")
    return chain


def test_a_coldkey_with_a_neuron_has_an_identity(chain: Chain) -> None:
    chain.subtensor.identities.set_identity(Signed(COLD), *TEXTS)

    assert chain.subtensor.accounts.identities_v2[COLD] == ChainIdentityV2(*TEXTS)
    assert chain.events(ChainIdentitySet) == [ChainIdentitySet(COLD)]


def test_a_coldkey_without_a_neuron_has_none(chain: Chain) -> None:
    call = chain.subtensor.identities.set_identity
    refuse(chain, HotKeyNotRegisteredInNetwork, call, Signed(account("nobody")), *TEXTS)


@pytest.mark.parametrize(("place", "limit"), [(0, 256), (2, 256), (3, 1024), (6, 1024)])
def test_texts_of_an_identity_have_limits(chain: Chain, place: int, limit: int) -> None:
    call = chain.subtensor.identities.set_identity
    texts = [b""] * 7
    texts[place] = bytes(limit)
    call(Signed(COLD), *texts)
    texts[place] += b"."
    refuse(chain, InvalidIdentity, call, Signed(COLD), *texts)


def test_an_owner_describes_its_subnet(chain: Chain) -> None:
    call = chain.subtensor.identities.set_subnet_identity
    call(Signed(account("owner")), NETUID, *SUBNET_TEXTS)

    identities = chain.subtensor.networks.subnet_identities_v3
    assert identities[NETUID] == SubnetIdentityV3(*SUBNET_TEXTS)
    assert chain.events(SubnetIdentitySet) == [SubnetIdentitySet(NETUID)]
    refuse(chain, NotSubnetOwner, call, Signed(COLD), NETUID, *SUBNET_TEXTS)


@pytest.mark.parametrize(("place", "limit"), [(0, 256), (1, 1024), (4, 256), (6, 1024)])
def test_texts_of_a_subnet_have_limits(chain: Chain, place: int, limit: int) -> None:
    texts = [b""] * 8
    texts[place] = bytes(limit + 1)
    call = chain.subtensor.identities.set_subnet_identity
    refuse(chain, InvalidIdentity, call, Signed(account("owner")), NETUID, *texts)
