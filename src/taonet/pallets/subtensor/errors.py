"""
Why SubtensorModule refuses. Source: subtensor pallets/subtensor/src/macros/errors.rs @ 14bc6f9.
"""

import sys

from taonet.frame.dispatch_error import ModuleError
from taonet.frame.pallet import declared_errors


class RootNetworkDoesNotExist(ModuleError, index=0):
    """The root network does not exist."""


class InvalidIpType(ModuleError, index=1):
    """An endpoint's address is of type 4 (IPv4) or 6 (IPv6); this one is neither."""


class InvalidIpAddress(ModuleError, index=2):
    """The endpoint's IP address is not one that can be reached."""


class InvalidPort(ModuleError, index=3):
    """The endpoint's port is not valid."""


class HotKeyNotRegisteredInSubNet(ModuleError, index=4):
    """The hotkey is not registered in this subnet."""


class HotKeyAccountNotExists(ModuleError, index=5):
    """The hotkey does not exist."""


class HotKeyNotRegisteredInNetwork(ModuleError, index=6):
    """The hotkey is not registered in any subnet."""


class NonAssociatedColdKey(ModuleError, index=7):
    """The coldkey does not own this hotkey."""


class NotEnoughStake(ModuleError, index=8):
    """The caller has too little stake for this."""


class NotEnoughStakeToWithdraw(ModuleError, index=9):
    """The amount to withdraw is more than the stake there is."""


class NotEnoughStakeToSetWeights(ModuleError, index=10):
    """The caller has less stake than setting weights needs."""


class NotEnoughStakeToSetChildkeys(ModuleError, index=11):
    """The parent hotkey has too little stake of its own to set childkeys."""


class NotEnoughBalanceToStake(ModuleError, index=12):
    """The coldkey's balance is smaller than the amount to stake."""


class BalanceWithdrawalError(ModuleError, index=13):
    """The amount could not be withdrawn from the coldkey's balance."""


class ZeroBalanceAfterWithdrawn(ModuleError, index=14):
    """The withdrawal would leave a balance too small for the account to exist."""


class NeuronNoValidatorPermit(ModuleError, index=15):
    """Only a permitted validator may weigh others than itself."""


class WeightVecNotEqualSize(ModuleError, index=16):
    """The vectors of uids and of weights differ in length."""


class DuplicateUids(ModuleError, index=17):
    """A uid appears more than once among the weights."""


class UidVecContainInvalidOne(ModuleError, index=18):
    """At least one uid of the weights does not exist in the subnet."""


class WeightVecLengthIsLow(ModuleError, index=19):
    """There are fewer weights than the subnet asks for."""


class TooManyRegistrationsThisBlock(ModuleError, index=20):
    """This block has had as many registrations as the subnet allows."""


class HotKeyAlreadyRegisteredInSubNet(ModuleError, index=21):
    """The hotkey is registered in this subnet already."""


class NewHotKeyIsSameWithOld(ModuleError, index=22):
    """The new hotkey is the old one."""


class NewHotKeyNotCleanForRootSwap(ModuleError, index=23):
    """The new hotkey has root stake or claimable root dividends of its own."""


class InvalidWorkBlock(ModuleError, index=24):
    """The work was made for a block that is in the future or too old."""


class InvalidDifficulty(ModuleError, index=25):
    """The work does not meet the subnet's difficulty."""


class InvalidSeal(ModuleError, index=26):
    """The seal does not belong to the work."""


class MaxWeightExceeded(ModuleError, index=27):
    """A weight exceeds the subnet's maximum."""


class HotKeyAlreadyDelegate(ModuleError, index=28):
    """The hotkey is a delegate already."""


class SettingWeightsTooFast(ModuleError, index=29):
    """The weights' rate limit has not passed since they were last set."""


class IncorrectWeightVersionKey(ModuleError, index=30):
    """The weights carry an older version key than the subnet's."""


class ServingRateLimitExceeded(ModuleError, index=31):
    """The serving rate limit has not passed since the neuron last announced an endpoint."""


class UidsLengthExceedUidsInSubNet(ModuleError, index=32):
    """There are more uids among the weights than neurons in the subnet."""


class NetworkTxRateLimitExceeded(ModuleError, index=33):
    """The rate limit on creating subnets has not passed."""


