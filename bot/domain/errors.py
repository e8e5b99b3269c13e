"""Every error that Clapper raises on purpose.

ClapperError
├── InputError                     a person can mend it; costs nothing
│   ├── AmountUnreadableError
│   ├── MomentUnreadableError
│   ├── MonthUnreadableError
│   ├── RequestRefusedError        a request that its model cannot take
│   ├── PolicyRefusedError         a decision of an admin that cannot be kept
│   ├── SorryError                 a wish that cannot be granted; says what to tell
│   └── PictureGoneError           the image of an old job cannot be found
├── StoreError                     the books could not do it; nothing was changed
│   ├── StoreFullError             no space left
│   ├── StoreBusyError             locked by somebody else for too long
│   ├── StoreDamagedError          not ours, too new, corrupt, or an invariant is broken
│   ├── StoreClosedError
│   └── NotFoundError              a `get_` that found nothing
├── RuleBrokenError                an illegal step, an overspent wallet: a defect of ours
├── ProviderError                  the provider did not do what it was asked
│   ├── ProviderUnreachableError   no answer, or none that can be read; may work later
│   ├── ProviderLimitedError       asked to slow down; says for how long, if it knows
│   ├── ProviderKeyRefusedError    401
│   ├── ProviderEmptyError         402
│   ├── ProviderForbiddenError     403
│   └── TaskNotFoundError          404 for a task that we asked about
├── ClipError                      a result file could not be kept
│   ├── ClipUnreachableError       may work later
│   ├── ClipRefusedError           is not a video, is too large, or lives where nothing may be fetched
│   ├── ClipUnreadableError        kept, but no copy of it can be made
│   └── ClipUnfitError             no copy worth watching is as small as was asked
├── DeliveryError                  a message did not reach people
│   ├── PostponedError             not now
│   └── UndeliverableError         never, by any route
├── ChartError                     the picture of a report could not be drawn
├── PlaygroundError                the playground could not be opened
├── FolderLockedError              another process owns the data folder; says which
└── SettingsError                  names the setting

Rule: an error carries facts, never a sentence for a member: those stand in the catalogue.
"""

from datetime import timedelta

from bot.domain.ids import JobNumber


class ClapperError(Exception):
    """Something that Clapper foresaw."""


class InputError(ClapperError):
    """What a person typed cannot be used as it is."""


class AmountUnreadableError(InputError):
    """An amount of money that is not one."""

    def __init__(self, text: str, fault: str) -> None:
        super().__init__(f"not an amount ({fault}): {text[:40]!r}")
        self.text = text
        self.fault = fault
        """`form`, `comma`, `decimals`, `large`, `zero` or `unclear`."""


class MomentUnreadableError(InputError):
    """A date or a length of time that is none, or none that can be meant."""

    def __init__(self, text: str, fault: str) -> None:
        super().__init__(f"not a moment ({fault}): {text[:40]!r}")
        self.text = text
        self.fault = fault
        """`form`, `unclear`, `no-day`, `past` or `far`."""


class MonthUnreadableError(InputError):
    """A month that is none, or that nobody can report about."""

    def __init__(self, text: str, fault: str) -> None:
        super().__init__(f"not a month ({fault}): {text[:40]!r}")
        self.text = text
        self.fault = fault
        """`form` or `coming`."""


class RequestRefusedError(InputError):
    """A request that its model cannot take."""

    def __init__(self, option: str, fault: str, **facts: object) -> None:
        super().__init__(f"{option}: {fault}")
        self.option = option
        self.fault = fault
        """A key of the catalogue."""
        self.facts = facts


class PolicyRefusedError(InputError):
    """A decision that cannot be kept."""

    def __init__(self, field: str, fault: str, **facts: object) -> None:
        super().__init__(f"{field}: {fault}")
        self.field = field
        self.fault = fault
        """`out_of_range`, `unknown_zone`, `form`, `blank`, `too_long`, `address_form`, `several`,
        `too_many`."""
        self.facts = facts


class SorryError(InputError):
    """Not possible, and no fault of the machine's."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        """Of the text in the catalogue that says so."""
        self.facts = facts


class PictureGoneError(InputError):
    """The image of an old job cannot be found: its member has to attach it again."""

    def __init__(self, job: JobNumber) -> None:
        super().__init__(f"job {job}")
        self.job = job


class StoreError(ClapperError):
    """The books could not do what was asked, and nothing was changed."""

    def __init__(self, fault: str, remedy: str = "") -> None:
        super().__init__(f"{fault}: {remedy}" if remedy else fault)
        self.fault = fault
        self.remedy = remedy
        """What the operator can do, where that is known."""


class StoreFullError(StoreError):
    """There is no space left for the books."""


class StoreBusyError(StoreError):
    """Somebody else holds the database."""


class StoreDamagedError(StoreError):
    """The file is not ours, is newer than we are, or does not add up."""


class StoreClosedError(StoreError):
    """The database was closed before this could be done."""


class NotFoundError(StoreError):
    """What was asked for is not in the books."""


class RuleBrokenError(ClapperError):
    """The database refused what no correct program asks for."""


class ProviderError(ClapperError):
    """The provider did not do what it was asked."""


class ProviderUnreachableError(ProviderError):
    """No answer came, or none that can be read."""


class ProviderLimitedError(ProviderError):
    """The provider asks to slow down."""

    def __init__(self, wait: timedelta | None) -> None:
        super().__init__("the provider asks to slow down")
        self.wait = wait


class ProviderKeyRefusedError(ProviderError):
    """The provider does not accept the key."""


class ProviderEmptyError(ProviderError):
    """The provider's account has no money left."""


class ProviderForbiddenError(ProviderError):
    """The key may not use this model or route."""


class TaskNotFoundError(ProviderError):
    """The provider does not know the task."""


class ClipError(ClapperError):
    """A result file could not be kept."""


class ClipUnreachableError(ClipError):
    """The file did not come; it may come later."""


class ClipRefusedError(ClipError):
    """What came, or where it lives, is not acceptable."""


class ClipUnreadableError(ClipError):
    """The file is kept, but no copy of it can be made: ffmpeg fails on it or takes too long."""


class ClipUnfitError(ClipError):
    """So long that no copy worth watching is as small as was asked."""


class DeliveryError(ClapperError):
    """A message did not reach people."""


class PostponedError(DeliveryError):
    """Discord cannot take it now."""

    def __init__(self, why: str, *, wait_seconds: float | None = None) -> None:
        super().__init__(why)
        self.wait_seconds = wait_seconds


class UndeliverableError(DeliveryError):
    """Discord will never take it, by any route: the file is kept for `/show`."""


class PlaygroundError(ClapperError):
    """The playground could not be opened."""


class ChartError(ClapperError):
    """The drawing process failed, or took too long. The figures are there all the same."""


class FolderLockedError(ClapperError):
    """Another process owns the data folder."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"the data folder is in use by {holder}")
        self.holder = holder
        """Which process, where, and since when, as far as it is known."""


class SettingsError(ClapperError):
    """A setting that is missing or cannot be used."""

    def __init__(self, setting: str, fault: str) -> None:
        super().__init__(f"{setting}: {fault}")
        self.setting = setting
        self.fault = fault
