"""What came of something a person did: the handle to wait for the answer.

Rule: it sees what the person sees, and says in words what was missing when it gives up.
"""

from collections.abc import Callable
from typing import Final

from bot.playground.local_discord.interactions import Answer, Interaction
from bot.playground.local_discord.messages import Message
from bot.playground.local_discord.wire import Json, Jsons
from bot.playground.local_discord.world import World

TIMEOUT: Final = 10.0


class DidNotRespond(AssertionError):  # noqa: N818 - the person reads just this
    """The application did not respond: three seconds went by without a first answer."""


class Invocation:
    """One command, press, choice or form, and what the bot made of it."""

    def __init__(self, world: World, interaction: Interaction) -> None:
        self.interaction = interaction
        self._world = world
        self._edits = interaction.message.edits if interaction.message else 0

    @property
    def messages(self) -> list[Message]:
        """The answers to be seen now, oldest first; placeholders too."""
        return [one for one in self.interaction.messages if not one.deleted]

    async def answer(self, *, timeout: float = TIMEOUT) -> Answer:  # noqa: ASYNC109 - see until
        """Waits for the first answer, whatever it is."""
        interaction = self.interaction

        def find() -> Answer | None:
            self._refuse_failed()
            return interaction.answer if self._is_complete() else None

        return await self._world.bus.until(find, timeout=timeout, wanted=self._wanted("an answer"))

    async def message(
        self,
        predicate: Callable[[Message], bool] = lambda _: True,
        *,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - see until
    ) -> Message:
        """Waits for the answer that can be read: not the placeholder, but what replaces it.

        Of a button or menu that changes its own message, that message after the change.
        """

        def find() -> Message | None:
            self._refuse_failed()
            return next((one for one in self._readable() if predicate(one)), None)

        wanted = self._wanted("a message")
        return await self._world.bus.until(find, timeout=timeout, wanted=wanted)

    async def form(self, *, timeout: float = TIMEOUT) -> Json:  # noqa: ASYNC109 - see until
        """Waits for the form (modal) that opens."""
        interaction = self.interaction

        def find() -> Json | None:
            self._refuse_failed()
            if interaction.answer not in {None, Answer.FORM}:
                raise AssertionError(f"{interaction.name!r} was answered without a form.")
            return interaction.form

        return await self._world.bus.until(find, timeout=timeout, wanted=self._wanted("a form"))

    async def choices(self, *, timeout: float = TIMEOUT) -> Jsons:  # noqa: ASYNC109 - see until
        """Waits for what autocomplete offers."""
        interaction = self.interaction

        def find() -> Jsons | None:
            self._refuse_failed()
            return interaction.choices

        return await self._world.bus.until(find, timeout=timeout, wanted=self._wanted("choices"))

    async def failure(self, *, timeout: float = TIMEOUT) -> None:  # noqa: ASYNC109 - see until
        """Waits until the person reads that the application did not respond."""
        interaction = self.interaction

        def find() -> bool | None:
            return interaction.failed or None

        await self._world.bus.until(find, timeout=timeout, wanted=self._wanted("no answer"))

    def _readable(self) -> list[Message]:
        found = [one for one in self.messages if not one.thinking]
        changed = self.interaction.original
        if self._is_complete() and changed is not None and changed is self.interaction.message:
            at_once = self.interaction.answer is Answer.UPDATE
            if at_once or changed.edits > self._edits:
                found.append(changed)
        return found

    def _is_complete(self) -> bool:
        interaction = self.interaction
        saying = interaction.answer in {Answer.MESSAGE, Answer.LATER}
        return interaction.answer is not None and (not saying or interaction.original is not None)

    def _refuse_failed(self) -> None:
        if self.interaction.failed:
            raise DidNotRespond(f"The application did not respond to {self.interaction.name!r}.")

    def _wanted(self, what: str) -> str:
        return f"{what} to {self.interaction.name!r} by {self.interaction.user.name}"
