"""Why a call of the fine-tuning market is refused."""

from taonet.frame.dispatch_error import ModuleError


class SubnetNotExists(ModuleError, index=0):
    """There is no subnet of that number."""


class BudgetTooSmall(ModuleError, index=1):
    """The budget is below the smallest one; see the constant MinimumBudget."""


class BudgetNotCovered(ModuleError, index=2):
    """The account does not have the budget to spare."""


class WindowOutOfRange(ModuleError, index=3):
    """A job's windows are each from MinimumWindow to MaximumWindow blocks."""


class LimitsOutOfRange(ModuleError, index=4):
    """The rank or the file size of adapters is zero or beyond what the market carries."""


class TooManyJobs(ModuleError, index=5):
    """The subnet has as many open jobs as it may; settle or wait for one."""


class UnknownJob(ModuleError, index=6):
    """There is no job of that number, or no more."""


class AlreadySettled(ModuleError, index=7):
    """The job is settled."""


class NotThePoster(ModuleError, index=8):
    """Only who posted the job may do this."""


class WorkHasBegun(ModuleError, index=9):
    """A miner has committed to an adapter; the job can't be taken back."""


class NotAMiner(ModuleError, index=10):
    """The hotkey has no uid on the job's subnet."""


class NotAValidator(ModuleError, index=11):
    """The hotkey has no validator permit on the job's subnet."""


class TooManySubmissions(ModuleError, index=12):
    """As many miners work on the job as may."""


class TooEarly(ModuleError, index=13):
    """The part of the job in which this may be done has not begun."""


class TooLate(ModuleError, index=14):
    """The part of the job in which this may be done is over."""


class NothingCommitted(ModuleError, index=15):
    """The hotkey has committed to nothing in this job."""


class CommitmentDiffers(ModuleError, index=16):
    """Adapter, hotkey and salt do not hash to what was committed to."""


class KeyDiffers(ModuleError, index=17):
    """The key's BLAKE2b-256 is not the one that the job was posted with."""


class TestIsClosed(ModuleError, index=18):
    """The hidden test's key is not known yet; nobody can have judged."""


class VerdictOnNobody(ModuleError, index=19):
    """A verdict names the same hotkey twice, or one that has shown no adapter."""


class CommittedTooOften(ModuleError, index=20):
    """The hotkey's last commitment to this job is too recent; see the constant CommitInterval."""


class AlreadyRevealed(ModuleError, index=21):
    """The hotkey has shown its adapter."""


class AlreadyJudged(ModuleError, index=22):
    """The validator has given its verdict; it is final."""
