"""How each action happens, room by room."""

from model.deeds.accounts import *  # noqa: F403 - recipes
from model.deeds.agreement import *  # noqa: F403 - recipes
from model.deeds.discussions import *  # noqa: F403 - recipes
from model.deeds.files import *  # noqa: F403 - recipes
from model.deeds.following import *  # noqa: F403 - recipes
from model.deeds.lane import *  # noqa: F403 - recipes
from model.deeds.measures import *  # noqa: F403 - recipes
from model.deeds.mediation import *  # noqa: F403 - recipes
from model.deeds.moderating import *  # noqa: F403 - recipes
from model.deeds.pages import *  # noqa: F403 - recipes
from model.deeds.partnerships import *  # noqa: F403 - recipes
from model.deeds.pseudonyms import *  # noqa: F403 - recipes
from model.deeds.rulemaking import *  # noqa: F403 - recipes
from model.deeds.townhalls import *  # noqa: F403 - recipes