class DelegateTxRateLimitExceeded(ModuleError, index=34):
    """The rate limit on changing a delegate's take has not passed."""


class HotKeySetTxRateLimitExceeded(ModuleError, index=35):
    """The rate limit on setting or swapping a hotkey has not passed."""


class StakingRateLimitExceeded(ModuleError, index=36):
    """The rate limit on staking has not passed."""


class SubNetRegistrationDisabled(ModuleError, index=37):
    """Registration in this subnet is disabled."""


class TooManyRegistrationsThisInterval(ModuleError, index=38):
    """This interval has had as many registrations as the subnet allows."""


class TransactorAccountShouldBeHotKey(ModuleError, index=39):
    """The transaction must be signed by the hotkey."""


class FaucetDisabled(ModuleError, index=40):
    """The faucet is disabled."""


class NotSubnetOwner(ModuleError, index=41):
    """The caller does not own the subnet."""


class RegistrationNotPermittedOnRootSubnet(ModuleError, index=42):
    """This is not permitted on the root subnet."""


class StakeTooLowForRoot(ModuleError, index=43):
    """The hotkey has too little stake to join the root subnet."""


class AllNetworksInImmunity(ModuleError, index=44):
    """All subnets are in their immunity period."""


class NotEnoughBalanceToPaySwapHotKey(ModuleError, index=45):
    """The balance does not cover the price of swapping the hotkey."""


class NotRootSubnet(ModuleError, index=46):
    """The subnet is not the root subnet."""


class CanNotSetRootNetworkWeights(ModuleError, index=47):
    """Weights of the root network cannot be set."""


class NoNeuronIdAvailable(ModuleError, index=48):
    """The subnet is full and none of its neurons may be replaced."""


class DelegateTakeTooLow(ModuleError, index=49):
    """The take is below the smallest allowed one, or is not the change that the call is for."""


class DelegateTakeTooHigh(ModuleError, index=50):
    """The take is above the largest allowed one."""


class NoWeightsCommitFound(ModuleError, index=51):
    """There is no commit of this hotkey in this subnet to reveal."""


class InvalidRevealCommitHashNotMatch(ModuleError, index=52):
    """The revealed weights do not hash to what was committed."""


class CommitRevealEnabled(ModuleError, index=53):
    """Weights cannot be set directly while commit-reveal is enabled."""


class CommitRevealDisabled(ModuleError, index=54):
    """Commit-reveal is disabled in this subnet."""


class LiquidAlphaDisabled(ModuleError, index=55):
    """Alpha values cannot be set while liquid alpha is disabled."""


class AlphaHighTooLow(ModuleError, index=56):
    """The upper alpha value is too low."""


class AlphaLowOutOfRange(ModuleError, index=57):
    """The lower alpha value is out of its range."""


class ColdKeyAlreadyAssociated(ModuleError, index=58):
    """The new coldkey has stake or hotkeys of its own already."""


class NotEnoughBalanceToPaySwapColdKey(ModuleError, index=59):
    """The balance does not cover the price of swapping the coldkey."""


class InvalidChild(ModuleError, index=60):
    """A hotkey cannot be its own child."""


class DuplicateChild(ModuleError, index=61):
    """A child is named more than once."""


class ProportionOverflow(ModuleError, index=62):
    """The children's proportions add up to more than one."""


class TooManyChildren(ModuleError, index=63):
    """A hotkey has at most five children in a subnet."""


class TxRateLimitExceeded(ModuleError, index=64):
    """The rate limit on this kind of transaction has not passed."""


class ColdkeySwapAnnouncementNotFound(ModuleError, index=65):
    """There is no announced swap of this coldkey."""


class ColdkeySwapTooEarly(ModuleError, index=66):
    """The delay after the announcement of the coldkey swap has not passed."""


class ColdkeySwapReannouncedTooEarly(ModuleError, index=67):
    """The delay before a coldkey swap can be announced anew has not passed."""


class AnnouncedColdkeyHashDoesNotMatch(ModuleError, index=68):
    """The new coldkey does not hash to what was announced."""


class ColdkeySwapAlreadyDisputed(ModuleError, index=69):
    """The coldkey swap is disputed already."""


class NewColdKeyIsHotkey(ModuleError, index=70):
    """The new coldkey is a hotkey."""


