"""What every table is made of: names, times, keys."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from civicforum.clock import now


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time. Kept as UTC; a naive one is refused, because nobody can say when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time must be aware (have a time zone).")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table. A ``datetime`` in a model is a UtcDateTime in the database."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING), type_annotation_map={datetime: UtcDateTime()}
    )
    metadata = registry.metadata


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
if TYPE_CHECKING:  # Flask-SQLAlchemy makes its base while running, where a type checker cannot see it

    class Model(Base):
        __abstract__ = True

else:
    Model = db.Model


# In the ``info`` of a column with words that others read: whoever has to do something about all of them (mask
# listed words) finds them by it, whatever room they are of. ``drawn`` names a column with their HTML.
SHOWN: dict[str, Any] = {"is_shown": True}
SHOWN_DRAWN: dict[str, Any] = {"is_shown": True, "drawn": "html"}


class HasId:
    """A surrogate key, for the tables that have no better one."""

    id: Mapped[int] = mapped_column(primary_key=True)


class HasCreatedAt:
    created_at: Mapped[datetime] = mapped_column(default=now)
