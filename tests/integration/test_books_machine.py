"""Six hundred stories of the books, each step compared with a plain model."""

import pytest
from hypothesis import HealthCheck, settings

from tests.integration.books_machine import BooksMachine

# A story has tens of steps, each with every query of the invariants: slower than a unit test.
STORIES = settings(
    max_examples=300,
    stateful_step_count=30,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class OneServer(BooksMachine):
    """All money meets in one pool."""

    guilds = (11,)


class TestTheBooksOfOneServerSayWhatTheModelSays(OneServer.TestCase):
    settings = STORIES


class TestTheBooksOfTwoServersSayWhatTheModelSays(BooksMachine.TestCase):
    settings = STORIES


pytestmark = pytest.mark.filterwarnings("error")
