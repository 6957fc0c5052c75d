import { expect } from "chai";
import { isGenuine } from "../../../examples/verify-webhook";
import { signatureHeaders } from "../../../handlers/send-webhook/sign";

/** The example of Svix, who wrote "Standard Webhooks": https://docs.svix.com/receiving/verifying-payloads/how-manual */
const example = {
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  seconds: 1614265330,
  body: '{"test": 2432232314}',
  signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

describe("the signature of a webhook", () => {
  const { secret, id, seconds, body, signature } = example;

  it("is that of Standard Webhooks", () => {
    expect(signatureHeaders(secret, id, seconds, body)).to.deep.equal({
      "webhook-id": id,
      "webhook-timestamp": String(seconds),
      "webhook-signature": signature,
    });
  });

  it("is verified by the snippet of the documentation, also beside one by an older key", () => {
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": String(seconds),
      "webhook-signature": `v1,AAAA ${signature}`,
    };
    expect(isGenuine(headers, body, secret, seconds * 1000)).to.equal(true);
    expect(isGenuine({ ...headers, "webhook-timestamp": "" }, body, secret, seconds * 1000)).to.equal(false);
  });
});
