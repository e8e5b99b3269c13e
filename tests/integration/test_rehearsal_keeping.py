"""The rehearsal provider's books outlive it."""

import json

import pytest
from aiohttp import ClientSession

from bot.playground.rehearsal import RehearsalProvider
from bot.playground.rehearsal.keeping import BooksUnreadableError

LTX = {"mode": "text-to-video", "prompt": "a cat", "resolution": "480p", "duration": 5}
BODY = {"request_type": "async", "input": LTX}


def provider_in(folder, **options):
    return RehearsalProvider(folder=folder, wait_scale=0.001, fast=True, **options)


async def submit(provider):
    headers = {"Authorization": f"Bearer {provider.key}"}
    async with (
        ClientSession(headers=headers) as client,
        client.post(provider.base_url + "/generateTask/ltx-2-19b", json=BODY) as response,
    ):
        return (await response.json())["data"]["taskId"]


async def test_what_was_billed_stays_billed_and_a_result_can_still_be_fetched(tmp_path):
    async with provider_in(tmp_path) as provider:
        provider.stage.next("task", "ok", "fail:NSFW")
        good, bad = await submit(provider), await submit(provider)
        await provider.until(lambda books: not books.running)
        kept = json.loads(json.dumps(provider.written()))
    async with provider_in(tmp_path) as later:
        later.go_on_from(kept)
        books = later.books
        assert {task.task_id: task.state for task in books.tasks.values()} == {
            good: "success",
            bad: "failed",
        }
        assert books.balance_micros == 100_000_000 - 60_000
        assert books.billed_micros == 60_000
        async with ClientSession() as client, client.get(books.tasks[good].result_urls[0]) as file:
            assert (await file.read())[4:8] == b"ftyp"


async def test_a_task_that_was_at_work_goes_on_and_is_not_billed_again(tmp_path):
    async with provider_in(tmp_path) as provider:
        provider.stage.next("task", "never")
        task = await submit(provider)
        kept = json.loads(json.dumps(provider.written()))
    async with provider_in(tmp_path) as later:
        later.go_on_from(kept)
        assert later.books.running == 1
        later.finish(task)
        await later.until(lambda books: books.succeeded)
        assert later.books.running == 0
        assert later.books.billed_micros == 60_000


async def test_books_of_another_version_are_refused(tmp_path):
    async with provider_in(tmp_path) as provider:
        kept = provider.written()
        for broken in ({**kept, "version": 0}, {**kept, "tasks": [{"task_id": "x"}]}):
            with pytest.raises(BooksUnreadableError):
                provider.go_on_from(broken)