class InvalidChildkeyTake(ModuleError, index=71):
    """The childkey take is out of its range."""


class TxChildkeyTakeRateLimitExceeded(ModuleError, index=72):
    """The rate limit on changing a childkey take has not passed."""


class InvalidIdentity(ModuleError, index=73):
    """The identity has a field that is too long."""


class MechanismDoesNotExist(ModuleError, index=74):
    """The subnet has no such mechanism."""


class StakeUnavailable(ModuleError, index=75):
    """The stake is locked and cannot be withdrawn or locked again."""


class SubnetNotExists(ModuleError, index=76):
    """The subnet does not exist."""


class TooManyUnrevealedCommits(ModuleError, index=77):
    """The hotkey has as many unrevealed commits as it may have."""


class ExpiredWeightCommit(ModuleError, index=78):
    """The time in which the commit could be revealed is over."""


class RevealTooEarly(ModuleError, index=79):
    """The commit cannot be revealed yet."""


class InputLengthsUnequal(ModuleError, index=80):
    """The vectors of a batch differ in length."""


class CommittingWeightsTooFast(ModuleError, index=81):
    """The weights' rate limit has not passed since they were last committed."""


class AmountTooLow(ModuleError, index=82):
    """The amount is too low."""


class InsufficientLiquidity(ModuleError, index=83):
    """The subnet's pool holds too little for this trade."""


class SlippageTooHigh(ModuleError, index=84):
    """Slippage is too high for the transaction."""


class TransferDisallowed(ModuleError, index=85):
    """The subnet disallows transfers of stake."""


class ActivityCutoffTooLow(ModuleError, index=86):
    """The activity cutoff is below the smallest allowed one."""


class CallDisabled(ModuleError, index=87):
    """The call is disabled."""


class FirstEmissionBlockNumberAlreadySet(ModuleError, index=88):
    """The subnet was started already."""


class NeedWaitingMoreBlocksToStarCall(ModuleError, index=89):
    """More blocks must pass before the subnet can be started."""


class NotEnoughAlphaOutToRecycle(ModuleError, index=90):
    """The subnet has less alpha outside of its pool than is to be recycled."""


class CannotBurnOrRecycleOnRootSubnet(ModuleError, index=91):
    """Stake of the root subnet can neither be burned nor recycled."""


class UnableToRecoverPublicKey(ModuleError, index=92):
    """No public key can be recovered from the signature."""


class InvalidRecoveredPublicKey(ModuleError, index=93):
    """The signature was made by another key."""


class SubtokenDisabled(ModuleError, index=94):
    """The subnet's token is not traded yet."""


class HotKeySwapOnSubnetIntervalNotPassed(ModuleError, index=95):
    """The interval since the last swap of a hotkey in this subnet has not passed."""


class SameNetuid(ModuleError, index=96):
    """Both subnets are the same."""


class InsufficientBalance(ModuleError, index=97):
    """The caller's balance does not cover the operation."""


class InvalidLeaseBeneficiary(ModuleError, index=98):
    """The beneficiary of the lease is not the creator of its crowdloan."""


class LeaseCannotEndInThePast(ModuleError, index=99):
    """The lease would end in the past."""


class LeaseNetuidNotFound(ModuleError, index=100):
    """The leased subnet was not found."""


class LeaseDoesNotExist(ModuleError, index=101):
    """The lease does not exist."""


class LeaseHasNoEndBlock(ModuleError, index=102):
    """The lease has no end."""


class LeaseHasNotEnded(ModuleError, index=103):
    """The lease has not ended."""


class Overflow(ModuleError, index=104):
    """A number overflowed."""


class BeneficiaryDoesNotOwnHotkey(ModuleError, index=105):
    """The beneficiary does not own the hotkey."""


class ExpectedBeneficiaryOrigin(ModuleError, index=106):
    """The caller is not the lease's beneficiary."""


class AdminActionProhibitedDuringWeightsWindow(ModuleError, index=107):
    """Parameters cannot be changed in the last blocks before an epoch."""


class SymbolDoesNotExist(ModuleError, index=108):
    """There is no such token symbol."""


class SymbolAlreadyInUse(ModuleError, index=109):
    """Another subnet has this token symbol."""


