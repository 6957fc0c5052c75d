import { isJsonObject, type Json } from "../../json";
import type { MetricValue } from "../cloudwatch/metric";

/**
 * Takes the metrics out of a log line, as CloudWatch Logs does with a line of its embedded metric format.
 *
 * @returns none for any other line, and for what breaks the format's rules: CloudWatch drops that without a word to the writer.
 */
export function embeddedMetrics(line: string): MetricValue[] {
  // Nearly no line is one, and to parse each would cost more than the rest of the log.
  if (!line.includes('"_aws"')) return [];
  const document = parse(line);
  const { CloudWatchMetrics, Timestamp } = isJsonObject(document?._aws) ? document._aws : {};
  if (!document || typeof Timestamp !== "number") return [];
  return objectsOf(CloudWatchMetrics).flatMap(({ Namespace, Dimensions, Metrics }) =>
    (Array.isArray(Dimensions) ? Dimensions : []).flatMap((names) => {
      const dimensions = (Array.isArray(names) ? names : []).map(
        (name) => [name, document[String(name)]] as const,
      );
      if (!dimensions.every(([, value]) => typeof value === "string")) return [];
      return objectsOf(Metrics).flatMap(({ Name }) => {
        const values = [document[String(Name)]].flat();
        return values.flatMap((value) =>
          typeof value === "number"
            ? [
                {
                  ...{ namespace: String(Namespace), name: String(Name), value },
                  dimensions: Object.fromEntries(dimensions) as { [name: string]: string },
                },
              ]
            : [],
        );
      });
    }),
  );
}

function parse(line: string): { [member: string]: Json } | undefined {
  try {
    const document = JSON.parse(line) as Json;
    return isJsonObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

function objectsOf(value: Json | undefined) {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
