"""
Proxy: one account acts for another, or announces that it will.

What a proxy does, it does as the account that it acts for, held to its kind's filter wherever the
call leads. Its outcome is an event; the proxy's own transaction succeeds either way.

Source: subtensor pallets/proxy/src/lib.rs @ 14bc6f9.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final

from taonet.frame.call import RUNTIME_CALL, Call, Dispatcher, RuntimeCall
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.dispatch_outcome import DispatchResult, Err, Ok
from taonet.frame.multi_address import MultiAddress, lookup
from taonet.frame.origin import Origin, Signed, ensure_signed
from taonet.frame.pallet import Pallet, PostInfo, call, declared_errors, declared_events
from taonet.frame.state import State
from taonet.frame.weight import Pays, Weight, database_weight
from taonet.pallets.balances import Balances
from taonet.pallets.proxy import errors, events
from taonet.pallets.proxy.filters import ProxyFilter
from taonet.pallets.proxy.storage import PENDING_MAX, PROXIES_MAX, ProxyStorage
from taonet.pallets.proxy.types import Announcement, DepositKind, ProxyDefinition, ProxyType
from taonet.pallets.system import System
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import Rao
from taonet.scale.codec import Codecs, codec
from taonet.scale.types import U16, U32, CompactU32, option, type_of

OptionalProxyType = Annotated[ProxyType | None, option(type_of(ProxyType))]

_INNER_ACCOUNT: Final = database_weight(reads=1, writes=1)
_PENDING: Final = PENDING_MAX
_KEPT: Final = PROXIES_MAX

_PROXY: Final = (
    Weight(28_026_265 + 53_205 * _KEPT, 4254 + 37 * _KEPT)
    + database_weight(reads=3, writes=1)
    + _INNER_ACCOUNT
)
_PROXY_ANNOUNCED: Final = (
    Weight(53_234_507 + 228_831 * _PENDING + 54_037 * _KEPT, 8615 + 68 * _PENDING + 37 * _KEPT)
    + database_weight(reads=5, writes=3)
    + _INNER_ACCOUNT
)
_ANNOUNCE: Final = Weight(34_286_251 + 194_092 * _PENDING + 53_615 * _KEPT, 8615) + database_weight(
    reads=3, writes=2
)
_REMOVE_ANNOUNCEMENT: Final = Weight(
    25_595_226 + 205_163 * _PENDING + 40_277 * _KEPT, 8615
) + database_weight(reads=2, writes=2)
_REJECT_ANNOUNCEMENT: Final = Weight(
    26_388_332 + 199_703 * _PENDING + 17_846 * _KEPT, 8615
) + database_weight(reads=2, writes=2)


def _weight(base: int, each: int, *, writes: int = 1) -> Weight:
    """A call that reads and writes an account's proxies, of which there may be the most."""
    return Weight(base + each * PROXIES_MAX, 4254) + database_weight(reads=1, writes=writes)


def _nested(base: Weight, place: int) -> Callable[..., Weight]:
    def weigh(*arguments: Any) -> Weight:
        inner: Call = arguments[place]
        return base + inner.info().weight

    return weigh


