"""For administrators: the ten minutes after the first run, and the site's settings later."""

from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from civicforum.accounts.actions import send_test_mail
from civicforum.accounts.policies import can_administer
from civicforum.config import is_loopback
from civicforum.discussions.addresses import room_url
from civicforum.errors import NotAllowed
from civicforum.pages import actions, queries
from civicforum.pages.forms import FirstPartnerForm, FirstProjectForm, SiteForm
from civicforum.pages.views.blueprint import bp
from civicforum.partnerships.actions import create_organization, create_project
from civicforum.web.limits import count_mail, limited
from civicforum.web.site import get_site
from civicforum.web.viewer import viewer

STEPS = 5


def _need_administrator() -> None:
    if not can_administer(viewer()):
        raise NotAllowed


@bp.get("/set-up/next")
def set_up_next() -> Any:
    """The first step that is still to do."""
    _need_administrator()
    done = queries.set_up_progress()
    if done.organization is None:
        return redirect(url_for("pages.set_up_partner"))
    if done.project is None:
        return redirect(url_for("pages.set_up_project"))
    if done.town_hall is None:
        return redirect(url_for("pages.set_up_meeting"))
    return redirect(url_for("pages.set_up_poster"))


@bp.route("/set-up/partner", methods=["GET", "POST"])
@limited("write")
def set_up_partner() -> Any:
    """Step 2: one partner organization."""
    _need_administrator()
    form = FirstPartnerForm()
    made = form.submits(
        lambda: create_organization(viewer(), form.name.data, form.kind.data, form.about.data)
    )
    if made is not None:
        return redirect(url_for("pages.set_up_project"))
    return _step("pages/set_up_partner.html", 2, form)


@bp.route("/set-up/project", methods=["GET", "POST"])
@limited("write")
def set_up_project() -> Any:
    """Step 3: one project, in one sentence, with the partner of step 2."""
    _need_administrator()
    organization = queries.set_up_progress().organization
    form = FirstProjectForm()
    made = form.submits(
        lambda: create_project(
            viewer(),
            form.title.data,
            form.vision.data,
            partners=[organization] if organization else [],
            summary=form.vision.data[:300],
            decides=form.decides.data,
        )
    )
    if made is not None:
        return redirect(url_for("pages.set_up_meeting"))
    return _step("pages/set_up_project.html", 3, form, organization=organization)


@bp.get("/set-up/meeting")
def set_up_meeting() -> Any:
    """Step 4: one meeting; its form, prefilled, is the town halls' own."""
    _need_administrator()
    project = queries.set_up_progress().project
    if project is None:
        return redirect(url_for("pages.set_up_project"))
    url = room_url("townhalls.new_town_hall", slug=project.slug, next=url_for("pages.set_up_poster"))
    return _step("pages/set_up_meeting.html", 4, None, project=project, meeting_url=url)


@bp.get("/set-up/poster")
def set_up_poster() -> Any:
    """Step 5: the poster with its QR code, and what to do next."""
    _need_administrator()
    done = queries.set_up_progress()
    if done.town_hall is None:
        return redirect(url_for("pages.set_up_meeting"))
    poster_url = room_url("townhalls.show_poster", town_hall_id=done.town_hall.id)
    base_url = current_app.config["BASE_URL"]
    is_only_here = is_loopback(base_url)
    return _step(
        "pages/set_up_poster.html",
        5,
        None,
        done=done,
        poster_url=poster_url,
        base_url=base_url,
        is_only_here=is_only_here,
    )


def _step(template: str, number: int, form: Any, **more: Any) -> str:
    return render_template(template, step=number, steps=STEPS, form=form, **more)


@bp.route("/site-settings", methods=["GET", "POST"])
@limited("write")
def site_settings() -> Any:
    _need_administrator()
    site = get_site()
    form = SiteForm(obj=site)
    changed = form.submits(
        lambda: actions.change_site(
            viewer(), **{name: form[name].data for name in sorted(actions.SITE_FIELDS)}
        )
    )
    if changed is None:
        return render_template("pages/site_settings.html", form=form)
    flash(_("Saved."), "success")
    return redirect(url_for("pages.site_settings"))


@bp.post("/site-settings/test-mail")
@limited("write")
def test_mail() -> Any:
    """A mail to the administrator who asks, to see whether mail leaves the house."""
    _need_administrator()
    count_mail(viewer().email)
    send_test_mail(viewer())
    flash(_("A test mail is on its way to %(email)s.", email=viewer().email), "success")
    return redirect(url_for("pages.site_settings"))
