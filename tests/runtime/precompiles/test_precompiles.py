"""The chain's own contracts, called by Ethereum's transactions and by other contracts."""

from typing import Any

import bittensor_core
import pytest
from eth_abi.abi import decode, encode

from taonet.pallets.admin_utils.events import PrecompileEnum
from taonet.pallets.evm.machine.calls import contract_address
from taonet.pallets.evm.types import mirror_account
from taonet.pallets.subtensor.evm_keys import keccak_256
from taonet.pallets.subtensor.types import H160
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Uid
from taonet.runtime.precompiles.registry import CONTRACTS
from taonet.runtime.runtime_apis.ethereum import CallOk, EthereumRuntimeRPCApi
from tests.runtime.chain import ALICE, BOB, Chain, call_of
from tests.runtime.ethereum_wallet import TAO, EthereumWallet, fund, open_to_all
from tests.runtime.small_contract import init_code, selector

WALLET, OTHER = EthereumWallet(1), EthereumWallet(2)
NETUID = 1
GAS = 5_000_000
TRANSFER, STAKING_V1, METAGRAPH, SUBNET, NEURON, STAKING, LOOKUP, ALPHA, MAPPING = (
    number.to_bytes(20, "big") for number in (2048, 2049, 2050, 2051, 2052, 2053, 2054, 2056, 2060)
)


def data(signature: str, *arguments: Any) -> bytes:
    """A call's input, by the field's own encoder."""
    inner = signature[signature.index("(") + 1 : -1]
    types = inner.split(",") if inner else []
    return keccak_256(signature.encode())[:4] + encode(types, arguments)


class Session:
    """A chain on which the wallet has TAO and subnet 1 trades."""

    def __init__(self) -> None:
        self.chain = Chain()
        self.runtime = self.chain.runtime
        self.nonce = 0
        self.runtime.subtensor.networks.subtoken_enabled[NetUid(NETUID)] = True
        fund(self.chain, WALLET.mirror, 100 * 10**9)

    def send(self, to: bytes, payload: bytes, *, value: int = 0, gas: int = GAS) -> bool:
        """A transaction of the wallet's in a block; whether it succeeded."""
        extrinsic = WALLET.extrinsic(
            self.chain, to=to, data=payload, value=value, gas=gas, nonce=self.nonce
        )
        self.nonce += 1
        assert self.chain.block(extrinsic) == [None]
        receipts = self.runtime.ethereum.current_receipts
        assert receipts is not None
        return receipts[0]._0.status_code == 1  # type: ignore[attr-defined, no-any-return]

    def ask(self, to: bytes, payload: bytes, *outputs: str, value: int = 0) -> Any:
        """What a call returns, decoded by the field's own decoder."""
        raw = self.raw(to, payload, value=value)
        values = decode(outputs, raw)
        return values[0] if len(values) == 1 else values

    def raw(self, to: bytes, payload: bytes, *, value: int = 0) -> bytes:
        """The bytes that a call returns."""
        info = self.result(to, payload, value=value)
        assert info.exit_reason.variant_index == 0, info
        return bytes(info.value)

    def result(self, to: bytes, payload: bytes, *, value: int = 0) -> Any:
        """How a call ends."""
        word = type(self.runtime.base_fee.base_fee_per_gas)
        made = EthereumRuntimeRPCApi(self.runtime).call(
            WALLET.address,
            H160(to),
            payload,
            word.of(value),
            word.of(GAS),
            None,
            None,
            None,
            False,
            None,
            None,
        )
        assert isinstance(made, CallOk)
        return made._0


@pytest.fixture
def session() -> Session:
    return Session()


def staked(session: Session, hotkey: AccountId, who: AccountId) -> int:
    """Stake as the pallet has it."""
    return int(session.runtime.subtensor.staking.pools.stake(hotkey, who, NetUid(NETUID)))


def a_neuron(session: Session) -> AccountId:
    """The hotkey of subnet 1's only neuron."""
    return session.runtime.subtensor.neurons.keys[NetUid(NETUID), Uid(0)]


def own_neuron(session: Session) -> AccountId:
    """Alice registers Bob as a hotkey of subnet 1."""
    call = call_of("SubtensorModule", "burned_register", NetUid(NETUID), BOB.account)
    assert session.chain.send(ALICE, call) is None
    return BOB.account


