import type { JsonObject } from "../../json";
import { AwsError, type AwsService, unknownAction } from "../service";

interface Secret {
  readonly name: string;
  value: string | undefined;
}

/** Secrets Manager, as far as its secrets are read. */
export class SecretsManager implements AwsService {
  private readonly secrets = new Map<string, Secret>();

  create(arn: string, name: string): void {
    if (!this.secrets.has(arn)) this.secrets.set(arn, { name, value: undefined });
  }

  /** @param id the secret's ARN or name. */
  put(id: string, value: string): void {
    const [, secret] = this.find(id);
    secret.value = value;
  }

  /**
   * Action: GetSecretValue, of the current version.
   *
   * @throws {AwsError} `ResourceNotFoundException` for an unknown secret, and for one without a value.
   */
  async call(action: string, { SecretId }: JsonObject): Promise<JsonObject> {
    if (action !== "GetSecretValue") throw unknownAction("SecretsManager", action);
    const [arn, { name, value }] = this.find(String(SecretId));
    if (value === undefined) throw notFound();
    return { ARN: arn, Name: name, SecretString: value, VersionStages: ["AWSCURRENT"] };
  }

  private find(id: string): [arn: string, secret: Secret] {
    const found = [...this.secrets].find(([arn, { name }]) => arn === id || name === id);
    if (!found) throw notFound();
    return found;
  }
}

function notFound(): AwsError {
  return new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
}
