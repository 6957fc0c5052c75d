/** A member `streamId` in JSON, in JSON within JSON, and as an attribute of an item. */
const member = /\\*"streamId\\*"\s*:\s*(?:\{\\*"S\\*"\s*:\s*)?\\*"([a-zA-Z0-9-]{3,64})\\*"/g;

/** An execution of a stream: its ARN, which ends in the stream and the number of its attempt. */
const execution = /:execution:[^:"\\]+:([a-zA-Z0-9-]{3,64})_\d+/g;

/** @returns the streams that a text names, each once. */
export function streamIdsIn(text: string): string[] {
  const found = [member, execution].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, id = ""]) => id),
  );
  return [...new Set(found)];
}
