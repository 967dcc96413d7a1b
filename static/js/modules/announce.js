/** Words for those who listen, and a short note for those who look. */

const SHOWN_MS = 3000;

export function announce(words) {
  const place = document.querySelector("[data-announce]");
  if (!place || !words) return;
  place.textContent = words;
  place.classList.replace("visually-hidden", "toast");
  setTimeout(() => {
    place.classList.replace("toast", "visually-hidden");
    place.textContent = "";
  }, SHOWN_MS);
}
