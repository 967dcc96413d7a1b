"""Who speaks in these tests, and a project of theirs. A file whose people differ has its own."""

import pytest
from factories import make_agreement, make_project, make_user


@pytest.fixture
def agreement(app):
    """Rules to cite."""
    make_agreement()


@pytest.fixture
def ana(app):
    return make_user(name="Ana Ruiz", handle="ana", email="ana@example.org")


@pytest.fixture
def ben(app):
    return make_user(name="Ben Ode", handle="ben")


@pytest.fixture
def organizer(app):
    return make_user(name="Olga Organizer", email="olga@example.org")


@pytest.fixture
def project(organizer):
    return make_project(organizer)