def test_selectors_are_those_of_the_published_abi() -> None:
    """Four that wallets and articles show."""
    known = {
        STAKING: {"1fc9b141": "addStake(bytes32,uint256,uint256)"},
        TRANSFER: {"cd6f4eb1": "transfer(bytes32)"},
    }
    by_address = {contract.address: contract for contract in CONTRACTS}
    for address, selectors in known.items():
        for digits, signature in selectors.items():
            assert by_address[address].methods[bytes.fromhex(digits)].signature == signature


def test_tao_goes_to_a_native_account(session: Session) -> None:
    before = session.chain.free(BOB)
    assert session.send(TRANSFER, data("transfer(bytes32)", bytes(BOB.account)), value=TAO)
    assert session.chain.free(BOB) == before + 10**9
    assert int(session.runtime.balances.free(mirror_account(TRANSFER))) == 0


def test_an_address_is_mapped_as_the_chain_does(session: Session) -> None:
    payload = data("addressMapping(address)", "0x" + WALLET.address.hex())
    assert session.ask(MAPPING, payload, "bytes32") == WALLET.mirror


def test_stake_is_added_read_and_removed(session: Session) -> None:
    hotkey = own_neuron(session)
    assert session.send(
        STAKING, data("addStake(bytes32,uint256,uint256)", bytes(hotkey), 10**10, NETUID)
    )
    stake = staked(session, hotkey, WALLET.mirror)
    assert stake > 0
    question = data("getStake(bytes32,bytes32,uint256)", bytes(hotkey), bytes(WALLET.mirror), 1)
    assert session.ask(STAKING, question, "uint256") == stake
    assert session.ask(STAKING_V1, question, "uint256") == stake * 10**9
    holders = data("getAlphaStakedValidators(bytes32,uint256)", bytes(hotkey), NETUID)
    assert bytes(WALLET.mirror) in session.ask(STAKING, holders, "bytes32[]")
    assert session.send(STAKING, data("removeStakeFull(bytes32,uint256)", bytes(hotkey), NETUID))
    assert staked(session, hotkey, WALLET.mirror) == 0
    session.runtime.try_state()


def test_the_older_staking_takes_what_comes_with_the_call(session: Session) -> None:
    hotkey = own_neuron(session)
    payload = data("addStake(bytes32,uint256)", bytes(hotkey), NETUID)
    assert session.send(STAKING_V1, payload, value=5 * TAO)
    assert staked(session, hotkey, WALLET.mirror) > 0
    assert int(session.runtime.balances.free(mirror_account(STAKING_V1))) == 0


def test_a_refused_dispatch_takes_all_gas_and_undoes_everything(session: Session) -> None:
    nobody = bytes([9]) * 32
    payload = data("addStake(bytes32,uint256,uint256)", nobody, 10**10, NETUID)
    info = session.result(STAKING, payload)
    assert info.exit_reason._0._0.startswith("dispatch execution failed: ")
    before = int(session.runtime.balances.free(WALLET.mirror))
    assert not session.send(STAKING, payload, gas=1_000_000)
    receipts = session.runtime.ethereum.current_receipts
    assert receipts is not None
    assert int(receipts[0]._0.used_gas) == 1_000_000  # type: ignore[attr-defined]
    assert int(session.runtime.balances.free(WALLET.mirror)) < before


def test_an_allowance_is_spent_by_whom_it_is_given_to(session: Session) -> None:
    hotkey = own_neuron(session)
    assert session.send(
        STAKING, data("addStake(bytes32,uint256,uint256)", bytes(hotkey), 10**10, NETUID)
    )
    spender = "0x" + OTHER.address.hex()
    assert session.send(STAKING, data("approve(address,uint256,uint256)", spender, NETUID, 500))
    assert session.send(
        STAKING, data("increaseAllowance(address,uint256,uint256)", spender, NETUID, 10**9)
    )
    own = "0x" + WALLET.address.hex()
    question = data("allowance(address,address,uint256)", own, spender, NETUID)
    assert session.ask(STAKING, question, "uint256") == 10**9 + 500

    fund(session.chain, OTHER.mirror, 10**10)
    take = "transferStakeFrom(address,address,bytes32,uint256,uint256,uint256)"
    moved = 10**9
    extrinsic = OTHER.extrinsic(
        session.chain,
        to=STAKING,
        data=data(take, own, spender, bytes(hotkey), NETUID, NETUID, moved),
        gas=GAS,
    )
    assert session.chain.block(extrinsic) == [None]
    assert staked(session, hotkey, OTHER.mirror) == pytest.approx(moved, abs=2)
    assert session.ask(STAKING, question, "uint256") == 500


