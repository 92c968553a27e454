"""
TAO that subnets hold and the network issues, burns and recycles.

Two counts of all TAO exist: that of Balances and the module's own, which the emission follows.
Both move together here.

Source: subtensor pallets/subtensor/src/coinbase/tao.rs @ 14bc6f9.
"""

from taonet.economy.block_emission import TOTAL_SUPPLY
from taonet.pallets.balances import Balances
from taonet.pallets.balances_types import Preservation
from taonet.pallets.subtensor.errors import InsufficientBalance, SubnetNotExists
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, NetUid, Rao, saturating_sub


class Tao:
    """Moves TAO between coldkeys and subnets, and in and out of existence."""

    def __init__(self, storage: Storage, balances: Balances) -> None:
        self._storage = storage
        self._balances = balances

    def account_of(self, netuid: NetUid) -> AccountId:
        """The account that holds a subnet's TAO; raises `SubnetNotExists`."""
        if netuid != ROOT and netuid not in self._storage.networks.networks_added:
            raise SubnetNotExists
        return subnet_account(netuid)

    def balance(self, coldkey: AccountId) -> Rao:
        """All that a coldkey can spend, its account's end included."""
        return Rao(self._balances.reducible(coldkey, Preservation.EXPENDABLE))

    def balance_above_minimum(self, coldkey: AccountId) -> Rao:
        """What a coldkey can spend without ending its account."""
        return Rao(self._balances.reducible(coldkey, Preservation.PRESERVE))

    def issued_by_balances(self) -> Rao:
        """All TAO that accounts hold."""
        return self._balances.total_issuance

    def transfer(self, origin: AccountId, dest: AccountId, amount: Rao) -> None:
        """Transfer, even if the origin's account ends. Raises `InsufficientBalance`."""
        if amount > self.balance(origin):
            raise InsufficientBalance
        self._transfer_and_count_dust(origin, dest, amount)

    def transfer_all(self, origin: AccountId, dest: AccountId) -> None:
        """Transfer everything that can be spent; the origin's account may end."""
        amount = self.balance(origin)
        if amount:
            self._transfer_and_count_dust(origin, dest, amount)

    def transfer_to_subnet(self, netuid: NetUid, coldkey: AccountId, amount: Rao) -> Rao:
        """
        Move TAO to a subnet, at most what leaves the coldkey's account alive; how much it was.

        Raises `SubnetNotExists`, and `InsufficientBalance` if it would be nothing.
        """
        if not amount:
            return Rao(0)
        account = self.account_of(netuid)
        moved = min(amount, self.balance_above_minimum(coldkey))
        if not moved:
            raise InsufficientBalance
        self._balances.transfer(coldkey, account, moved, Preservation.PRESERVE)
        return moved

    def transfer_from_subnet(self, netuid: NetUid, coldkey: AccountId, amount: Rao) -> None:
        """Pay TAO out of a subnet."""
        self.transfer(self.account_of(netuid), coldkey, amount)

    def burn(self, coldkey: AccountId, amount: Rao) -> None:
        """Lose TAO for ever; it still counts as issued."""
        self.transfer(coldkey, self._storage.constants.burn_account_id.account(), amount)

    def recycle(self, coldkey: AccountId, amount: Rao) -> None:
        """
        Take TAO out of existence, so that it is issued again.

        Raises `InsufficientBalance` where that would end the coldkey's account.
        """
        if amount > self.balance_above_minimum(coldkey):
            raise InsufficientBalance
        self._uncount(amount)
        self._balances.withdraw(coldkey, amount, Preservation.EXPENDABLE)
        self._balances.retire(amount)

    def mint(self, amount: Rao) -> Rao:
        """
        Issue TAO as a credit, to be spent or recycled; how much of it.

        There are never more than 21 million TAO.
        """
        left = saturating_sub(TOTAL_SUPPLY, self._balances.total_issuance)
        issued = min(amount, left)
        if issued:
            self._storage.emission.total_issuance += issued
            self._balances.issue(issued)
        return issued

    def spend(self, netuid: NetUid, amount: Rao) -> bool:
        """Put some of a credit on a subnet's account; False if that is too little to open it."""
        return not amount or self._balances.resolve(self.account_of(netuid), amount)

    def recycle_credit(self, amount: Rao) -> None:
        """Take the rest of a credit out of existence again."""
        if amount:
            self._balances.retire(amount)
            self._uncount(amount)

    def _transfer_and_count_dust(self, origin: AccountId, dest: AccountId, amount: Rao) -> None:
        before = self._balances.total_issuance
        self._balances.transfer(origin, dest, amount, Preservation.EXPENDABLE)
        self._uncount(saturating_sub(before, self._balances.total_issuance))

    def _uncount(self, amount: Rao) -> None:
        if amount:
            emission = self._storage.emission
            emission.total_issuance = saturating_sub(emission.total_issuance, amount)
