"""The messages of one channel, oldest first, found by id.

Rule: a page costs the same whether the channel holds ten messages or a hundred thousand.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.playground.local_discord.messages import Message


class History:
    """What was said in a channel. Ephemeral messages are here too, and no page shows them."""

    def __init__(self) -> None:
        self._messages: dict[int, Message] = {}
        self._ids: list[int] = []
        self._all_ids: list[int] = []
        self.last_id = 0

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator["Message"]:
        """All, ephemeral ones too, oldest first."""
        return (self._messages[found] for found in self._all_ids)

    def add(self, message: "Message") -> None:
        """Takes in a new message."""
        self._messages[message.id] = message
        insort(self._all_ids, message.id)
        if message.only_for is None:
            insort(self._ids, message.id)
            self.last_id = max(self.last_id, message.id)

    def find(self, message_id: int) -> "Message | None":
        """The message with that id, ephemeral or not."""
        return self._messages.get(message_id)

    def remove(self, message_id: int) -> None:
        """Forgets a message."""
        message = self._messages.pop(message_id)
        del self._all_ids[bisect_left(self._all_ids, message_id)]
        if message.only_for is None:
            del self._ids[bisect_left(self._ids, message_id)]

    def page(
        self,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int = 50,
    ) -> "list[Message]":
        """Public messages, newest first, as Discord pages them."""
        ids = self._ids
        if around is not None:
            middle = bisect_left(ids, around)
            start = max(0, middle - limit // 2)
            found = ids[start : start + limit]
        elif after is not None:
            start = bisect_right(ids, after)
            found = ids[start : start + limit]
        else:
            end = len(ids) if before is None else bisect_left(ids, before)
            found = ids[max(0, end - limit) : end]
        return [self._messages[message_id] for message_id in reversed(found)]

    def seen_by(
        self, user_id: int, *, before: int | None = None, limit: int = 50
    ) -> "list[Message]":
        """What a person sees, oldest first: also what is for this person alone."""
        end = len(self._all_ids) if before is None else bisect_left(self._all_ids, before)
        found: list[Message] = []
        while end and len(found) < limit:
            end -= 1
            message = self._messages[self._all_ids[end]]
            if message.only_for in {None, user_id}:
                found.append(message)
        return found[::-1]

    def newest_for(self, user_id: int) -> "Iterator[Message]":
        """What a person sees, newest first."""
        for message_id in reversed(self._all_ids):
            message = self._messages[message_id]
            if message.only_for in {None, user_id}:
                yield message
