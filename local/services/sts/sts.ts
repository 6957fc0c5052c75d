import { createHash } from "node:crypto";
import { localUser } from "../../auth/local-user";
import type { Caller } from "../../calls/caller";
import type { JsonObject } from "../../json";
import { type AwsService, unknownAction } from "../service";

/** STS, as far as it says who calls. */
export class Sts implements AwsService {
  constructor(private readonly accountId: string) {}

  /** Action: GetCallerIdentity. */
  async call(action: string, _input: JsonObject, caller?: Caller): Promise<JsonObject> {
    if (action !== "GetCallerIdentity") throw unknownAction("STS", action);
    return { ...this.identityOf(caller), Account: this.accountId };
  }

  /** A function is a session of its role, by the name of the function. */
  private identityOf(caller: Caller | undefined): { UserId: string; Arn: string } {
    if (caller?.roleArn === undefined) {
      return {
        UserId: idOf("AIDA", localUser.name),
        Arn: `arn:aws:iam::${this.accountId}:user/${localUser.name}`,
      };
    }
    const role = caller.roleArn.split("/").at(-1) ?? "";
    return {
      UserId: `${idOf("AROA", role)}:${caller.name}`,
      Arn: `arn:aws:sts::${this.accountId}:assumed-role/${role}/${caller.name}`,
    };
  }
}

/** As the provider's `uniqueId` of a role. */
function idOf(prefix: string, name: string): string {
  return `${prefix}${createHash("sha256").update(name).digest("hex").slice(0, 17).toUpperCase()}`;
}
