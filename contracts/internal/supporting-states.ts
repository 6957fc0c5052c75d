import type { ContractStateName } from "../stream-lifecycle-orchestrator";

/** A state of the deployed definition that AWS makes necessary and that serves a state of the contract. */
export interface SupportingState {
  readonly name: string;
  readonly type: "Task" | "Choice" | "Wait" | "Map";
  /** The contract state of which it is a part. */
  readonly serves: ContractStateName;
  readonly integration?: string;
  /** Why AWS makes it necessary. */
  readonly reason: string;
}

/** The supporting states of the StreamLifecycleOrchestrator, each with the reason why AWS makes it necessary. */
export const supportingStates = [
  {
    name: "DecideStart",
    type: "Choice",
    serves: "ProvisionEncoderInfrastructure",
    reason: "A stream that is scheduled may be started only shortly before its time.",
  },
  {
    name: "HoldUntilLeadTime",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
    reason:
      "A Wait cannot be ended; a callback task ends at its timeout, which is the start, or when the stream is cancelled.",
  },
  {
    name: "LeaseHeldChannel",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::lambda:invoke",
    reason: "A scheduled stream leases its channel when it starts: until then other streams may use it.",
  },
  {
    name: "PublishHeldChannel",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::events:putEvents",
    reason: "A scheduled stream has no channel to tell of when its request is announced.",
  },
  {
    name: "WaitForCapacityTurn",
    type: "Wait",
    serves: "ProvisionEncoderInfrastructure",
    reason:
      "Of requests that ask for the last places of a distribution at once, the first ones wait until the others are refused.",
  },
  {
    name: "ReservePlaybackPlace",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason:
      "CloudFront reserves nothing, and the entry is added only after the channel has started: a mark on the lease keeps its place.",
  },
  {
    name: "ReadPlaybackPlaces",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::aws-sdk:dynamodb:scan",
    reason: "Streams that have a place and are not in the distribution yet count as well.",
  },
  {
    name: "ReadPlaybackCapacity",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::aws-sdk:cloudfront:getDistributionConfig",
    reason:
      "CloudFront limits a distribution's behaviours and origins, and would refuse the update after the channel has started.",
  },
  {
    name: "DecidePlaybackCapacity",
    type: "Choice",
    serves: "ProvisionEncoderInfrastructure",
    reason:
      "A stream for which the distribution has no place, or whose path is another's, is refused before anything of it costs money.",
  },
  {
    name: "ReturnPlaybackPlace",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason: "A request that is refused must not keep another from the place while its failure is handled.",
  },
  {
    name: "ReadChannelState",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::aws-sdk:medialive:describeChannel",
    reason:
      "Only a look before the start tells whether this attempt started the channel, and so may stop it.",
  },
  {
    name: "ClaimEncoderChannel",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason:
      "An execution that dies takes its variables with it: the item says whether there is a channel to stop.",
  },
  {
    name: "ConfirmEncoderLease",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason:
      "An execution may be stopped, cleaned up by StreamTeardown, and redriven: it must not start a channel that it no longer leases.",
  },
  {
    name: "DecideInput",
    type: "Choice",
    serves: "ProvisionEncoderInfrastructure",
    reason:
      "A channel may have several inputs, each of which is read and set before the channel starts; a redriven execution confirms its lease first.",
  },
  {
    name: "ReadInput",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::aws-sdk:medialive:describeInput",
    reason: "Only MediaLive knows the addresses of a push input, and how many sources a pull input takes.",
  },
  {
    name: "DecideInputSources",
    type: "Choice",
    serves: "ProvisionEncoderInfrastructure",
    reason: "A push input has no sources, and an input of another channel must not be changed.",
  },
  {
    name: "SetInputSources",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::aws-sdk:medialive:updateInput",
    reason: "StartChannel takes no sources, and MediaLive updates the inputs of idle channels alone.",
  },
  {
    name: "RecordInputs",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason: "Functions in a private network reach no MediaLive: they read the addresses from the item.",
  },
  {
    name: "PublishInputs",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::events:putEvents",
    reason: "The addresses to push to are known once MediaLive has told them, under the lease.",
  },
  {
    name: "ReadConflictingChannel",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::aws-sdk:medialive:describeChannel",
    reason:
      "startChannel answers with a conflict for every channel that is not idle; only its state tells which.",
  },
  {
    name: "DecideChannelState",
    type: "Choice",
    serves: "ProvisionEncoderInfrastructure",
    reason:
      "A leased channel that is starting or running is this attempt's; one that is stopping can be started soon.",
  },
  {
    name: "WaitForChannel",
    type: "Wait",
    serves: "ProvisionEncoderInfrastructure",
    reason: "A channel takes up to five minutes to stop, and cannot be started meanwhile.",
  },
  {
    name: "AcquirePlaybackTurn",
    type: "Task",
    serves: "ConfigurePlaybackEndpoints",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason:
      "Of writers that update a distribution at once, all but one fail; with the lock, each reads and updates once.",
  },
  {
    name: "DecidePlaybackTurn",
    type: "Choice",
    serves: "ConfigurePlaybackEndpoints",
    reason: "After ten minutes the workflow goes on without the lock: the ETag prevents lost updates.",
  },
  {
    name: "RequestPlaybackEntry",
    type: "Task",
    serves: "ConfigurePlaybackEndpoints",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason: "A mark on the lease tells the holder of the lock to add this entry with its own update.",
  },
  {
    name: "ReadPlaybackRequest",
    type: "Task",
    serves: "ConfigurePlaybackEndpoints",
    integration: "arn:aws:states:::dynamodb:getItem",
    reason: "The holder of the lock marks the lease once the entry is in the distribution.",
  },
  {
    name: "GatherPlaybackUpdates",
    type: "Wait",
    serves: "ConfigurePlaybackEndpoints",
    reason: "An update of a distribution takes seconds: streams that start together go into one.",
  },
  {
    name: "ReadPlaybackUpdates",
    type: "Task",
    serves: "ConfigurePlaybackEndpoints",
    integration: "arn:aws:states:::aws-sdk:dynamodb:scan",
    reason: "CloudFront takes one update at a time, so that it makes those of all who wait.",
  },
  {
    name: "ReadPlaybackConfiguration",
    type: "Task",
    serves: "ConfigurePlaybackEndpoints",
    integration: "arn:aws:states:::aws-sdk:cloudfront:getDistributionConfig",
    reason: "updateDistribution takes the whole configuration and its current ETag.",
  },
  {
    name: "DecidePlaybackOwner",
    type: "Choice",
    serves: "ConfigurePlaybackEndpoints",
    reason:
      "The distribution may hold a later attempt at the stream; the ETag makes the check and the update atomic.",
  },
  {
    name: "DecidePlaybackBatch",
    type: "Choice",
    serves: "ConfigurePlaybackEndpoints",
    reason:
      "An update of many that CloudFront refuses is repeated for this entry alone, so that one wrong entry fails one attempt.",
  },
  {
    name: "SeparatePlaybackUpdates",
    type: "Map",
    serves: "ConfigurePlaybackEndpoints",
    reason: "After an update of many was refused, each attempt makes its own.",
  },
  {
    name: "ConfigurePlaybackBatch",
    type: "Task",
    serves: "ConfigurePlaybackEndpoints",
    integration: "arn:aws:states:::aws-sdk:cloudfront:updateDistribution",
    reason: "Whoever has the lock makes the updates of all who wait with one call.",
  },
  {
    name: "MarkPlaybackUpdates",
    type: "Map",
    serves: "ConfigurePlaybackEndpoints",
    reason: "The attempts whose entries the update has added or removed wait for that.",
  },
  {
    name: "DecidePlaybackRetry",
    type: "Choice",
    serves: "ConfigurePlaybackEndpoints",
    reason: "A stale ETag goes back to the read, a bounded number of times.",
  },
  {
    name: "WaitForPlaybackTurn",
    type: "Wait",
    serves: "ConfigurePlaybackEndpoints",
    reason: "Writers that met on one distribution would meet again without a jittered wait.",
  },
  {
    name: "ReleasePlaybackTurn",
    type: "Task",
    serves: "ConfigurePlaybackEndpoints",
    integration: "arn:aws:states:::dynamodb:deleteItem",
    reason: "The next writer need not wait until the lock expires.",
  },
  {
    name: "StartReadiness",
    type: "Task",
    serves: "AwaitLifecycleConfirmation",
    integration: "arn:aws:states:::aws-sdk:sfn:startExecution",
    reason:
      "A state that waits for a callback cannot look for itself: another execution finds the evidence for READY. Only with `readiness`.",
  },
  {
    name: "CloseConfirmation",
    type: "Task",
    serves: "AwaitLifecycleConfirmation",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason:
      "When the time is up, one conditional write decides between the timeout and a confirmation of the same moment.",
  },
  {
    name: "ReadLifecycleStatus",
    type: "Task",
    serves: "AwaitLifecycleConfirmation",
    integration: "arn:aws:states:::dynamodb:getItem",
    reason: "A failed condition tells that a confirmation is on the item, not which.",
  },
  {
    name: "DecideLifecycle",
    type: "Choice",
    serves: "AwaitLifecycleConfirmation",
    reason: "The status that was read says whether the stream is ready.",
  },
  {
    name: "ScheduleLiveLimit",
    type: "Task",
    serves: "RecordCompletion",
    integration: "arn:aws:states:::aws-sdk:scheduler:createSchedule",
    reason:
      "A stream that nobody ends is ended by a one-shot schedule, since a channel costs money by the hour.",
  },
  {
    name: "DecidePlaybackRemoval",
    type: "Choice",
    serves: "HandleProvisionFailure",
    reason: "Only an attempt that has asked others to add its entry has anything to withdraw.",
  },
  {
    name: "AcquireRemovalTurn",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason: "Removing an entry updates the same distribution as adding one, and takes the same lock.",
  },
  {
    name: "DecideRemovalTurn",
    type: "Choice",
    serves: "HandleProvisionFailure",
    reason: "After ten minutes the workflow goes on without the lock: the ETag prevents lost updates.",
  },
  {
    name: "RequestPlaybackRemoval",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason:
      "A mark on the lease tells the holder of the lock to remove this entry with its own update, and not to add it any more.",
  },
  {
    name: "ReadPlaybackRemoval",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::dynamodb:getItem",
    reason: "The holder of the lock marks the lease once the entry is out of the distribution.",
  },
  {
    name: "ReadRemovalUpdates",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::aws-sdk:dynamodb:scan",
    reason: "CloudFront takes one update at a time, so that it makes those of all who wait.",
  },
  {
    name: "ReadPlaybackEntry",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::aws-sdk:cloudfront:getDistributionConfig",
    reason:
      "Functions in a private network cannot reach CloudFront, so the workflow itself removes the entry.",
  },
  {
    name: "DecidePlaybackEntry",
    type: "Choice",
    serves: "HandleProvisionFailure",
    reason: "An update that never took effect needs no cleanup.",
  },
  {
    name: "RemovePlaybackEntry",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::aws-sdk:cloudfront:updateDistribution",
    reason: "The attempt's origin and behaviour leave the distribution.",
  },
  {
    name: "DecideRemovalMarks",
    type: "Choice",
    serves: "HandleProvisionFailure",
    reason: "An update of many that CloudFront refuses is repeated for this entry alone.",
  },
  {
    name: "MarkRemovalUpdates",
    type: "Map",
    serves: "HandleProvisionFailure",
    reason: "The attempts whose entries the update has added or removed wait for that.",
  },
  {
    name: "SeparateRemovalUpdates",
    type: "Map",
    serves: "HandleProvisionFailure",
    reason: "After an update of many was refused, each attempt makes its own.",
  },
  {
    name: "RecordPlaybackUpdate",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason:
      "A call of updateDistribution may take effect after the cleanup: the sweep then looks for the entry that it adds.",
  },
  {
    name: "WaitForRemovalTurn",
    type: "Wait",
    serves: "HandleProvisionFailure",
    reason: "Writers that met on one distribution would meet again without a jittered wait.",
  },
  {
    name: "ReleaseRemovalTurn",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::dynamodb:deleteItem",
    reason: "The next writer need not wait until the lock expires.",
  },
  {
    name: "DecideChannelStop",
    type: "Choice",
    serves: "HandleProvisionFailure",
    reason: "A channel that was running before this attempt is not stopped by it.",
  },
  {
    name: "ConfirmLease",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason:
      "An execution may be stopped, cleaned up by StreamTeardown, and redriven: it must not stop a channel that it no longer leases.",
  },
  {
    name: "StopEncoderChannel",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::aws-sdk:medialive:stopChannel",
    reason:
      "Functions in a private network reach no MediaLive, so the workflow stops what it started itself.",
  },
  {
    name: "ForgetEncoderStart",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::dynamodb:deleteItem",
    reason:
      "A channel that was stopped is no longer this component's: the sweep must not stop it for others.",
  },
  {
    name: "ReadStoppingChannel",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::aws-sdk:medialive:describeChannel",
    reason:
      "stopChannel answers with a conflict for a channel that is idle, and for one that is still starting.",
  },
  {
    name: "DecideStopRetry",
    type: "Choice",
    serves: "HandleProvisionFailure",
    reason: "A channel that is still starting can be stopped once it runs.",
  },
  {
    name: "RecordEncoderStart",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason:
      "A call of startChannel may take effect after the cleanup: the sweep then knows that the channel is this component's to stop.",
  },
  {
    name: "WaitForChannelStop",
    type: "Wait",
    serves: "HandleProvisionFailure",
    reason: "A channel takes up to ten minutes to start.",
  },
] as const satisfies readonly SupportingState[];

/** The name of a supporting state. */
export type SupportingStateName = (typeof supportingStates)[number]["name"];
