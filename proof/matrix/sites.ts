import type { ServiceCall } from "../../local/calls/calls";

/** A part of a journey: what is done to the stream, or the sweep that follows. */
export type Phase = "journey" | "sweep";

/** A call or a delivery, and when in its journey it was made. */
interface AfterAct {
  /** How many acts of the journey had been done before; one more after the last act. */
  readonly acts: number;
  readonly phase: Phase;
}

/** A call that was made. */
export interface CallRecord extends AfterAct {
  readonly callerKind: ServiceCall["caller"]["kind"];
  /** A function's or state machine's name, as the program gives it, or a service's principal. */
  readonly caller: string;
  readonly service: ServiceCall["service"];
  readonly action: string;
  /** A state machine's state; of a function, what its invocation had called before. */
  readonly site: string;
}

/** A delivery that was made. */
export interface DeliveryRecord extends AfterAct {
  /** The target's name, as the program gives it. */
  readonly target: string;
  /** Undefined where the target gets something else than the whole event. */
  readonly detailType: string | undefined;
}

/** One call of an AWS API in a journey, told from the others by its number among the caller's calls of the action in this phase. */
export interface CallPlace extends CallRecord {
  readonly kind: "call";
  readonly nth: number;
}

/** One hand-over of an event to the target of a rule. */
export interface DeliveryPlace extends DeliveryRecord {
  readonly kind: "delivery";
  readonly nth: number;
  /** Whether another event comes to the target, which can overtake it. */
  readonly hasNext: boolean;
}

export type Place = CallPlace | DeliveryPlace;

/** What comes round again is as it was: later calls of a loop, or of a later sweep, tell nothing new. */
const mostAlike = 2;

/** @returns the calls of a recorded journey, in order. Those of users are nobody's to break, and those of alarms come after the fact. */
export function callPlaces(calls: readonly CallRecord[]): CallPlace[] {
  const places = numbered(
    calls.filter(({ callerKind, caller }) => callerKind !== "user" && caller !== "cloudwatch.amazonaws.com"),
    ({ phase, caller, service, action }) => `${phase} ${caller} ${service} ${action}`,
  ).map((call): CallPlace => ({ ...call, kind: "call" }));
  return firstOfAlike(places);
}

/** @returns the deliveries of a recorded journey, in order. */
export function deliveryPlaces(deliveries: readonly DeliveryRecord[]): DeliveryPlace[] {
  const keyOf = ({ phase, target, detailType }: DeliveryRecord) => `${phase} ${target} ${detailType}`;
  const all = numbered(deliveries, keyOf);
  const places = all.map((one): DeliveryPlace => {
    const hasNext = all.some((other) => keyOf(other) === keyOf(one) && other.nth > one.nth);
    return { ...one, kind: "delivery", hasNext };
  });
  return firstOfAlike(places);
}

/** `StreamLifecycleOrchestrator.PersistProvisionRequest: DynamoDB PutItem`: the place in code or definition, whichever journey comes by. */
export function siteOf(place: Place): string {
  const shorten = (name: string) => name.replace(/^streams-/, "");
  if (place.kind === "delivery") return `${place.detailType ?? "input"} to ${shorten(place.target)}`;
  return `${shorten(place.caller)}${place.site}: ${place.service} ${place.action}`;
}

/** The same with its number, where a journey comes by more than once, and its phase. */
export function nameOfPlace(place: Place): string {
  const after = place.phase === "sweep" ? ", in the sweep after" : "";
  return `${siteOf(place)}${place.nth > 1 ? `, call ${place.nth}` : ""}${after}`;
}

/** @returns whether a call changes anything. The call of a function does what the function does. */
export function isWrite({ action }: CallPlace): boolean {
  return !/^(Get|Describe|List|Query|Scan)/.test(action);
}

function firstOfAlike<T extends Place>(places: readonly T[]): T[] {
  const counts = new Map<string, number>();
  return places.filter((place) => {
    const count = (counts.get(siteOf(place)) ?? 0) + 1;
    counts.set(siteOf(place), count);
    return count <= mostAlike;
  });
}

function numbered<T>(items: readonly T[], keyOf: (item: T) => string): (T & { readonly nth: number })[] {
  const counts = new Map<string, number>();
  return items.map((item) => {
    const nth = (counts.get(keyOf(item)) ?? 0) + 1;
    counts.set(keyOf(item), nth);
    return { ...item, nth };
  });
}
