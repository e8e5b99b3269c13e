"""A task's life: it waits, it works, it ends, it calls back.

Rule: a task ends exactly once, and the books hear of it before anybody else does.
"""

import math
import random
import secrets
from typing import Final

from bot.playground.rehearsal.acts import Act
from bot.playground.rehearsal.books import Books, TaskEntry, milliseconds
from bot.playground.rehearsal.callbacks import Callbacks
from bot.playground.rehearsal.clock import Clock
from bot.playground.rehearsal.files import Files
from bot.playground.rehearsal.order import Order
from bot.playground.rehearsal.picture import picture_of, tiny_picture
from bot.playground.rehearsal.references import References
from bot.playground.rehearsal.settings import Settings
from bot.playground.rehearsal.studio import RenderFailedError, Studio

QUEUE_SECONDS: Final = 3
"""How long a task is `pending` before it is `processing`."""
EXPLANATIONS: Final = {
    "SensitiveContent": "Content violates provider policy, please adjust the prompt",
    "CONTENT_VIOLATION": "Content does not meet safety guidelines",
    "ImageNotAccess": "The input image could not be fetched",
    "ImageFormatIncorrect": "The input image is no JPG, PNG or WebP",
    "InvalidImageSize": "The input image is larger than 10 MB",
    "INVALID_LORA_URL": "The LoRA could not be downloaded",
}


class Life:
    """Leads tasks from the order to the end."""

    def __init__(  # the crew of one theatre: each of them is needed exactly here
        self,
        *,
        settings: Settings,
        clock: Clock,
        books: Books,
        studio: Studio,
        files: Files,
        references: References,
        callbacks: Callbacks,
        seed: int,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._books = books
        self._studio = studio
        self._files = files
        self._references = references
        self._callbacks = callbacks
        self._chance = random.Random(f"{seed}:times")  # noqa: S311 - only spreads the durations
        self._due: dict[str, float] = {}

    def begin(self, order: Order, act: Act, callback_act: Act) -> TaskEntry:
        """Makes a task and bills it. From here on it exists, whatever the client gets to hear."""
        factor = act.number(1) if act.name == "priced" else 1
        number = len(self._books.tasks)
        task = TaskEntry(
            task_id=_new_id(number),
            model=order.input.model,
            payload=order.payload,
            price_micros=round(order.input.price_micros * factor),
            callback_url=order.callback_url,
            created_ms=milliseconds(),
            act=act,
            callback_act=callback_act,
        )
        self._due[task.task_id] = self._clock.now() + self._seconds(order, task)
        self._books.open(task)
        return task

    def resume(self, task: TaskEntry, order: Order) -> None:
        """Goes on with a task of an earlier life, as if it began now."""
        task.state = "pending"
        self._due[task.task_id] = self._clock.now() + self._seconds(order, task)

    def finish(self, task: TaskEntry) -> None:
        """Lets a task end now, however long it would have taken."""
        self._due[task.task_id] = 0
        self._clock.nudge()

    async def lead(self, task: TaskEntry, order: Order) -> None:
        """The task's way to its end, and the calls after it."""
        queued_until = self._clock.now() + QUEUE_SECONDS
        await self._clock.wait(lambda: min(queued_until, self._due[task.task_id]))
        task.state = "processing"
        self._books.changed()
        await self._callbacks.start(task)
        try:
            await self._work(task, order)
        except (RenderFailedError, OSError):
            self._fail(task, "GENERATION_FAILED")
            raise
        finally:
            del self._due[task.task_id]
        await self._callbacks.end(task)

    async def _work(self, task: TaskEntry, order: Order) -> None:
        code = await self._problem(task, order)
        if not code:
            task.result_urls = await self._results(task, order)
        await self._clock.wait(lambda: self._due[task.task_id])
        if code:
            self._fail(task, *code.split(":", 1))
        else:
            self._books.close(task, "success", gives_back=False)

    async def _problem(self, task: TaskEntry, order: Order) -> str:
        match task.act.name:
            case "fail":
                return task.act.word("Unknown error")
            case "fail_bare":
                return "Unknown error"
            case _:
                return await self._references.problem(order.input)

    async def _results(self, task: TaskEntry, order: Order) -> list[str]:
        if task.act.name == "url":
            return [task.act.word("http://169.254.169.254/clip.mp4")]
        count = int(task.act.number(3)) if task.act.name == "several" else 1
        labels = [f" · {part} of {count}" for part in range(1, count + 1)] if count > 1 else [""]
        return [await self._result(task, order, label) for label in labels]

    async def _result(self, task: TaskEntry, order: Order, label: str) -> str:
        if self._settings.fast:
            picture = tiny_picture(order.input)
        else:
            picture = picture_of(order.input, full_size=self._settings.full_size, label=label)
        return self._files.publish(await self._studio.clip(picture), task)

    def _fail(self, task: TaskEntry, code: str, message: str = "") -> None:
        task.fail_code = code
        task.fail_message = message or EXPLANATIONS.get(code, f"The task has failed: {code}")
        self._books.close(task, "failed", gives_back=not self._settings.bills_failures)

    def _seconds(self, order: Order, task: TaskEntry) -> float:
        if task.act.name == "never":
            return math.inf
        if task.callback_act.name == "before_answer":
            return 0
        factor = task.act.number(6) if task.act.name == "slow" else 1
        return self._chance.uniform(*order.input.typical) * factor


def _new_id(number: int) -> str:
    """An id that nobody can guess, in one or the other of the two forms that were seen."""
    return secrets.token_hex(16) if number % 2 else f"task_{secrets.token_hex(8)}"
