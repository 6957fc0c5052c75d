import { one, text } from "../../iam/permissions";
import { resourcesOfType } from "../../record/graph";
import { digest, localArn } from "../../record/outputs";
import { awsJson } from "../../wire/aws-json";
import { defineService } from "../define-service";
import { SecretsManager } from "./secrets-manager";

export const secretsManager = defineService({
  name: "SecretsManager",
  create: () => new SecretsManager(),
  outputs: {
    "aws:secretsmanager/secret:Secret": ({ physicalName, place }) => {
      // AWS puts six random characters behind a secret's name.
      const arn = localArn(place, "secretsmanager", `secret:${physicalName}-${digest(physicalName, 6)}`);
      return { id: arn, name: physicalName, arn };
    },
    "aws:secretsmanager/secretVersion:SecretVersion": ({ inputs, physicalName }) => ({
      id: `${String(inputs.secretId)}|${digest(physicalName, 32)}`,
      arn: String(inputs.secretId),
      versionId: digest(physicalName, 32),
    }),
  },
  declare(graph, service) {
    for (const { outputs } of resourcesOfType(graph, "aws:secretsmanager/secret:Secret")) {
      service.create(String(outputs.arn), String(outputs.name));
    }
    for (const { inputs } of resourcesOfType(graph, "aws:secretsmanager/secretVersion:SecretVersion")) {
      service.put(String(inputs.secretId), String(inputs.secretString ?? ""));
    }
  },
  api: {
    signingName: "secretsmanager",
    protocols: [awsJson({ target: "secretsmanager" })],
    actions: { GetSecretValue: one("secretsmanager:GetSecretValue", ({ SecretId }) => text(SecretId)) },
    denial: { code: "AccessDeniedException", statusCode: 400 },
    faults: {
      throttle: ["ThrottlingException", "Rate exceeded", 400],
      broken: ["InternalServiceError", "An error occurred on the server side.", 500],
    },
  },
});
