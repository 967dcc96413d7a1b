"""A moderator in a heated thread, with a keyboard and with a script: what waits is seen, hidden, undone."""

from playwright.sync_api import expect


def test_one_key_hides_and_undo_shows_again(server, new_page):
    ana, moderator = server.make_user(name="Ana Ruiz"), server.make_user("moderator", name="Mo Hall")
    thread = server.start_thread(server.make_project(), ana)
    page = new_page()
    server.sign_in(page, moderator)
    page.goto(server.thread_url(thread))
    page.wait_for_selector("[data-viewers]:not([hidden])", state="attached")

    page.keyboard.press("j")
    page.keyboard.press("h")
    expect(page.locator("dialog[open]")).to_contain_text("The first words.")
    page.keyboard.press("2")
    first = page.locator("article#post-1")
    expect(first).to_have_attribute("data-state", "hidden")
    page.get_by_role("button", name="Undo").click()
    expect(first).to_have_attribute("data-state", "visible")

    case = {"target": {"type": "thread", "id": thread["id"]}, "action": "delay", "rule": 2, "reason": "Hot."}
    server.call("POST", "/cases", moderator, case)
    expect(page.locator("[data-room]")).to_contain_text("Comments are shown 30 seconds later.")
    said = server.call("POST", f"/threads/{thread['id']}/posts", ana, {"body": "Wait for me."})
    assert said.status_code == 202
    expect(page.locator(".lane")).to_contain_text("Wait for me.")
    page.get_by_role("button", name="Show now").click()
    expect(page.locator("article#post-2")).to_contain_text("Wait for me.")
