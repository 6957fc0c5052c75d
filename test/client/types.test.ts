import { expect } from "chai";
import * as v from "valibot";
import type { Input, OperationMethods, Output, StreamClient } from "../../client";
import type {
  CreateStreamWorkflowRequest,
  CreateStreamWorkflowResponse,
  GetHealthStatusResponse,
  ListStreamsQuery,
  ListStreamsResponse,
  OperationName,
  Stream,
  UpdateStreamStatusRequest,
} from "../../contracts";
import { defineOperation } from "../../contracts/rest-operation";
import { type Equal, typeHolds } from "../support/types";

/** Nothing here runs: `tsc` is the judge. */
function clientTypes(client: StreamClient): void {
  typeHolds<Equal<keyof OperationMethods, Uncapitalize<OperationName>>>();
  typeHolds<Equal<Output<"GetStream">, Stream>>();
  typeHolds<Equal<Output<"GetHealthStatus">, GetHealthStatusResponse>>();
  typeHolds<Equal<Output<"CreateStreamWorkflow">, CreateStreamWorkflowResponse>>();
  typeHolds<Equal<Output<"ListStreams">, ListStreamsResponse>>();
  typeHolds<Equal<Input<"EndStream">, { readonly streamId: string }>>();
  const takes = (
    request: CreateStreamWorkflowRequest,
    update: UpdateStreamStatusRequest,
    query: ListStreamsQuery,
  ) => {
    void client.createStreamWorkflow(request);
    void client.updateStreamStatus(update);
    void client.listStreams(query);
  };
  void takes;
  void client.listStreams();
  void client.getHealthStatus();

  // @ts-expect-error a path has its parameters
  void client.getStream();
  // @ts-expect-error a status is one of five
  void client.updateStreamStatus({ streamId: "abc", status: "UP" });
  // @ts-expect-error limit is a number
  void client.listStreams({ limit: "5" });
  const both = { bodySchema: v.object({}), querySchema: v.object({}) };
  // @ts-expect-error the client takes the members of either in one input
  void defineOperation("ListStreams", { description: "", responses: {}, ...both });
  // @ts-expect-error the contract has no such operation
  void client.deleteStream;
}

describe("The types of the client", () => {
  it("hold where the type checker passes", () => expect(clientTypes).to.be.a("function"));
});
