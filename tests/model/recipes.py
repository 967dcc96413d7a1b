"""Every action there is, and how each is made to happen in the small town.

A recipe prepares what it needs and gives back the deed itself, so that only the deed is watched. An action
without one fails ``test_every_action_has_a_recipe``: whoever adds it says in ``deeds`` how it happens, and
the check decides whether it tells what it should.
"""

import inspect
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from model.town import Town

from civicforum.accounts.models import Guest

GUEST = Guest()
Act = Callable[[], Any]
Recipe = Callable[[Town], Act]

recipes: dict[str, list[Recipe]] = defaultdict(list)


def every_action() -> dict[str, Any]:
    """The actions of all rooms, by room and name: ``discussions.hide_post``."""
    return {_name(function): function for function in _actions()}


def _actions() -> Iterator[Any]:
    for module in [m for name, m in sys.modules.items() if name.startswith("civicforum.")]:
        yield from (f for f in vars(module).values() if inspect.isfunction(f) and _is_action(f))


def _is_action(function: Any) -> bool:
    return bool(getattr(function, "is_transactional", False))


def _name(function: Any) -> str:
    return f"{function.__module__.split('.')[1]}.{function.__name__}"


def does(action: Any) -> Callable[[Recipe], Recipe]:
    """Keep this recipe as one in which ``action`` happens."""

    def keep(recipe: Recipe) -> Recipe:
        recipes[_name(action)].append(recipe)
        return recipe

    return keep


def each() -> list[tuple[str, Recipe]]:
    """(name of the action, recipe) of all of them, in the order of their names."""
    return [(name, recipe) for name in sorted(recipes) for recipe in recipes[name]]
