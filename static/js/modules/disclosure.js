/** A <details> menu that closes on Escape, on a click elsewhere, and when focus leaves it. */

export function mount(details) {
  const summary = details.querySelector("summary");
  const close = () => { details.open = false; };

  document.addEventListener("click", (event) => {
    if (details.open && !details.contains(event.target)) close();
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.stopPropagation();
    close();
    summary.focus();
  });
  details.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !details.contains(event.relatedTarget)) close();
  });
}
