/** A thread that changes while one reads it: new comments, edits, tombstones, who is here, sending. */

import { fill } from "../lib/characters.js";
import { Soon } from "../lib/soon.js";
import { Channel } from "../live/channel.js";
import { draw, redraw } from "../live/parts.js";
import { Posts } from "../live/posts.js";
import { readText, request } from "../live/requests.js";
import { openAtNew, Reading } from "../live/reading.js";
import { keepingPlace } from "../live/scroll.js";
import { Sending } from "../live/sending.js";
import { announce } from "./announce.js";
import { Idiomorph } from "../../vendor/idiomorph.js";
import { mountAll } from "../main.js";

const TELL_EVERY_MS = 4000;
const READ_WITHIN_MS = 4000;
// A little after what waits half a minute should be there.
const LOOK_AGAIN_MS = 34_000;

export function mount(main) {
  new Thread(main).start();
}

class Thread {
  constructor(main) {
    this.main = main;
    this.words = main.dataset;
    this.posts = new Posts(main);
    this.arrivals = [];
    this.deferred = [];
    this.inFlight = 0;
    // A whole hall watches: not all of them ask at the same moment.
    this.headSoon = new Soon(() => this.readHead(), READ_WITHIN_MS);
    this.pageSoon = new Soon(() => this.readUnlessWriting(), READ_WITHIN_MS);
    this.ownWordsSoon = new Soon(() => this.showOwnWords(), READ_WITHIN_MS);
  }

  start() {
    // Only one may keep the reader's place: this page does, and the same in every browser.
    document.documentElement.style.overflowAnchor = "none";
    const { channel, stream, revision, me } = this.words;
    if (me) this.startSending();
    if (this.words.readings) this.startReading();
    this.waitForOwnTurn();
    if (me) this.main.addEventListener("click", (event) => this.pressOnClick(event));
    this.channel = new Channel(channel, stream, Number(revision), {
      apply: (items) => this.apply(items),
      reset: () => this.readAgain(),
      viewers: (count) => this.showViewers(count),
      gone: () => this.showGone(),
    });
  }

  startReading() {
    openAtNew();
    const reading = new Reading(this.main);
    // A moderator set or ended a limit of one's own: the composer says so at once.
    this.main.addEventListener("limits:changed", () => this.showOwnWords());
    this.posts.onInsert = (article) => reading.observe(article);
  }

  startSending() {
    const form = this.main.querySelector("form#reply");
    if (!this.main.querySelector("[data-pending-post]")) return;
    this.sending = new Sending(this.main, form, {
      arrived: (post, isHeld) => this.showOwn(post, isHeld),
      busy: (isBusy) => this.settle(isBusy),
    });
  }

  // --- what the channel tells ---

  apply(items) {
    for (const item of items) {
      if (item.type === "post") this.applyPost(item);
      else if (item.type === "thread") this.applyThread(item);
    }
    if (items.length) this.main.dispatchEvent(new CustomEvent("thread:changed"));
  }

  applyPost(item) {
    // It went to another thread; a tombstone comes to its place.
    if (item.state === "gone") return this.posts.remove(item.id);
    // While one's own comment is on its way, an update may be quicker than the answer: the answer says which
    // stand-in it replaces, so that it is never there twice.
    if (this.inFlight && this.isOwn(item) && !this.posts.find(item.id)) this.deferred.push(item);
    else this.showPost(item);
  }

  isOwn(item) {
    const { me, pseudonym } = this.words;
    if (pseudonym && item.author && !item.author.handle) return item.author.name === pseudonym;
    return Boolean(me) && item.author?.handle === me;
  }

  async showPost(item) {
    if (!item.fragment) return;
    const markup = this.isPersonal(item) ? await this.personalArticle(item) : item.fragment;
    const isNew = this.posts.show({ id: item.id, seq: item.seq, markup, isOwn: this.isOwn(item), isNews: item.state !== "moved" });
    if (isNew && !this.isOwn(item) && item.state !== "moved") this.tell(item);
  }

  /** Authors and moderators are offered more than everybody. */
  isPersonal(item) {
    const isMine = this.isOwn(item) || this.posts.find(item.id)?.hasAttribute("data-mine");
    return isMine || "moderates" in this.words;
  }

