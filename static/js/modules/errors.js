/** Puts the reader where a form's errors are, and each link of the summary into its field. */

export function mount(summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const field = document.getElementById(event.target.closest("a")?.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const target = field.matches("fieldset, ul, div") ? field.querySelector("input, textarea, select") ?? field : field;
    target.focus();
    target.scrollIntoView({ block: "center" });
  });
}
