import { expect } from "chai";
import { useLocal } from "../support/use-local";

describe("streams of a deployment whose functions are in a VPC and send traces", () => {
  const local = useLocal({
    config: { network: "existing", vpcId: "vpc-0a", subnetIds: "subnet-0a,subnet-0b", tracing: "true" },
  });

  it("come up and end: what is denied to the functions' own code is nothing that it does", async () => {
    await local.streams.provision("inside");
    await local.streams.confirm("inside", "READY");
    await local.streams.end("inside");
    await local.clock.advance({ minutes: 11 });
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(local.executions.of("streams-StreamSweep").at(-1)).to.include({ status: "SUCCEEDED" });
  });
});
