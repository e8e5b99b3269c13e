"""Alerts as log lines.

Rule: an alert is never silent: whoever else is told, the log is told too.
"""

from dataclasses import dataclass

from bot.domain.alert import Alert
from bot.log import get_logger


@dataclass(frozen=True, slots=True)
class LogAlarm:
    """Writes every alert into the log."""

    def __call__(self, alert: Alert) -> None:
        """One line that names the kind, the job and the facts."""
        log = get_logger(__name__)
        log.error("Alert", alert=alert.kind, job=alert.job, guild=alert.guild, **alert.facts)
