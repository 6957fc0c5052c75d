const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** @returns the milliseconds since the Unix epoch that an RFC 3339 timestamp means; undefined for any other text. */
export function parseTimestamp(text: string): number | undefined {
  const moment = rfc3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}
