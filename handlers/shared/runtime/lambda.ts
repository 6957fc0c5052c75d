import { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import { escapeControls } from "../../../contracts";
import { type Environment, type FunctionName, workflowError } from "../../../contracts/internal";
import { readEnvironment } from "./environment";
import { describeError, isNamed, thrownError } from "./errors";
import { metricOf } from "./metrics";

/** The part of the logger that handlers use. They log names and numbers, never a payload, a token or a URL. */
export type Log = Pick<Logger, "info" | "warn" | "error" | "appendKeys">;

/** What a Lambda runs. */
export type Handler<Event, Result> = (event: Event, context?: Context) => Promise<Result>;

/**
 * Makes a Lambda's handler: built at its first use, so that a missing variable is an error of that use which says so,
 * and with a structured log that carries the invocation's ids.
 *
 * @param name the Lambda's name, which its log lines carry as `service`.
 * @param build makes the handler from the log and the Lambda's environment; called until it succeeds once.
 */
export function lambda<Name extends FunctionName, Event, Result>(
  name: Name,
  build: (log: Log, environment: Environment<Name>) => Handler<Event, Result>,
): Handler<Event, Result> {
  const logger = new Logger({
    serviceName: name,
    // JSON leaves C1 controls and those of the writing direction as they are.
    jsonReplacerFn: (_key, value: unknown) => (typeof value === "string" ? escapeControls(value) : value),
  });
  let built: Handler<Event, Result> | undefined;
  return async (event, context) => {
    if (context) logger.addContext(context);
    try {
      built ??= build(logger, readEnvironment(name));
      return await built(event, context);
    } catch (error) {
      logger.error("The invocation failed.", { reason: describeError(error), ...countError(error) });
      throw thrownError(error);
    } finally {
      logger.resetKeys();
    }
  };
}

/** The errors by which a function tells the workflow how things are: nothing is wrong with the deployment. */
const answers = [
  workflowError("ProvisionRequestInvalid"),
  workflowError("StreamAlreadyActive"),
  workflowError("StreamCancelled"),
  workflowError("NoChannelAvailable"),
  workflowError("ChannelReleasePending"),
];

/** A function without the table, such as the probe, counts nothing: the workflow that invokes it fails. */
function countError(error: unknown): object {
  const { TABLE_NAME: tableName } = process.env;
  return tableName && !isNamed(error, ...answers) ? metricOf(tableName, { FunctionErrors: 1 }) : {};
}
