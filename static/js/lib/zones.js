/** Whether a meeting's zone tells another time than the reader's, and what the reader's clock says. */

export function clockIn(instant, timezone, locale) {
  return new Intl.DateTimeFormat(locale, { weekday: "long", hour: "numeric", minute: "2-digit", timeZone: timezone }).format(instant);
}

export function sameClock(instant, timezone, otherTimezone) {
  return clockIn(instant, timezone, "en") === clockIn(instant, otherTimezone, "en");
}

/** "Friday 12:30 am", or null where both clocks agree or a zone is not known. */
export function readersClock(instant, timezone, readersTimezone, locale) {
  try {
    return sameClock(instant, timezone, readersTimezone) ? null : clockIn(instant, readersTimezone, locale);
  } catch {
    return null;
  }
}
