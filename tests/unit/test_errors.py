"""The tree of errors is drawn where it is defined, and the drawing is true."""

import inspect
import re

from bot.domain import errors
from bot.domain.errors import ClapperError

BRANCH = re.compile(r"(?P<indent>(?:│   |    )*)(?:├── |└── )(?P<name>\w+)")


def drawn(text: str) -> dict[str, str]:
    """Each class in the drawing, and the class that it hangs from."""
    parents: dict[str, str] = {}
    above = ["ClapperError"]
    for line in text.splitlines():
        if branch := BRANCH.match(line):
            depth = len(branch["indent"]) // 4
            above[depth + 1 :] = [branch["name"]]
            parents[branch["name"]] = above[depth]
    return parents


def defined() -> dict[str, str]:
    """The same, of the classes themselves."""
    classes = [each for _, each in inspect.getmembers(errors, inspect.isclass)]
    ours = [each for each in classes if each.__module__ == errors.__name__]
    return {each.__name__: each.__bases__[0].__name__ for each in ours if each is not ClapperError}


def test_the_drawn_tree_is_the_tree_of_classes() -> None:
    assert errors.__doc__
    assert "\nClapperError\n├── " in errors.__doc__
    assert drawn(errors.__doc__) == defined()


def test_every_error_hangs_from_ours_and_from_one_place() -> None:
    for _, each in inspect.getmembers(errors, inspect.isclass):
        if each.__module__ == errors.__name__:
            assert issubclass(each, ClapperError)
            assert len(each.__bases__) == 1


def test_every_error_says_what_it_stands_for() -> None:
    for _, each in inspect.getmembers(errors, inspect.isclass):
        assert each.__doc__


def test_no_error_of_ours_is_defined_elsewhere() -> None:
    def below(each: type) -> set[type]:
        return {each}.union(*(below(child) for child in each.__subclasses__()))

    elsewhere = {each for each in below(ClapperError) if each.__module__ != errors.__name__}
    assert not {each for each in elsewhere if each.__module__.startswith(("bot.", "cogs."))}
