/** The comments of a page: puts each where it belongs, replaces it in place, counts what is new out of sight. */

import { fill } from "../lib/characters.js";
import { placeFor, seqOf, whereTo } from "../lib/order.js";
import { isFilledIn } from "../lib/forms.js";
import { mountAll } from "../main.js";
import { Idiomorph } from "../../vendor/idiomorph.js";
import { bringInSight, isAtEnd, keepingPlace } from "./scroll.js";

export class Posts {
  constructor(main) {
    this.main = main;
    this.list = main.querySelector("[data-posts]");
    this.pill = main.querySelector("[data-new-pill]");
    this.unseen = new Set();
    this.beyond = new Set();
    this.watchSight();
    this.title = document.title;
    this.pill?.addEventListener("click", () => this.goToNew());
  }

  get isEnd() {
    return this.main.dataset.end === "true";
  }

  find(id) {
    return this.list.querySelector(`article[data-post-id="${Number(id)}"]`);
  }

  placed() {
    return [...this.list.querySelectorAll("article[data-post-id]")].filter((article) => seqOf(article.id) !== null);
  }

  /**
   * Shows the post `id` (at `seq`) as `markup`, the server's own article. True if it was not on the page before.
   * `isOwn`: its author looks, so it is nothing new. `isNews`: whether it is for others.
   */
  show({ id, seq, markup, isOwn = false, isNews = true }) {
    const known = this.find(id);
    if (known) {
      keepingPlace(this.list, () => this.replace(known, markup));
      return false;
    }
    const seqs = this.placed().map((article) => seqOf(article.id));
    const where = seq === null ? "insert" : whereTo(seqs, seq, this.isEnd);
    if (where === "insert") return this.insert(markup, seq, seqs, isOwn, isNews);
    if (where === "beyond" && isNews && !this.beyond.has(id)) {
      this.beyond.add(id);
      this.countNew();
    }
    return false;
  }

  replace(article, markup) {
    const fresh = parse(markup);
    const wasPlaced = seqOf(article.id) !== null;
    keepPressed(article, fresh);
    const keptPoll = keepPoll(article, fresh);
    Idiomorph.morph(article, fresh, {
      morphStyle: "outerHTML",
      callbacks: { beforeAttributeUpdated: (name) => name !== "open" },
    });
    const now = this.find(fresh.dataset.postId);
    if (!wasPlaced && seqOf(now.id) !== null) this.put(now, seqOf(now.id));
    mountAll(now);
    if (keptPoll) now.querySelector("[data-module~='poll']")?.dispatchEvent(new Event("poll:changed"));
  }

  remove(id) {
    const article = this.find(id);
    if (!article) return;
    this.see(article);
    keepingPlace(this.list, () => article.remove());
  }

  insert(markup, seq, seqs, isOwn, isNews) {
    const article = parse(markup);
    const wasAtEnd = isAtEnd(this.list);
    const isLast = seq === null || placeFor(seqs, seq) === seqs.length;
    keepingPlace(this.list, () => this.put(article, seq));
    this.list.querySelector(":scope > .empty")?.remove();
    mountAll(article);
    this.onInsert?.(article);
    if (isOwn || (wasAtEnd && isLast)) bringInSight(article);
    if (!isOwn && isNews) this.markNew(article);
    return true;
  }

  /** At its place by seq; without one yet, at the very end, after what is on its way. */
  put(article, seq) {
    if (seq === null) return this.list.append(article);
    const others = this.placed().filter((other) => other !== article);
    const index = placeFor(others.map((other) => seqOf(other.id)), seq);
    if (index < others.length) others[index].before(article);
    else if (index > 0) others[index - 1].after(article);
    else this.list.querySelector(".card-head")?.after(article);
  }

  // --- what is new, and out of sight ---

  watchSight() {
    this.sight = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) this.see(target);
    });
  }

  markNew(article) {
    article.dataset.new = "";
    this.unseen.add(article);
    this.sight.observe(article);
    requestAnimationFrame(() => this.countNew());
  }

  see(article) {
    this.sight.unobserve(article);
    if (this.unseen.delete(article)) this.countNew();
  }

  countNew() {
    const count = this.unseen.size + this.beyond.size;
    document.title = count ? `(${count}) ${this.title}` : this.title;
    if (!this.pill) return;
    const words = count === 1 ? this.main.dataset.wordsNewOne : this.main.dataset.wordsNewMany;
    this.pill.querySelector("[data-new-count]").textContent = fill(words, { number: count });
    this.pill.hidden = count === 0;
  }

  goToNew() {
    const [first] = this.unseen;
    if (!first) {
      if (this.main.dataset.latest) location.assign(this.main.dataset.latest);
      return;
    }
    first.tabIndex = -1;
    first.scrollIntoView({ block: "center" });
    first.focus({ preventScroll: true });
  }
}

function parse(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup.trim();
  return template.content.firstElementChild;
}

/** The article that all watchers get does not know what this reader gave and noted. */
function keepPressed(article, fresh) {
  for (const button of fresh.querySelectorAll("button[aria-pressed]")) {
    const deed = button.getAttribute("formaction");
    const known = article.querySelector(`button[aria-pressed][formaction="${CSS.escape(deed)}"]`);
    if (known) button.setAttribute("aria-pressed", known.getAttribute("aria-pressed"));
  }
}

/** Nor how they voted: their part of the poll stays (then true), and asks for itself (modules/poll.js). */
function keepPoll(article, fresh) {
  const own = article.querySelector("[data-module~='poll'][data-own]");
  const next = fresh.querySelector("[data-module~='poll']");
  if (!own || !next || (next.hasAttribute("data-own") && !isFilledIn(own))) return false;
  next.replaceWith(own.cloneNode(true));
  return true;
}
