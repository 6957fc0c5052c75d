import { one, type Place, text } from "../../iam/permissions";
import { type Graph, resourcesOfType } from "../../record/graph";
import { awsJson } from "../../wire/aws-json";
import { defineService } from "../define-service";
import { CloudWatchLogs } from "./cloudwatch-logs";

const group = (name: string, { region, accountId }: Place) =>
  name.startsWith("arn:") ? name : `arn:aws:logs:${region}:${accountId}:log-group:${name}`;

export const cloudWatchLogs = defineService({
  name: "CloudWatchLogs",
  create: ({ clock, region, accountId, signals }) =>
    new CloudWatchLogs({ clock, region, accountId, onMetric: (value) => signals.emit("metric", value) }),
  outputs: {},
  declare(graph: Graph, service: CloudWatchLogs) {
    for (const { inputs, outputs } of resourcesOfType(graph, "aws:cloudwatch/logGroup:LogGroup")) {
      const days = inputs.retentionInDays;
      service.createGroup(String(outputs.name), typeof days === "number" ? days : undefined);
    }
  },
  api: {
    signingName: "logs",
    protocols: [awsJson({ target: "Logs_20140328" })],
    actions: {
      DescribeLogGroups: one("logs:DescribeLogGroups", (_input, place) => group("*", place)),
      DescribeLogStreams: one("logs:DescribeLogStreams", ({ logGroupName, logGroupIdentifier }, place) =>
        group(text(logGroupName ?? logGroupIdentifier), place),
      ),
      FilterLogEvents: one("logs:FilterLogEvents", ({ logGroupName, logGroupIdentifier }, place) =>
        group(text(logGroupName ?? logGroupIdentifier), place),
      ),
    },
    denial: { code: "AccessDeniedException", statusCode: 400 },
    faults: {
      throttle: ["ThrottlingException", "Rate exceeded", 400],
      broken: ["ServiceUnavailableException", "The service cannot complete the request.", 500],
    },
  },
});
