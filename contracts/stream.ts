import * as v from "valibot";
import { closedObject } from "./closed-object";
import { dateTime } from "./date-time";
import { ingestProtocols, ingestUrl, schemesMatchProtocol } from "./ingest-url";
import { maskUrls } from "./mask-urls";
import { jsonSchemaOfCheck, oneOf, quote, stringRecord, text } from "./text";

/** What a stream is made of: the members that the operations and the events share. */

const streamIdPattern = /^[a-zA-Z0-9-]{3,64}$/;

export const streamIdSchema = v.pipe(
  v.string(),
  v.regex(streamIdPattern, ({ input }) => `must match ${streamIdPattern.source}, received ${quote(input)}`),
);

/** An attempt, counted from 1 per stream. */
export const attemptNumberSchema = v.pipe(v.number(), v.integer(), v.minValue(1));

export const titleSchema = text(1, 140);

/** The scheduled kick-off. */
export const startTimeSchema = dateTime;

/** When the stream becomes COMPLETE by itself, once it is READY or LIVE. */
export const endTimeSchema = v.pipe(
  dateTime,
  v.description(
    "When the stream becomes COMPLETE by itself, if it is READY or LIVE then: from 60 seconds to 8,760 hours after `startTime`, and ahead. The deployment's `maxLiveHours` ends it earlier if that time is over first.",
  ),
);

const channelIdPattern = /^\d{1,20}$/;

/** The encoder channel that a stream is to have, whichever others are free. */
export const channelIdSchema = v.pipe(
  v.string(),
  v.regex(channelIdPattern, ({ input }) => `must match ${channelIdPattern.source}, received ${quote(input)}`),
  v.description(
    "The encoder channel that the stream is to have, of the deployment's pool. Any free one without it. A stream whose channel is not free fails.",
  ),
);

const ingestEndpointMembers = {
  protocol: oneOf(ingestProtocols),
  url: ingestUrl,
  backupUrl: v.exactOptional(ingestUrl),
};

export const ingestEndpointSchema = v.pipe(closedObject(ingestEndpointMembers), schemesMatchProtocol());

export const ingestEndpointsSchema = v.pipe(
  v.array(ingestEndpointSchema),
  v.minLength(1, "must have at least 1 element, received none"),
);

/** The ingest endpoints in an answer or an event. A later release may add members, which an earlier one passes over. */
export const toldIngestEndpointsSchema = v.pipe(
  v.array(v.pipe(v.object(ingestEndpointMembers), schemesMatchProtocol())),
  v.minLength(1, "must have at least 1 element, received none"),
);

export const metadataSchema = stringRecord();

/** Characters that a reason has at most, counted as Unicode code points. */
export const maxReasonLength = 280;

/** Why a status changed. It goes onto the bus, into logs and to on-call: where it names an ingest URL, its key stays out. */
export const reasonSchema = v.pipe(text(0, maxReasonLength), v.transform(maskUrls));
// With its URLs masked a text is a text all the same, and no longer.
jsonSchemaOfCheck.set(maskUrls, {});