class Proxy(Pallet, prefix="Proxy"):
    """Adds and removes proxies, and lets them act."""

    events = declared_events(events)
    errors = declared_errors(errors)

    def __init__(
        self,
        state: State,
        system: System,
        balances: Balances,
        dispatcher: Dispatcher,
        codecs: Codecs,
    ) -> None:
        super().__init__(state)
        self.kept = ProxyStorage(state)
        self._system = system
        self._balances = balances
        self._dispatcher = dispatcher
        self._codecs = codecs

    @call(
        index=0,
        weight=_nested(_PROXY, 2),
        pays=lambda _real, _kind, inner: inner.info().pays_fee,
    )
    def proxy(
        self,
        origin: Origin,
        real: MultiAddress,
        force_proxy_type: OptionalProxyType,
        call: RuntimeCall,
    ) -> None:
        """
        Make a call for an account that you are a proxy of. With a type given, as the proxy of
        that type; else as the first one found. A proxy with a delay has to announce its calls.
        """
        who = ensure_signed(origin)
        account = lookup(real)
        definition = self.find(account, who, force_proxy_type)
        if definition.delay:
            raise errors.Unannounced
        self._act(definition, account, call)

    @call(index=1, weight=_weight(25_770_804, 80_892))
    def add_proxy(
        self, origin: Origin, delegate: MultiAddress, proxy_type: ProxyType, delay: U32
    ) -> None:
        """
        Let another account act for yours, within what the type allows, and `delay` blocks after
        it has announced to. A deposit is reserved until you remove it.
        """
        self.add(ensure_signed(origin), lookup(delegate), proxy_type, delay)

    @call(index=2, weight=_weight(27_827_049, 64_054, writes=2))
    def remove_proxy(
        self, origin: Origin, delegate: MultiAddress, proxy_type: ProxyType, delay: U32
    ) -> None:
        """Let another account act for yours no more, as the proxy that was added just so."""
        self.remove(ensure_signed(origin), lookup(delegate), proxy_type, delay)

    @call(index=3, weight=_weight(27_407_028, 55_808))
    def remove_proxies(self, origin: Origin) -> None:
        """
        Remove all proxies of your account. A pure account that does so is lost, with all it has.
        """
        who = ensure_signed(origin)
        _, deposit = self.kept.proxies[who]
        del self.kept.proxies[who]
        self._balances.unreserve(who, deposit)
        self.kept.real_pays_fee.clear(who)

    @call(index=4, weight=_weight(27_853_436, 20_160))
    def create_pure(self, origin: Origin, proxy_type: ProxyType, delay: U32, index: U16) -> None:
        """
        Create an account that has no key, with you as its proxy. `index` tells apart several that
        one transaction creates. The event names the account; kill_pure asks where it was created.
        """
        who = ensure_signed(origin)
        pure = self._pure(who, proxy_type, index, self._now())
        if pure in self.kept.proxies:
            raise errors.Duplicate
        deposit = self.kept.proxies_deposit(1)
        self._balances.reserve(who, deposit)
        self.kept.proxies[pure] = ((ProxyDefinition(who, proxy_type, delay),), deposit)
        self.deposit_event(
            events.PureCreated(
                pure=pure, who=who, proxy_type=proxy_type, disambiguation_index=index
            )
        )

    @call(index=5, weight=_weight(26_529_087, 48_014))
    def kill_pure(
        self,
        origin: Origin,
        spawner: MultiAddress,
        proxy_type: ProxyType,
        index: U16,
        height: CompactU32,
        ext_index: CompactU32,
    ) -> None:
        """
        Remove a pure account: made by the account itself, through its proxy. Whatever it still
        holds is lost. Who, what and where has to be as it was at its creation.
        """
        who = ensure_signed(origin)
        creator = lookup(spawner)
        if self._pure(creator, proxy_type, index, (height, ext_index)) != who:
            raise errors.NoPermission
        _, deposit = self.kept.proxies[who]
        del self.kept.proxies[who]
        self._balances.unreserve(creator, deposit)
        self.deposit_event(
            events.PureKilled(
                pure=who, spawner=creator, proxy_type=proxy_type, disambiguation_index=index
            )
        )

    @call(index=6, weight=_ANNOUNCE)
    def announce(self, origin: Origin, real: MultiAddress, call_hash: H256) -> None:
        """
        Announce a call, by its hash, that you will make for an account you are a proxy of. A
        deposit is reserved until the call is made, or the announcement removed or rejected.
        """
        who = ensure_signed(origin)
        account = lookup(real)
        self.find(account, who, None)
        pending, deposit = self.kept.announcements[who]
        if len(pending) >= self.kept.max_pending:
            raise errors.TooMany
        announced = (*pending, Announcement(account, call_hash, self._system.number))
        needed = self.kept.announcements_deposit(len(announced))
        self._settle(who, deposit, needed)
        self.kept.announcements[who] = (announced, needed)
        self.deposit_event(events.Announced(real=account, proxy=who, call_hash=call_hash))

    @call(index=7, weight=_REMOVE_ANNOUNCEMENT)
    def remove_announcement(self, origin: Origin, real: MultiAddress, call_hash: H256) -> None:
        """Take back an announcement of yours; its deposit is returned."""
        who = ensure_signed(origin)
        account = lookup(real)
        self._withdraw(who, lambda a: a.real == account and a.call_hash == call_hash)

    @call(index=8, weight=_REJECT_ANNOUNCEMENT)
    def reject_announcement(self, origin: Origin, delegate: MultiAddress, call_hash: H256) -> None:
        """Reject what a proxy of yours has announced; its deposit is returned to it."""
        who = ensure_signed(origin)
        self._withdraw(lookup(delegate), lambda a: a.real == who and a.call_hash == call_hash)

    @call(index=9, weight=_nested(_PROXY_ANNOUNCED, 3))
    def proxy_announced(
        self,
        origin: Origin,
        delegate: MultiAddress,
        real: MultiAddress,
        force_proxy_type: OptionalProxyType,
        call: RuntimeCall,
    ) -> None:
        """
        Make a call that a proxy announced, once its delay has passed; anyone may. The announcement
        is removed and its deposit returned.
        """
        ensure_signed(origin)
        proxy, account = lookup(delegate), lookup(real)
        definition = self.find(account, proxy, force_proxy_type)
        call_hash = H256(blake2_256(self._codecs.of(RUNTIME_CALL).encode(call)))
        now = self._system.number
        try:
            self._withdraw(
                proxy,
                lambda a: (
                    a.real == account
                    and a.call_hash == call_hash
                    and max(now - a.height, 0) >= definition.delay
                ),
            )
        except errors.NotFound:
            raise errors.Unannounced from None
        self._act(definition, account, call)

    @call(index=10, weight=Weight(46_757_000, 8615) + database_weight(reads=3, writes=3))
    def poke_deposit(self, origin: Origin) -> PostInfo:
        """
        Bring your deposits for proxies and announcements up to date; free if one of them changes.
        """
        who = ensure_signed(origin)
        changed = self._poke_proxies(who)
        changed = self._poke_announcements(who) or changed
        return PostInfo(pays=Pays.NO if changed else Pays.YES)

    @call(index=11, weight=_weight(14_259_931, 42_799))
    def set_real_pays_fee(
        self,
        origin: Origin,
        delegate: MultiAddress,
        pays_fee: bool,  # noqa: FBT001
    ) -> None:
        """Say whether your account pays the fees of what a proxy of yours does for it."""
        real = ensure_signed(origin)
        proxy = lookup(delegate)
        self.find(real, proxy, None)
        self.kept.real_pays_fee[real, proxy] = () if pays_fee else None
        self.deposit_event(events.RealPaysFeeSet(real=real, delegate=proxy, pays_fee=pays_fee))

    def on_finalize(self, number: int) -> None:  # noqa: ARG002
        """Results are for the rest of the block only."""
        self.kept.last_call_result.clear()

    def find(self, real: AccountId, delegate: AccountId, kind: ProxyType | None) -> ProxyDefinition:
        """The first proxy of an account by who it is, and its kind if given; raises `NotProxy`."""
        for definition in self.kept.proxies[real][0]:
            if definition.delegate == delegate and kind in (None, definition.proxy_type):
                return definition
        raise errors.NotProxy

    def pays_fee(self, real: AccountId, delegate: AccountId) -> bool:
        """Whether an account pays the fees of a proxy of its."""
        return (real, delegate) in self.kept.real_pays_fee

    def add(
        self, delegator: AccountId, delegate: AccountId, proxy_type: ProxyType, delay: int
    ) -> None:
        """Add a proxy and reserve for it; raises `NoSelfProxy`, `Duplicate`, `TooMany`."""
        if delegator == delegate:
            raise errors.NoSelfProxy
        proxies, deposit = self.kept.proxies[delegator]
        definition = ProxyDefinition(delegate, proxy_type, delay)
        if definition in proxies:
            raise errors.Duplicate
        if len(proxies) >= self.kept.max_proxies:
            raise errors.TooMany
        self._keep(delegator, (*proxies, definition), deposit)
        self.deposit_event(
            events.ProxyAdded(
                delegator=delegator, delegatee=delegate, proxy_type=proxy_type, delay=delay
            )
        )

    def remove(
        self, delegator: AccountId, delegate: AccountId, proxy_type: ProxyType, delay: int
    ) -> None:
        """Remove a proxy and free what was reserved for it; raises `NotFound`."""
        proxies, deposit = self.kept.proxies[delegator]
        definition = ProxyDefinition(delegate, proxy_type, delay)
        if definition not in proxies:
            raise errors.NotFound
        self._keep(delegator, tuple(p for p in proxies if p != definition), deposit)
        del self.kept.real_pays_fee[delegator, delegate]
        self.deposit_event(
            events.ProxyRemoved(
                delegator=delegator, delegatee=delegate, proxy_type=proxy_type, delay=delay
            )
        )

    def _act(self, definition: ProxyDefinition, real: AccountId, inner: Call) -> None:
        """Make a call as `real`, freshly authenticated and held to what the proxy may do."""
        # What held the proxy itself does not hold the account that it acts for.
        origin = Signed(real).narrowed(ProxyFilter(definition))
        result: DispatchResult = Ok()
        try:
            self._dispatcher.apply(inner, origin)
        except DispatchError as error:
            result = Err(self._dispatcher.failure_of(error))
        self.kept.last_call_result[real] = result
        self.deposit_event(events.ProxyExecuted(result=result))

    def _now(self) -> tuple[int, int]:
        return self._system.number, self.state.extrinsic or 0

    def _pure(
        self, who: AccountId, proxy_type: ProxyType, index: int, when: tuple[int, int]
    ) -> AccountId:
        height, extrinsic = when
        entropy = (
            b"modlpy/proxy____"
            + who
            + height.to_bytes(4, "little")
            + extrinsic.to_bytes(4, "little")
            + codec(type_of(ProxyType)).encode(proxy_type)
            + index.to_bytes(2, "little")
        )
        return AccountId(blake2_256(entropy))

    def _keep(self, who: AccountId, proxies: tuple[ProxyDefinition, ...], deposit: Rao) -> None:
        needed = self.kept.proxies_deposit(len(proxies))
        self._settle(who, deposit, needed)
        if proxies:
            self.kept.proxies[who] = (tuple(sorted(proxies, key=lambda p: p.rank)), needed)
        else:
            del self.kept.proxies[who]

    def _withdraw(self, delegate: AccountId, picks: Callable[[Announcement], bool]) -> None:
        """Remove the announcements that are picked; raises `NotFound` if none is."""
        pending, deposit = self.kept.announcements[delegate]
        left = tuple(announcement for announcement in pending if not picks(announcement))
        if len(left) == len(pending):
            raise errors.NotFound
        needed = self.kept.announcements_deposit(len(left))
        self._settle(delegate, deposit, needed)
        if left:
            self.kept.announcements[delegate] = (left, needed)
        else:
            del self.kept.announcements[delegate]

    def _settle(self, who: AccountId, deposit: Rao, needed: Rao) -> None:
        """Reserve what is lacking, or free what is too much."""
        if needed > deposit:
            self._balances.reserve(who, needed - deposit)
        elif needed < deposit:
            self._balances.unreserve(who, deposit - needed)

    def _poke_proxies(self, who: AccountId) -> bool:
        if who not in self.kept.proxies:
            return False
        proxies, deposit = self.kept.proxies[who]
        needed = self.kept.proxies_deposit(len(proxies))
        self._keep(who, proxies, deposit)
        return self._poked(who, DepositKind.PROXIES, deposit, needed)

    def _poke_announcements(self, who: AccountId) -> bool:
        if who not in self.kept.announcements:
            return False
        pending, deposit = self.kept.announcements[who]
        needed = self.kept.announcements_deposit(len(pending))
        self._settle(who, deposit, needed)
        self.kept.announcements[who] = (pending, needed)
        return self._poked(who, DepositKind.ANNOUNCEMENTS, deposit, needed)

    def _poked(self, who: AccountId, kind: DepositKind, deposit: Rao, needed: Rao) -> bool:
        if deposit == needed:
            return False
        self.deposit_event(
            events.ProxyDepositPoked(who=who, kind=kind, old_deposit=deposit, new_deposit=needed)
        )
        return True
