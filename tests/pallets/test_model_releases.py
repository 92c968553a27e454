"""Releases of models, by the owners of subnets."""

import pytest

from taonet.frame.call import Call
from taonet.frame.dispatch_error import BadOrigin, DispatchError
from taonet.frame.origin import Origin, Root, Signed
from taonet.pallets.model_releases import (
    Chosen,
    ModelReleases,
    NotTheOwner,
    Published,
    PublishedTooOften,
    UnknownRelease,
)
from taonet.primitives.units import NetUid
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, BOB, CHARLIE, Chain, call_of

NETUID = NetUid(9)
OWNER = Signed(ALICE.account)
OWNERS_HOTKEY = Signed(BOB.account)


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    networks = chain.runtime.subtensor.networks
    networks.networks_added[NETUID] = True
    networks.subnet_owner[NETUID] = ALICE.account
    networks.subnet_owner_hotkey[NETUID] = BOB.account
    chain.block()
    return chain


def releases(chain: Chain) -> ModelReleases:
    return chain.runtime.model_releases


def publish(chain: Chain, window: int, origin: Origin = OWNER) -> None:
    """Release the model of a training window, and check the books."""
    chain.runtime.apply(publication(window), origin)
    releases(chain).try_state()


def publication(window: int, netuid: NetUid = NETUID) -> Call:
    digests = (bytes([window % 256, kind]) * 16 for kind in range(3))
    return call_of("ModelReleases", "publish", netuid, window, b"llama-nano", *digests, 3_100_000)


def choose(chain: Chain, number: int, origin: Origin = OWNER) -> None:
    chain.runtime.apply(call_of("ModelReleases", "choose", NETUID, number), origin)
    releases(chain).try_state()


def refuse(chain: Chain, error: type[DispatchError], window: int, origin: Origin) -> None:
    refuses(chain.runtime, publication(window), origin, error)


def test_the_newest_release_is_served(chain: Chain) -> None:
    publish(chain, 10)
    chain.block()
    chain.block()
    publish(chain, 20, OWNERS_HOTKEY)
    kept = releases(chain)
    newest = kept.releases[NETUID, 1]
    assert kept.current[NETUID] == 1
    assert newest is not None
    assert (newest.window, newest.publisher, newest.loss) == (20, BOB.account, 3_100_000)
    assert newest.architecture == b"llama-nano"
    assert chain.runtime.state.events[-1].event == Published(NETUID, 1, newest.checkpoint)


def test_an_earlier_release_is_served_again_and_then_the_later_one(chain: Chain) -> None:
    publish(chain, 10)
    chain.block()
    chain.block()
    publish(chain, 20)
    choose(chain, 0, OWNERS_HOTKEY)
    assert releases(chain).current[NETUID] == 0
    assert chain.runtime.state.events[-1].event == Chosen(NETUID, 0)
    choose(chain, 1)
    assert releases(chain).current[NETUID] == 1


def test_only_the_owner_may(chain: Chain) -> None:
    refuse(chain, NotTheOwner, 1, Signed(CHARLIE.account))
    refuse(chain, BadOrigin, 1, Root())
    publish(chain, 1)
    choice = call_of("ModelReleases", "choose", NETUID, 0)
    refuses(chain.runtime, choice, Signed(CHARLIE.account), NotTheOwner)


def test_a_subnet_that_is_not_there_has_no_owner(chain: Chain) -> None:
    refuses(chain.runtime, publication(1, NetUid(77)), OWNER, NotTheOwner)


def test_releases_come_no_faster_than_the_interval(chain: Chain) -> None:
    publish(chain, 1)
    chain.block()
    refuse(chain, PublishedTooOften, 2, OWNER)
    chain.block()
    publish(chain, 2)


def test_what_was_never_released_cannot_be_served(chain: Chain) -> None:
    publish(chain, 1)
    refuses(chain.runtime, call_of("ModelReleases", "choose", NETUID, 1), OWNER, UnknownRelease)


def test_old_releases_are_dropped(chain: Chain) -> None:
    kept = releases(chain)
    for window in range(kept.releases_kept + 3):
        publish(chain, window)
        chain.runtime.system.number += 2
    assert kept.releases[NETUID, 2] is None
    assert kept.releases[NETUID, 3] is not None
    refuses(chain.runtime, call_of("ModelReleases", "choose", NETUID, 0), OWNER, UnknownRelease)


def test_a_subnet_that_ends_takes_its_releases_along(chain: Chain) -> None:
    publish(chain, 1)
    releases(chain).forget_subnet(NETUID)
    kept = releases(chain)
    assert not list(kept.releases.keys())
    assert kept.current[NETUID] is None
    assert kept.next_number[NETUID] == 0
