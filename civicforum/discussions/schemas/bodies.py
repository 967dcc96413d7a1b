"""What every body here shares."""

from collections.abc import Iterable
from typing import Any

from marshmallow import RAISE, Schema


class Strict(Schema):
    """A body that refuses what it does not know."""

    class Meta:
        unknown = RAISE


def dump_all(schema: type[Schema], told: Iterable[Any]) -> list[dict[str, Any]]:
    dumped: list[dict[str, Any]] = schema(many=True).dump(list(told))
    return dumped