def test_the_metagraph_is_read(session: Session) -> None:
    hotkey = own_neuron(session)
    assert session.ask(METAGRAPH, data("getUidCount(uint16)", NETUID), "uint16") == 2
    both = "(uint16,uint16)"
    assert session.ask(METAGRAPH, data(f"getHotkey{both}", NETUID, 1), "bytes32") == hotkey
    assert session.ask(METAGRAPH, data(f"getColdkey{both}", NETUID, 1), "bytes32") == ALICE.account
    assert session.ask(METAGRAPH, data(f"getIsActive{both}", NETUID, 1), "bool") is True
    axon = "(uint64,uint32,uint128,uint16,uint8,uint8)"
    assert session.ask(METAGRAPH, data(f"getAxon{both}", NETUID, 1), axon) == (0,) * 6
    absent = session.result(METAGRAPH, data(f"getHotkey{both}", NETUID, 9))
    assert type(absent.exit_reason._0).__name__ == "InvalidRange"


def test_a_neuron_is_registered_and_serves(session: Session) -> None:
    neurons, hotkey = session.runtime.subtensor.neurons, WALLET.mirror
    assert session.send(NEURON, data("burnedRegister(uint16,bytes32)", NETUID, bytes(hotkey)))
    assert session.runtime.subtensor.neuron_registry.uid(NetUid(NETUID), hotkey) == Uid(1)
    serve = "serveAxon(uint16,uint32,uint128,uint16,uint8,uint8,uint8,uint8)"
    public = 134_744_072
    assert session.send(NEURON, data(serve, NETUID, 1, public, 8080, 4, 4, 0, 0))
    axon = neurons.axons[NetUid(NETUID), hotkey]
    assert axon is not None
    assert (axon.ip, axon.port) == (public, 8080)


def test_a_subnet_is_founded_and_run_by_an_address(session: Session) -> None:
    fund(session.chain, WALLET.mirror, 5_000 * 10**9)
    # Else an owner of a fast network's subnet has one block in ten to change it.
    session.runtime.subtensor.global_parameters.admin_freeze_window = 0
    found = f"registerNetwork(bytes32{',string' * 8})"
    texts = [f"text {place}" for place in range(8)]
    assert session.send(SUBNET, data(found, bytes(WALLET.mirror), *texts), gas=20_000_000)
    netuid = NetUid(2)
    networks = session.runtime.subtensor.networks
    assert networks.subnet_owner[netuid] == WALLET.mirror
    identity = networks.subnet_identities_v3[netuid]
    assert identity is not None
    assert (identity.subnet_name, identity.logo_url) == (b"text 0", b"text 7")
    assert session.send(SUBNET, data("setServingRateLimit(uint16,uint64)", 2, 77))
    assert session.ask(SUBNET, data("getServingRateLimit(uint16)", 2), "uint64") == 77
    assert not session.send(SUBNET, data("setServingRateLimit(uint16,uint64)", NETUID, 77))


def test_every_reading_of_a_subnet_answers(session: Session) -> None:
    """Each view of one subnet, with what it reads in storage where that has the same name."""
    for contract in CONTRACTS:
        for method in contract.methods.values():
            if method.is_view and method.inputs == ("uint16",):
                raw = session.raw(contract.address, data(method.signature, NETUID))
                assert len(decode(list(method.outputs), raw)) == len(method.outputs)


def test_uids_are_found_by_their_address(session: Session) -> None:
    own_neuron(session)
    found = session.runtime.subtensor.neurons.associated_evm_address
    found[NetUid(NETUID), Uid(1)] = (OTHER.address, 7)
    payload = data("uidLookup(uint16,address,uint16)", NETUID, "0x" + OTHER.address.hex(), 10)
    assert session.ask(LOOKUP, payload, "(uint16,uint64)[]") == ((1, 7),)


