import type { Rule } from "../rule";
import { apiRules } from "./api";
import { customerKeyRules } from "./customer-key";
import { dataRules } from "./data";
import { functionRules } from "./functions";
import { messagingRules } from "./messaging";
import { networkRules } from "./network";
import { permissionRules } from "./permissions";
import { workflowRules } from "./workflow";

/** Every rule, in the order in which docs/security.md lists them. */
export const rules: readonly Rule[] = [
  ...permissionRules,
  ...apiRules,
  ...functionRules,
  ...workflowRules,
  ...messagingRules,
  ...dataRules,
  ...customerKeyRules,
  ...networkRules,
];
