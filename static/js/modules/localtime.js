/** Says beside a meeting's time what the reader's own clock will show, where it differs. */

import { fill } from "../lib/characters.js";
import { readersClock } from "../lib/zones.js";

export function mount(element) {
  const { timezone, words } = element.dataset;
  const time = element.querySelector("time");
  if (!timezone || !time) return;
  const readersTimezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clock = readersClock(new Date(time.dateTime), timezone, readersTimezone, document.documentElement.lang);
  if (clock) element.append(` (${fill(words, { time: clock })})`);
}
