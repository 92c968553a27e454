"""
Ethereum addresses of neurons.

The rules follow subtensor pallets/subtensor/src/tests/evm.rs; wallets' signatures are made by
eth-account.
"""

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct

from taonet.frame.call import Call
from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Root, Signed
from taonet.pallets.subtensor.errors import (
    EvmKeyAssociateRateLimitExceeded,
    HotKeyNotRegisteredInSubNet,
    InvalidIdentity,
    InvalidRecoveredPublicKey,
    NonAssociatedColdKey,
)
from taonet.pallets.subtensor.events.accounts import EvmKeyAssociated
from taonet.pallets.subtensor.evm_keys import keccak_256, recovered_address
from taonet.pallets.subtensor.guards import CUSTOM_CODES
from taonet.pallets.subtensor.types import H160
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Uid
from taonet.runtime.pallets import CALLS
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

HOT = account("miner")
WHO = Signed(HOT)
WALLET = Account.from_key(bytes([7]) * 32)
ADDRESS = H160.from_hex(WALLET.address)


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.add_subnet()
    chain.register("miner")
    chain.system.number = 300
    return chain


def signed(hotkey: AccountId = HOT, block: int = 300) -> bytes:
    message = hotkey + keccak_256(block.to_bytes(8, "little"))
    return bytes(WALLET.sign_message(encode_defunct(message)).signature)


def associate(chain: Chain, who: Signed | Root, address: H160, block: int, proof: bytes) -> None:
    chain.subtensor.evm_keys.associate_evm_key(who, NETUID, address, block, proof)


def test_keccak_is_ethereums() -> None:
    """The hash of nothing, as Ethereum has it for accounts without code."""
    empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak_256(b"").hex() == empty


@pytest.mark.parametrize("block", [300, 7])
def test_an_address_belongs_to_a_neuron_by_its_signature(chain: Chain, block: int) -> None:
    associate(chain, WHO, ADDRESS, block, signed(block=block))

    stored = chain.subtensor.neurons.associated_evm_address[NETUID, Uid(0)]
    assert stored == (ADDRESS, 300)
    expected = EvmKeyAssociated(netuid=NETUID, hotkey=HOT, evm_key=ADDRESS, block_associated=300)
    assert chain.events(EvmKeyAssociated) == [expected]


def test_the_recovery_id_may_be_plain(chain: Chain) -> None:
    proof = signed()
    associate(chain, WHO, ADDRESS, 300, proof[:-1] + bytes([proof[-1] - 27]))


def test_another_keys_signature_is_refused(chain: Chain) -> None:
    error = InvalidRecoveredPublicKey
    refuse(chain, error, associate, chain, WHO, ADDRESS, 300, signed(account("other")))
    refuse(chain, error, associate, chain, WHO, ADDRESS, 301, signed())
    refuse(chain, error, associate, chain, WHO, H160.zero(), 300, signed())


@pytest.mark.parametrize("proof", [bytes(65), b"\xff" * 65, b"\x01" * 64 + b"\x05"])
def test_what_is_no_signature_is_refused(chain: Chain, proof: bytes) -> None:
    assert recovered_address(bytes(32), proof) is None
    refuse(chain, InvalidIdentity, associate, chain, WHO, ADDRESS, 300, proof)


def test_only_neurons_have_addresses(chain: Chain) -> None:
    stranger = Signed(account("stranger"))
    refuse(chain, NonAssociatedColdKey, associate, chain, stranger, ADDRESS, 1, signed())
    chain.own(account("cold"), account("stranger"))
    refuse(chain, HotKeyNotRegisteredInSubNet, associate, chain, stranger, ADDRESS, 1, signed())
    refuse(chain, BadOrigin, associate, chain, Root(), ADDRESS, 1, signed())


def test_addresses_change_not_too_often(chain: Chain) -> None:
    """Fast networks want one block between two changes."""
    associate(chain, WHO, ADDRESS, 300, signed())
    error = EvmKeyAssociateRateLimitExceeded
    refuse(chain, error, associate, chain, WHO, ADDRESS, 300, signed())
    arguments = (NETUID, ADDRESS, 300, signed())
    call = Call(*CALLS["SubtensorModule", "associate_evm_key"], arguments)
    refuse(chain, error, chain.subtensor.guards.check, HOT, call)
    assert CUSTOM_CODES[error] == 20
    chain.system.number = 301
    chain.subtensor.guards.check(HOT, call)
    associate(chain, WHO, ADDRESS, 300, signed())