class IncorrectCommitRevealVersion(ModuleError, index=110):
    """The commit was made for another version of commit-reveal."""


class InvalidRevealRound(ModuleError, index=111):
    """The drand round to reveal at has passed."""


class RevealPeriodTooLarge(ModuleError, index=112):
    """The reveal period is too large."""


class RevealPeriodTooSmall(ModuleError, index=113):
    """The reveal period is too small."""


class InvalidValue(ModuleError, index=114):
    """The value is out of its range."""


class SubnetLimitReached(ModuleError, index=115):
    """There are as many subnets as allowed, and none may be pruned."""


class CannotAffordLockCost(ModuleError, index=116):
    """The balance does not cover the price of a subnet."""


class EvmKeyAssociateRateLimitExceeded(ModuleError, index=117):
    """The rate limit on associating an EVM key has not passed."""


class SameAutoStakeHotkeyAlreadySet(ModuleError, index=118):
    """This hotkey is the auto-stake destination already."""


class UidMapCouldNotBeCleared(ModuleError, index=119):
    """The subnet's uids could not be cleared."""


class TrimmingWouldExceedMaxImmunePercentage(ModuleError, index=120):
    """Too many of the neurons that remain would be immune."""


class ChildParentInconsistency(ModuleError, index=121):
    """A hotkey cannot be parent and child of the same relation."""


class InvalidNumRootClaim(ModuleError, index=122):
    """The number of root claims is out of its range."""


class InvalidRootClaimThreshold(ModuleError, index=123):
    """The root claim threshold is out of its range."""


class InvalidSubnetNumber(ModuleError, index=124):
    """The number of subnets is zero or above the limit."""


class TooManyUIDsPerMechanism(ModuleError, index=125):
    """Neurons times mechanisms would be more than 256."""


class VotingPowerTrackingNotEnabled(ModuleError, index=126):
    """Voting power is not tracked in this subnet."""


class InvalidVotingPowerEmaAlpha(ModuleError, index=127):
    """The smoothing factor of voting power is above 10^18."""


class Deprecated(ModuleError, index=128):
    """The call is deprecated."""


class AddStakeBurnRateLimitExceeded(ModuleError, index=129):
    """The rate limit on buying and burning alpha has not passed."""


class ColdkeySwapAnnounced(ModuleError, index=130):
    """A swap of this coldkey has been announced."""


class ColdkeySwapDisputed(ModuleError, index=131):
    """The swap of this coldkey is under dispute."""


class ColdkeySwapClearTooEarly(ModuleError, index=132):
    """The delay before an announced coldkey swap can be cleared has not passed."""


class DisabledTemporarily(ModuleError, index=133):
    """This is disabled for now."""


class RegistrationPriceLimitExceeded(ModuleError, index=134):
    """Registration costs more than the caller's limit."""


class LockHotkeyMismatch(ModuleError, index=135):
    """The existing lock is for another hotkey."""


class InsufficientStakeForLock(ModuleError, index=136):
    """The stake in the subnet does not cover the amount to lock."""


class NoExistingLock(ModuleError, index=137):
    """The coldkey has no lock in this subnet."""


class ActiveLockExists(ModuleError, index=138):
    """The coldkey has an active lock."""


class CannotUseSystemAccount(ModuleError, index=139):
    """An account of the system cannot be used here."""


class UnlockAmountTooHigh(ModuleError, index=140):
    """The amount to unlock is more than is locked."""


class TempoOutOfBounds(ModuleError, index=141):
    """The tempo is out of its range."""


class ActivityCutoffFactorMilliOutOfBounds(ModuleError, index=142):
    """The activity-cutoff factor is out of its range."""


class EpochTriggerAlreadyPending(ModuleError, index=143):
    """A triggered epoch of this subnet is still to come."""


class AutoEpochAlreadyImminent(ModuleError, index=144):
    """The subnet's next regular epoch comes at least as soon as a triggered one would."""


class DynamicTempoBlockedByCommitReveal(ModuleError, index=145):
    """Epochs cannot be triggered while commit-reveal is enabled."""


class AccountRejectsLockedAlpha(ModuleError, index=146):
    """The receiving coldkey does not accept locked alpha."""


ERRORS = declared_errors(sys.modules[__name__])