  async personalArticle(item) {
    try {
      return await readText(`/posts/${item.id}/article`);
    } catch {
      return item.fragment;
    }
  }

  applyThread(item) {
    const heading = this.main.querySelector("[data-post-count]");
    if (heading) {
      const words = item.post_count === 1 ? heading.dataset.one : heading.dataset.many;
      heading.textContent = fill(words, { number: item.post_count });
    }
    const isOpen = String(item.is_open);
    const isOther = isOpen !== this.words.open || item.status !== this.words.status;
    this.words.status = item.status;
    this.words.open = isOpen;
    if (isOther) this.showOpenness(item.is_open);
    else if (String(item.version) !== this.words.version) this.headSoon.ask();
    const until = item.make_room?.ends_at ?? "";
    if (until !== this.words.roomUntil) this.showRoom(until, item.fragment ?? "");
    const gate = item.gate ? `${item.gate.whom} ${item.gate.ends_at}` : "";
    if (gate !== this.words.gate) this.showGate(gate, item.fragment ?? "");
    this.showPace(item.pace ?? "", item.fragment ?? "");
  }

  /** Comments are read before they are shown, or no longer. */
  showGate(gate, markup) {
    announce(gate ? this.words.wordsGate : this.words.wordsGateOver);
    this.words.gate = gate;
    this.showBanner(markup);
  }

  /** Room is made for others, or no longer: the rule stands above the comments, and one's own part of it below. */
  showRoom(until, markup) {
    announce(until ? this.words.wordsRoom : this.words.wordsRoomOver);
    this.words.roomUntil = until;
    this.showBanner(markup);
  }

  /** The thread is slow or locked for a time, or no longer. */
  showPace(pace, markup) {
    const words = this.main.querySelector("[data-room]")?.dataset;
    if (!words || words.pace === pace) return;
    announce(pace ? words.wordsPace : this.words.wordsRoomOver);
    words.pace = pace;
    this.showBanner(markup);
  }

  showBanner(markup) {
    const banner = this.main.querySelector("[data-room]");
    if (banner) keepingPlace(this.posts.list, () => draw(banner, markup));
    this.ownWordsSoon.ask();
  }

  /** What only this reader is told above the composer. */
  async showOwnWords() {
    const place = this.main.querySelector("[data-own]");
    if (!place) return;
    await redraw(place, `/threads/${this.words.thread}/own`);
    this.waitForOwnTurn();
  }

  /** Whoever must wait is told when that is over. */
  waitForOwnTurn() {
    clearTimeout(this.turnTimer);
    const until = this.main.querySelector("[data-own] [data-until]")?.dataset.until;
    if (until) this.turnTimer = setTimeout(() => this.showOwnWords(), Math.max(1000, Date.parse(until) - Date.now() + 1000));
  }

  /** The thread was closed or opened, or its whole project was. */
  showOpenness(isOpen) {
    announce(isOpen ? this.words.wordsOpened : this.words.wordsClosed);
    this.pageSoon.ask();
  }

  /** Words in the box stay where they are; otherwise the page says what may be done now. */
  async readUnlessWriting() {
    const field = this.main.querySelector("form#reply textarea");
    if (field?.value.trim()) await this.readHead();
    else await this.readAgain();
  }

  // --- one's own comments ---

  async showOwn(post, isHeld) {
    const markup = await readText(`/posts/${post.id}/article`).catch(() => null);
    if (markup) this.posts.show({ id: post.id, seq: post.seq, markup, isOwn: true });
    announce(this.wordsOf(post, isHeld));
    if (post.held_until) setTimeout(() => this.lookAgain(post), LOOK_AGAIN_MS);
    this.showOwnWords();
  }

  /** By now it is shown, and came by itself; or a moderator declined it, which the channel tells nobody. */
  async lookAgain({ id }) {
    if (this.posts.find(id)?.dataset.state !== "pending") return;
    const markup = await readText(`/posts/${id}/article`).catch(() => null);
    if (markup && this.posts.find(id)) this.posts.show({ id, seq: null, markup, isOwn: true });
  }

  /** What became of it; when it will be shown stands in its own article, by the clock that its author chose. */
  wordsOf(post, isHeld) {
    if (!isHeld) return this.words.wordsSent;
    const note = post.held_until && this.posts.find(post.id)?.querySelector("[data-held-note]");
    return note ? note.textContent : this.words.wordsHeld;
  }

