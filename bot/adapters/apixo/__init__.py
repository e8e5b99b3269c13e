"""The paid API. Rule: HTTP to the provider stands nowhere else, and the key stays inside."""

from bot.adapters.apixo.client import Apixo, open_client
from bot.adapters.apixo.wire import callback_task

__all__ = ["Apixo", "callback_task", "open_client"]
