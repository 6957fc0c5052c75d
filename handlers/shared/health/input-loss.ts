/**
 * MediaLive's alerts of a pipeline that gets no video. Source of `Video Not Detected`: events recorded on AWS; of the others: the table of alerts in
 * MediaLive's user guide, whose wording of an event's `alert_type` was not seen. The guide lists more than there is room to name, and AWS may
 * add some: an alert that is not here is an ALERT, and not NO_INPUT.
 */
const wordings = [
  /^video not detected/i,
  /^no rtmp data/i,
  /^rtmp (stream|input) not found/i,
  /^rtmp has no audio\/?video/i,
  /^stopped receiving .*input/i,
  /^(unable to access|cannot access) input resource/i,
  /^input resource (not accessible|inaccessible)/i,
];

/** @returns whether an alert says that a pipeline gets no video. */
export function isInputLoss(alertType: string): boolean {
  return wordings.some((wording) => wording.test(alertType));
}
