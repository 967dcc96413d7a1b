"""What people do with accounts, and what is done with theirs."""

from civicforum.accounts.actions.arriving import (
    add_person,
    confirm_address,
    discard_sign_up,
    drop_unconfirmed,
    sign_up,
)
from civicforum.accounts.actions.mailing import ask_for_confirmation, ask_for_link, ask_for_reset
from civicforum.accounts.actions.roles import (
    grant_role,
    lift_suspension,
    revoke_role,
    suspend_person,
)
from civicforum.accounts.actions.sessions import (
    end_all_sessions,
    end_session,
    forget_ended_sessions,
    renew_hash,
    reset_password,
    use_sign_in_link,
)
from civicforum.accounts.actions.setting_up import send_test_mail, set_up_site
from civicforum.accounts.actions.settings import (
    ask_for_new_address,
    change_address,
    change_password,
    undo_change_of_address,
    update_profile,
)
from civicforum.accounts.actions.tokens import create_token, note_token_use, revoke_token

__all__ = [
    "add_person",
    "ask_for_confirmation",
    "ask_for_link",
    "ask_for_new_address",
    "ask_for_reset",
    "change_address",
    "change_password",
    "confirm_address",
    "create_token",
    "discard_sign_up",
    "drop_unconfirmed",
    "end_all_sessions",
    "end_session",
    "forget_ended_sessions",
    "grant_role",
    "lift_suspension",
    "note_token_use",
    "renew_hash",
    "reset_password",
    "revoke_role",
    "revoke_token",
    "send_test_mail",
    "set_up_site",
    "sign_up",
    "suspend_person",
    "undo_change_of_address",
    "update_profile",
    "use_sign_in_link",
]
