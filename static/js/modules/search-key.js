/** `/` goes to the search box of the page, or to the search page where there is none. */

export function mount(link) {
  link.setAttribute("aria-keyshortcuts", "/");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    event.preventDefault();
    const box = document.querySelector("form.search input[type=search]");
    if (box) box.focus();
    else link.click();
  });
}

function isTyping(element) {
  return element.closest?.("input, textarea, select, dialog, [contenteditable]");
}
