import { StreamOrchestration } from "./components";
import { readConfig } from "./config";

/** The program: one StreamOrchestration, configured by the stack. Every export is a stack output. */
const orchestration = new StreamOrchestration("streams", readConfig());

export const apiUrl = orchestration.apiUrl;
export const apiDomain = orchestration.apiDomain;
export const invokePolicyJson = orchestration.invokePolicyJson;
export const readPolicyJson = orchestration.readPolicyJson;
export const ingestPolicyJson = orchestration.ingestPolicyJson;
export const endpointPolicyJson = orchestration.endpointPolicyJson;
export const playbackOrigins = orchestration.playbackOrigins;
export const playbackBehaviors = orchestration.playbackBehaviors;
export const manifestUrls = orchestration.manifestUrls;
export const stateMachineArn = orchestration.stateMachineArn;
export const eventBusName = orchestration.eventBusName;
export const eventBusArn = orchestration.eventBusArn;
export const eventBusPolicyJson = orchestration.eventBusPolicyJson;
export const tableName = orchestration.tableName;
export const onCallTopicArn = orchestration.onCallTopicArn;
export const alarmTopicArn = orchestration.alarmTopicArn;
export const deadLetterQueueUrl = orchestration.deadLetterQueueUrl;
