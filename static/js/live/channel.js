/** Watches one channel over the page's connection; what it means for the page is up to the listener. */

import { pause } from "../lib/chance.js";
import { connection } from "../lib/connection.js";
import { answered, asked, latestOfEach, question, received, startAt, unanswered } from "../lib/updates.js";

const ANSWER_MS = 10_000;

/**
 * `listener` has `apply(items)`, `reset()` (reads the page again and resolves to {stream, revision}), `viewers(count)`
 * and `gone()`. Starts at the revision that the page was drawn with, so that nothing in between is missed.
 */
export class Channel {
  constructor(name, stream, revision, listener) {
    this.name = name;
    this.listener = listener;
    this.state = startAt(stream, revision);
    this.attempts = 0;
    this.isOver = false;
    this.socket = connection();
    this.socket.on("connect", () => this.ask());
    this.socket.on("disconnect", () => { this.state = unanswered(this.state); });
    this.socket.on("update", (update) => this.hear(update));
    this.socket.on("viewers", ({ channel, count }) => { if (channel === name) listener.viewers(count); });
    this.socket.on("gone", ({ channel }) => { if (channel === name) this.end(); });
    if (this.socket.connected) this.ask();
  }

  hear(update) {
    if (update.channel === this.name && !this.isOver) this.take(received(this.state, update));
  }

  ask() {
    clearTimeout(this.timer);
    if (this.isOver || !this.socket.connected || this.state.isWaiting) return;
    this.state = asked(this.state);
    const socketId = this.socket.id;
    this.socket.timeout(ANSWER_MS).emit("watch", question(this.name, this.state), (error, ack) => {
      if (socketId !== this.socket.id) return; // an answer to a connection that is gone
      if (error || !ack.ok) this.refused(ack);
      else this.accept(ack);
    });
  }

  accept(ack) {
    this.attempts = 0;
    this.listener.viewers(ack.viewers);
    this.take(answered(this.state, ack));
  }

  refused(ack) {
    this.state = unanswered(this.state);
    if ([401, 403, 404].includes(ack?.error?.status)) this.end();
    else this.askLater();
  }

  take({ state, items, next }) {
    this.state = state;
    if (items.length) this.listener.apply(latestOfEach(items));
    if (next === "more") this.ask();
    else if (next === "ask") this.askLater();
    else if (next === "reset") this.startAfresh();
  }

  askLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), pause(this.attempts++, Math.random));
  }

  /** The server's history is another one: read the page again, quietly, and watch from there. */
  async startAfresh() {
    if (this.isStartingAfresh) return;
    this.isStartingAfresh = true;
    this.state = asked(this.state); // what comes meanwhile belongs to a page that is being replaced
    try {
      const { stream, revision } = await this.listener.reset();
      this.state = startAt(stream, revision);
      this.ask();
    } catch {
      this.state = unanswered(this.state);
      this.askLater();
    } finally {
      this.isStartingAfresh = false;
    }
  }

  end() {
    this.isOver = true;
    clearTimeout(this.timer);
    this.listener.gone();
  }
}
