"""Typed ids: a member's id never stands where a server's belongs."""

from typing import NewType

GuildId = NewType("GuildId", int)
"""A Discord server."""
UserId = NewType("UserId", int)
RoleId = NewType("RoleId", int)
ChannelId = NewType("ChannelId", int)
"""A channel or a thread in it."""
MessageId = NewType("MessageId", int)
InteractionId = NewType("InteractionId", int)
JobNumber = NewType("JobNumber", int)
"""Ours, counted from 1: what members see and buttons carry."""
AttemptId = NewType("AttemptId", int)
"""One paid POST, tried at most once."""
TaskId = NewType("TaskId", str)
"""The provider's. Its shape is not promised: never look inside."""
