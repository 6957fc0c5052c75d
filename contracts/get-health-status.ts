import * as v from "valibot";
import { dateTime } from "./date-time";
import { defineOperation, response } from "./rest-operation";
import { oneOf } from "./text";

/** One service that the API needs, as it was when it was last looked at. */
export const serviceHealthSchema = v.object({
  name: v.string(),
  state: oneOf(["ready", "unavailable"]),
  observedAt: dateTime,
});

export type ServiceHealth = v.InferOutput<typeof serviceHealthSchema>;

const services = v.pipe(v.array(serviceHealthSchema), v.minLength(1));

export const healthyResponseSchema = v.object({ status: v.literal("ok"), services });

export const degradedResponseSchema = v.object({ status: v.literal("degraded"), services });

export type GetHealthStatusResponse = v.InferOutput<
  typeof healthyResponseSchema | typeof degradedResponseSchema
>;

export const getHealthStatus = /* @__PURE__ */ defineOperation("GetHealthStatus", {
  description: "Exposes readiness information for load balancers and observability checks.",
  responses: {
    200: /* @__PURE__ */ response(200, "Every service is ready.", healthyResponseSchema),
    503: /* @__PURE__ */ response(503, "At least one service is unavailable.", degradedResponseSchema),
  },
});
