/** Marks a notification read when it is followed; without scripts there is a button for it. */

export function mount(list) {
  list.addEventListener("click", (event) => {
    const entry = event.target.closest("a[href]")?.closest("[data-read-url]");
    if (!entry || entry.dataset.state !== "unread") return;
    entry.dataset.state = "read";
    const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
    // keepalive: the page is being left at this very moment.
    fetch(entry.dataset.readUrl, { method: "POST", headers: { "X-CSRF-Token": token }, keepalive: true });
  });
}
