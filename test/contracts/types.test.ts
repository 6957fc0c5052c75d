import { expect } from "chai";
import type {
  ContractStateName,
  CreateStreamWorkflowRequest,
  OperationName,
  PathParameters,
  restOperations,
  StreamLifecycleProgressedDetail,
  StreamProvisionRequestedDetail,
  StreamStatus,
  streamLifecycleOrchestrator,
  UpdateStreamStatusRequest,
  UpdateStreamStatusResponse,
} from "../../contracts";
import type { SupportingStateName } from "../../contracts/internal";
import { type Equal, typeHolds } from "../support/types";

type Endpoint = { protocol: "rtmp" | "rtmps" | "srt"; url: string; backupUrl?: string };

/** Nothing here runs: `tsc` is the judge. */
function contractTypes(): void {
  typeHolds<Equal<StreamStatus, "PROVISIONING" | "READY" | "LIVE" | "FAILED" | "COMPLETE">>();
  typeHolds<Equal<string extends OperationName ? "any text" : "the table's names", "the table's names">>();
  typeHolds<
    Equal<
      CreateStreamWorkflowRequest,
      {
        streamId: string;
        title: string;
        startTime: string;
        endTime?: string;
        channelId?: string;
        ingestEndpoints: Endpoint[];
        metadata?: Record<string, string>;
      }
    >
  >();
  typeHolds<Equal<UpdateStreamStatusRequest, { streamId: string; status: StreamStatus; reason?: string }>>();
  typeHolds<Equal<UpdateStreamStatusResponse["detailType"], "StreamLifecycleProgressed">>();
  typeHolds<Equal<StreamProvisionRequestedDetail["ingestEndpoints"], Endpoint[]>>();
  typeHolds<Equal<StreamLifecycleProgressedDetail["status"], StreamStatus>>();
  // Values are literals, not strings: a consumer can switch over them.
  typeHolds<Equal<(typeof restOperations)[1]["path"], "/streams">>();
  typeHolds<Equal<(typeof restOperations)[1]["responses"][202]["statusCode"], number>>();
  typeHolds<Equal<PathParameters<"/streams">, Record<never, string>>>();
  typeHolds<
    Equal<
      PathParameters<"/streams/{streamId}/attempts/{attempt}">,
      { readonly streamId: string; readonly attempt: string }
    >
  >();
  typeHolds<Equal<(typeof streamLifecycleOrchestrator.states)[5]["timeoutSeconds"], 900>>();
  typeHolds<Equal<Extract<ContractStateName, SupportingStateName>, never>>();

  // @ts-expect-error a status is one of five
  typeHolds<Equal<StreamStatus, string>>();
  // @ts-expect-error an absent reason is absent, not undefined
  const _update: UpdateStreamStatusRequest = { streamId: "abc", status: "READY", reason: undefined };
}

describe("The types of the contracts", () => {
  it("hold where the type checker passes", () => expect(contractTypes).to.not.throw());
});
