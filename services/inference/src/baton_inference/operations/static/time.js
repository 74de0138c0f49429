// Formats times. All times are from the server's clock.

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/** Formats the age of a time, both in milliseconds: "3 minutes ago". */
export function formatAge(then, now) {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 5) return "just now";
  const [unit, size] = UNITS.find(([, length]) => seconds >= length);
  return relative.format(-Math.floor(seconds / size), unit);
}

/** Formats the time until a moment, both in milliseconds, as a sentence. */
export function formatLeft(end, now) {
  const seconds = Math.round((end - now) / 1000);
  if (seconds <= 0) return " Its time is over; it waits for pairs or certainty.";
  const [unit, size] = UNITS.find(([, length]) => seconds >= length);
  return ` The next one ${relative.format(Math.ceil(seconds / size), unit)} at the earliest.`;
}

/** Formats `2026-11-23T10:00:00.000Z` as `2026-11-23 10:00:00 UTC`. */
export const formatUtc = (text) => `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
