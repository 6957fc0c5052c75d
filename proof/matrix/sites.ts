import type { ServiceCall } from "../../local/calls/calls";

/** A call or a delivery, and how many acts of its journey had been done before. */
interface AfterAct {
  readonly acts: number;
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

/** One call of an AWS API in a journey, told from the others by its number among the caller's calls of the action. */
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
    ({ caller, service, action }) => `${caller} ${service} ${action}`,
  ).map((call): CallPlace => ({ ...call, kind: "call" }));
  return firstOfAlike(places);
}

/** @returns the deliveries of a recorded journey, in order. */
export function deliveryPlaces(deliveries: readonly DeliveryRecord[]): DeliveryPlace[] {
  const keyOf = ({ target, detailType }: DeliveryRecord) => `${target} ${detailType}`;
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

/** The same with its number, where a journey comes by more than once. */
export function nameOfPlace(place: Place): string {
  return place.nth > 1 ? `${siteOf(place)}, call ${place.nth}` : siteOf(place);
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
