import { type Payload, payloadVersion, workflowError } from "../../../contracts/internal";
import { namedError } from "./errors";

const previousVersion = payloadVersion - 1;

/**
 * @returns whether a payload is of the version before today's, which the definition of an earlier release sends.
 * @throws {Error} `PayloadVersionUnknown` for a version that is neither today's nor the one before.
 */
export function isPreviousVersion({ version = 1 }: Payload): boolean {
  if (version === payloadVersion) return false;
  if (version === previousVersion) return true;
  throw namedError(
    workflowError("PayloadVersionUnknown"),
    `The payload's version must be ${previousVersion} or ${payloadVersion}, received ${JSON.stringify(version)}. Deploy the functions of the release that the state machine is of, or of the one after.`,
  );
}
