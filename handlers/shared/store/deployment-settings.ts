import { type DeploymentSettings, type SettingsItem, settingsItemId } from "../../../contracts/internal";
import { type LeaseTable, readItems } from "./leases";

/**
 * @returns what the latest deployment says, read consistently.
 * @throws {Error} where there is no such deployment yet. The first one writes it last.
 */
export async function readDeploymentSettings(table: LeaseTable): Promise<DeploymentSettings> {
  const items = await readItems<SettingsItem>(table, [settingsItemId]);
  const item = items.get(settingsItemId);
  if (item) return parse(item.settings);
  throw new Error(
    `The item '${settingsItemId}' is not in the table '${table.leaseTableName}', so that the channels are not known. The deployment writes it last: try again once it is done, or deploy again.`,
  );
}

/** Without the parser's own error, which repeats a part of the text: there may be a secret in it. */
function parse(text: string): DeploymentSettings {
  try {
    return JSON.parse(text) as DeploymentSettings;
  } catch {
    throw new Error(
      `The item '${settingsItemId}' of the table of leases is not JSON, so that the channels are not known. Deploy again.`,
    );
  }
}
