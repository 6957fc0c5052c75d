import { AwsClient, type AwsClientSettings, commandOf } from "./client";
import { jsonProtocol } from "./json-protocol";

const protocol = jsonProtocol({
  host: "secretsmanager",
  signingName: "secretsmanager",
  target: "secretsmanager",
  version: "1.1",
});

export class SecretsManagerClient extends AwsClient {
  constructor(settings: AwsClientSettings = {}) {
    super(protocol, settings);
  }
}

export const GetSecretValueCommand = commandOf<
  { readonly SecretId: string },
  { readonly SecretString?: string }
>("GetSecretValue");