def test_pools_and_prices_are_read(session: Session) -> None:
    pools = session.runtime.subtensor.pools
    tao = int(pools.subnet_tao[NetUid(NETUID)])
    assert session.ask(ALPHA, data("getTaoInPool(uint16)", NETUID), "uint64") == tao
    price = session.ask(ALPHA, data("getAlphaPrice(uint16)", NETUID), "uint256")
    alpha = int(pools.subnet_alpha_in[NetUid(NETUID)])
    assert price == pytest.approx(tao * 10**18 // alpha, rel=1e-6)
    bought = data("simSwapTaoForAlpha(uint16,uint64)", NETUID, 10**9)
    result = session.runtime.swap.simulate_buy(NetUid(NETUID), 10**9)  # type: ignore[arg-type]
    assert session.ask(ALPHA, bought, "uint256") == int(result.paid_out)


@pytest.mark.parametrize(
    ("address", "scheme"),
    [(1026, bittensor_core.CRYPTO_ED25519), (1027, bittensor_core.CRYPTO_SR25519)],
)
def test_native_signatures_are_verified(session: Session, address: int, scheme: int) -> None:
    pair = bittensor_core.Keypair.create_from_uri("//Alice", crypto_type=scheme)
    message = keccak_256(b"message")
    signature = bytes(pair.sign(message))
    to = address.to_bytes(20, "big")
    payload = b"\0\0\0\0" + message + bytes(pair.public_key) + signature
    assert int.from_bytes(session.raw(to, payload), "big") == 1
    wrong = b"\0\0\0\0" + keccak_256(b"another") + bytes(pair.public_key) + signature
    assert int.from_bytes(session.raw(to, wrong), "big") == 0
    assert session.result(to, payload[:100]).exit_reason.variant_index == 1


@pytest.mark.parametrize(
    ("payload", "value", "reason"),
    [
        (b"\x01\x02", 0, "Tried to read selector out of bounds"),
        (b"\x01\x02\x03\x04", 0, "Unknown selector"),
        (selector("getUidCount(uint16)"), 0, "Tried to read input out of bounds"),
        (selector("getUidCount(uint16)") + b"\xff" * 32, 0, "Value is too large for uint16"),
        (data("getUidCount(uint16)", 1), 10**9 * 500, "Function is not payable"),
    ],
)
def test_bad_input_reverts_with_a_reason(
    session: Session, payload: bytes, value: int, reason: str
) -> None:
    info = session.result(METAGRAPH, payload, value=value)
    assert info.exit_reason.variant_index == 2
    assert decode(["string"], bytes(info.value)[4:]) == (reason,)


def test_root_switches_a_precompile_off(session: Session) -> None:
    off = call_of("AdminUtils", "sudo_toggle_evm_precompile", PrecompileEnum.METAGRAPH, False)
    assert session.chain.send(ALICE, call_of("Sudo", "sudo", off)) is None
    info = session.result(METAGRAPH, data("getUidCount(uint16)", NETUID))
    assert info.exit_reason._0._0 == "Precompile Metagraph is disabled"


def forwarding(target: bytes, *, is_static: bool) -> bytes:
    """A contract that passes its input on, and returns what comes back."""
    copied = bytes.fromhex("365f5f37")
    areas, value = bytes.fromhex("5f5f365f"), b"" if is_static else b"\x5f"
    called = b"\x73" + target + (b"\x5a\xfa" if is_static else b"\x5a\xf1")
    return copied + areas + value + called + bytes.fromhex("3d5f5f3e3d5ff3")


@pytest.mark.parametrize("is_static", [False, True], ids=["call", "staticcall"])
def test_a_contract_stakes_by_a_call_but_not_by_one_that_may_change_nothing(
    session: Session,
    is_static: bool,
) -> None:
    open_to_all(session.chain)
    hotkey = own_neuron(session)
    code = forwarding(STAKING, is_static=is_static)
    made = contract_address(WALLET.address, 0)
    assert session.send(b"", init_code(code), gas=500_000)
    assert session.runtime.contracts.code(made) == code
    fund(session.chain, mirror_account(made), 2 * 10**10)

    payload = data("addStake(bytes32,uint256,uint256)", bytes(hotkey), 10**10, NETUID)
    assert session.send(made, payload)

    assert (staked(session, hotkey, mirror_account(made)) > 0) is not is_static
