/** Asks before a deed that is hard to undo, in a <dialog>; without scripts the server asks or allows undoing. */

export function mount(form) {
  let isSure = false;
  form.addEventListener("submit", (event) => {
    if (isSure) return;
    event.preventDefault();
    ask(form.dataset, () => {
      isSure = true;
      form.requestSubmit(event.submitter);
    });
  });
}

function ask({ ask: question, yes, no }, onYes) {
  const dialog = element("dialog", "dialog");
  const deeds = element("div", "dialog-deeds");
  const back = element("button", "button", no);
  const go = element("button", "button", yes);
  go.dataset.kind = "danger";
  dialog.setAttribute("aria-label", question);
  deeds.append(back, go);
  dialog.append(element("p", "dialog-question", question), deeds);
  document.body.append(dialog);

  back.addEventListener("click", () => dialog.close());
  go.addEventListener("click", () => {
    dialog.close();
    onYes();
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  if (name === "button") made.type = "button";
  return made;
}
