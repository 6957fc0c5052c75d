import { awsQuery } from "../../wire/aws-query";
import { defineService } from "../define-service";
import { Sts } from "./sts";

export const sts = defineService({
  name: "STS",
  create: ({ accountId }) => new Sts(accountId),
  outputs: {},
  api: {
    signingName: "sts",
    protocols: [
      awsQuery({
        version: "2011-06-15",
        xmlns: "https://sts.amazonaws.com/doc/2011-06-15/",
        errorCodes: new Map(),
      }),
    ],
    // It needs no permission: "No permissions are required to perform this operation", and no Deny stops it.
    actions: { GetCallerIdentity: () => [] },
    denial: { code: "AccessDenied", statusCode: 403 },
    faults: {
      throttle: ["Throttling", "Rate exceeded", 400],
      broken: ["InternalFailure", "An internal error occurred.", 500],
    },
  },
});
