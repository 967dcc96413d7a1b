/**
 * What a watcher of a channel does with what it is told, as a state machine without a network.
 *
 * A state is {stream, revision, isWaiting, buffer}. Each function gives {state, items, next}: the items to apply
 * now, in order, and what to do next: `null`, `"ask"` (watch again from the state's revision, after a random
 * moment), `"more"` (the same, at once) or `"reset"` (forget everything and read the page again).
 */

export function startAt(stream, revision) {
  return { stream, revision, isWaiting: false, buffer: [] };
}

/** The question has been sent: updates wait until it is answered, so that nothing is applied out of order. */
export function asked(state) {
  return { ...state, isWaiting: true };
}

/** The question was lost (no connection, no answer in time): what came meanwhile is told again later. */
export function unanswered(state) {
  return { ...state, isWaiting: false, buffer: [] };
}

/** The payload of `watch` for this state. */
export function question(channel, state) {
  return { channel, after: state.revision, stream: state.stream };
}

/** An `update` from the server. */
export function received(state, update) {
  if (state.isWaiting) return result({ ...state, buffer: [...state.buffer, update] });
  if (update.stream !== state.stream) return result(state, [], "reset");
  if (update.revision <= state.revision) return result(state);
  if (update.previous > state.revision) return result(state, [], "ask");
  return result({ ...state, revision: update.revision }, update.items);
}

/** The answer to `watch`, and after it whatever came while it was on its way. */
export function answered(state, ack) {
  const open = { ...state, isWaiting: false, buffer: [] };
  if (ack.reset || ack.stream !== state.stream) return result(open, [], "reset");
  let step = result({ ...open, revision: Math.max(open.revision, ack.revision) }, ack.items);
  for (const update of state.buffer) step = after(step, received(step.state, update));
  return ack.more && step.next !== "reset" ? { ...step, next: "more" } : step;
}

/** Items of several updates as one list: of each object only its latest state, at its latest place. */
export function latestOfEach(items) {
  const latest = new Map();
  for (const item of items) {
    const name = `${item.type}:${item.id}`;
    latest.delete(name);
    latest.set(name, item);
  }
  return [...latest.values()];
}

function after(first, second) {
  const next = first.next === "reset" ? "reset" : second.next ?? first.next;
  return { state: second.state, items: [...first.items, ...second.items], next };
}

function result(state, items = [], next = null) {
  return { state, items, next };
}