  settle(isBusy) {
    this.inFlight += isBusy ? 1 : -1;
    if (this.inFlight) return;
    for (const item of this.deferred.splice(0)) this.showPost(item);
  }

  /** Gives a comment one of the civic words or notes it, or takes that back. */
  async pressOnClick(event) {
    const button = event.target.closest?.("article button[aria-pressed]");
    if (!button) return;
    event.preventDefault();
    const article = button.closest("[data-post-id]");
    const deed = button.dataset.react ? `reactions/${button.dataset.react}` : "bookmark";
    const wasPressed = button.getAttribute("aria-pressed") === "true";
    const press = (isPressed) => {
      for (const same of this.posts.find(article.dataset.postId)?.querySelectorAll("button[aria-pressed]") ?? []) {
        if (same.getAttribute("formaction") === button.getAttribute("formaction")) same.setAttribute("aria-pressed", String(isPressed));
      }
    };
    press(!wasPressed);
    const method = wasPressed ? "DELETE" : "PUT";
    const { status, json } = await request(method, `/api/v1/posts/${Number(article.dataset.postId)}/${deed}`);
    if (status === 200 || status === 204) return;
    press(wasPressed);
    announce(json?.detail ?? this.words.wordsFailed);
  }

  // --- everything else ---

  /** For those who listen: who wrote, gathered so that a lively thread does not talk without end. */
  tell(item) {
    this.arrivals.push(item.author?.name ?? "");
    this.tellTimer ??= setTimeout(() => {
      const names = this.arrivals.splice(0);
      this.tellTimer = null;
      const place = document.querySelector("[data-announce]");
      if (!place) return;
      place.textContent = names.length === 1 && names[0]
        ? fill(this.words.wordsArrived, { name: names[0] })
        : fill(this.words.wordsNewMany, { number: names.length });
    }, TELL_EVERY_MS);
  }

  showViewers(count) {
    const place = this.main.querySelector("[data-viewers]");
    if (!place || count === undefined) return;
    place.textContent = ` · ${fill(this.words.wordsHere, { number: count })}`;
    place.hidden = count < 1;
  }

  showGone() {
    announce(this.words.wordsGone);
    setTimeout(() => location.reload(), 1500);
  }

  /** What stands above the comments: the conclusion, tags, where it went on. */
  async readHead() {
    const page = new DOMParser().parseFromString(await readText(location.href), "text/html");
    const fresh = page.querySelector("main[data-channel]");
    if (!fresh) return;
    this.put(fresh, ["[data-thread-head]"]);
    this.words.version = fresh.dataset.version;
    const title = fresh.querySelector("h1");
    if (title) this.main.querySelector("h1").textContent = title.textContent;
  }

  put(fresh, parts) {
    for (const part of parts) {
      const [old, now] = [this.main.querySelector(part), fresh.querySelector(part)];
      if (old && now) Idiomorph.morph(old, now, { morphStyle: "innerHTML", ignoreActiveValue: true });
    }
  }

  /** The page as it is now, put in place of what changed of it; the words in the composer stay. */
  async readAgain() {
    const page = new DOMParser().parseFromString(await readText(location.href), "text/html");
    const fresh = page.querySelector("main[data-channel]");
    if (!fresh) throw new Error("The page is not there any more.");
    const text = this.main.querySelector("form#reply textarea")?.value;
    this.put(fresh, ["[data-room]", "[data-thread-head]", "[data-posts]", "[data-thread-foot]"]);
    const names = ["stream", "revision", "end", "status", "open", "version", "roomUntil", "gate"];
    for (const name of names) this.words[name] = fresh.dataset[name];
    const [board, now] = [this.main, fresh].map((page) => page.querySelector("[data-room]"));
    if (board && now) board.dataset.pace = now.dataset.pace;
    const field = this.main.querySelector("form#reply textarea");
    if (field && text) field.value = text;
    for (const entry of this.sending?.entries ?? []) if (!this.sending.standIn(entry)) this.sending.show(entry);
    this.sending?.use(this.main.querySelector("form#reply"));
    field?.form.dispatchEvent(new CustomEvent("composer:again"));
    mountAll(this.main);
    return { stream: fresh.dataset.stream, revision: Number(fresh.dataset.revision) };
  }
}
