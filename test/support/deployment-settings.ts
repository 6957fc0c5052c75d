import * as pulumi from "@pulumi/pulumi";
import type { DeploymentSettings } from "../../contracts/internal";
import type { Recording } from "./record";

/** What a recorded `streams` says that may change between two deployments; secrets as they are. */
export function deploymentSettingsOf(recording: Recording): DeploymentSettings {
  const { item } = recording.only(":TableItem", "streams-settings").inputs;
  const { settings } = JSON.parse(String(pulumi.runtime.unwrapRpcSecret(item))) as {
    settings: { S: string };
  };
  return JSON.parse(settings.S) as DeploymentSettings;
}
