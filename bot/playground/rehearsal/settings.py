"""What can be turned while the rehearsal runs.

Rule: the standards are the provider's own; a test changes only what it is about.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """The knobs of the rehearsal, all of them changeable at run time."""

    model_config = ConfigDict(extra="forbid")

    wait_scale: Annotated[float, Field(gt=0)] = 1.0
    """Real seconds per provider second."""
    requests_per_minute: Annotated[int, Field(ge=0)] = 10_000
    """Requests that are answered in any minute."""
    minute_seconds: Annotated[float, Field(gt=0)] = 60
    """Real seconds in that minute."""
    tasks_at_once: Annotated[int, Field(ge=0)] = 1_000
    """Tasks that may be unfinished."""
    fast: bool = False
    """One tiny clip per shape and length, used again and again."""
    full_size: bool = False
    """Clips in the resolution that was ordered, not in a small one."""
    bills_failures: bool = False
    """Whether a failed task is billed. The provider does not say."""
    forbidden_models: frozenset[str] = frozenset()
    """Models that the key may not use: 403."""
