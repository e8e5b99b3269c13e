"""What the provider says about a task: its state and its result.

Rule: only documented fields appear, unless the task's act is to break exactly that rule.
"""

import json
from typing import Final

from bot.playground.rehearsal.books import TaskEntry

DEPTH: Final = 20_000


def status_of(task: TaskEntry) -> dict[str, object]:
    """The `data` of a status read, and of the callback after the end."""
    data: dict[str, object] = {
        "taskId": task.task_id,
        "state": _state(task),
        "createTime": task.created_ms,
    }
    if task.completed_ms is not None:
        data["completeTime"] = task.completed_ms
        data["costTime"] = task.completed_ms - task.created_ms
    if task.state == "success" and task.act.name != "no_result":
        data["resultJson"] = _result(task)
    if task.state == "failed" and task.act.name != "fail_bare":
        data["failCode"] = task.fail_code
        data["failMsg"] = task.fail_message
    return data


def stale_status_of(task: TaskEntry) -> dict[str, object]:
    """What a replica that has fallen behind would still say."""
    return {"taskId": task.task_id, "state": "processing", "createTime": task.created_ms}


def _state(task: TaskEntry) -> str:
    if task.state == "processing" and task.act.name == "state":
        return task.act.word("processing_r2")
    return task.state


def _result(task: TaskEntry) -> object:
    right = {"resultUrls": task.result_urls}
    match task.act.name:
        case "bad_result":
            return json.dumps(right)[:-3]
        case "empty_result":
            return json.dumps({"resultUrls": []})
        case "odd_result":
            return json.dumps([{"resultUrls": None}])
        case "nested_result":
            return '{"resultUrls":' + "[" * DEPTH + "]" * DEPTH + "}"
        case "object_result":
            return right
        case _:
            return json.dumps(right)
