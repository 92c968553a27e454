"""Why calls about scheduled tasks are refused."""

from taonet.frame.dispatch_error import ModuleError


class FailedToSchedule(ModuleError, index=0):
    """Failed to schedule a call"""


class TaskNotFound(ModuleError, index=1, name="NotFound"):
    """Cannot find the scheduled call."""


class TargetBlockNumberInPast(ModuleError, index=2):
    """Given target block number is in the past."""


class RescheduleNoChange(ModuleError, index=3):
    """Reschedule failed because it does not change scheduled time."""


class Named(ModuleError, index=4):
    """Attempt to use a non-named function on a named task."""
