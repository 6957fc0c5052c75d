import { isJsonObject, type Json, type JsonObject } from "../../local/json";
import { type AwsPlace, awsOutputs, isKnownType } from "../../local/record/aws-outputs";
import { inertOutputs } from "../../local/record/inert-outputs";
import { factsOf } from "../../test/support/type-facts";

/** A resource that exists in the account. */
export interface LiveResource {
  readonly type: string;
  /** The name in the program. */
  readonly name: string;
  readonly urn: string;
  readonly id: string;
  readonly inputs: JsonObject;
  /** What AWS adds to the inputs. */
  readonly computed: JsonObject;
}

/** A call that changed the account, in the order in which they came. */
export interface AccountCall {
  readonly verb: "create" | "update" | "delete";
  readonly type: string;
  readonly name: string;
}

export const place: AwsPlace = {
  accountId: "123456789012",
  region: "us-east-1",
  apiUrl: "https://api.example.com",
  awsUrl: "https://aws.example.com",
};

/** An AWS account that holds what a stack deploys, and refuses what AWS would refuse. */
export class Account {
  readonly calls: AccountCall[] = [];
  /** Says why a call is refused; undefined lets it pass. */
  refuse: ((call: AccountCall) => string | undefined) | undefined;
  private readonly live = new Map<string, LiveResource>();

  /** @param serial how many names and ids were drawn before. */
  constructor(private serial = 0) {}

  /** @returns an account with the same resources and no calls yet. */
  copy(): Account {
    const copy = new Account(this.serial);
    for (const [key, resource] of this.live) copy.live.set(key, resource);
    return copy;
  }

  get resources(): LiveResource[] {
    return [...this.live.values()];
  }

  ofType(type: string): LiveResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** Takes a resource in that was made earlier. */
  adopt(resource: LiveResource): void {
    this.live.set(keyOf(resource), resource);
  }

  /** Deletes a resource behind Pulumi's back. */
  lose(resource: LiveResource): void {
    this.live.delete(keyOf(resource));
  }

  find(type: string, id: string, inputs: JsonObject): LiveResource | undefined {
    return this.live.get(keyOf({ type, id, inputs }));
  }

  /** Something that no other resource has, for names and ids that AWS or Pulumi draws. */
  draw(): string {
    this.serial += 1;
    return String(this.serial);
  }

  /** @returns what AWS will add to a resource's inputs, by name; the values are made up. */
  computedOf(type: string, urn: string, inputs: JsonObject): { id: string; computed: JsonObject } {
    const { namePrefix, ...others } = inputs;
    const name = inputs.name ?? `${namePrefix === undefined ? `${urn} ` : String(namePrefix)}${this.draw()}`;
    const given = { ...others, name };
    const { id, outputs } = isKnownType(type)
      ? awsOutputs(type, { name: urn, inputs: given }, place, neverNamed)
      : inertOutputs({ type, inputs: given, physicalName: String(name), place, members: ["arn"] });
    const hasName = factsOf(type).nameLength !== undefined;
    const computed = Object.entries(outputs).filter(
      ([key]) => !Object.hasOwn(inputs, key) && (key !== "name" || hasName),
    );
    return { id, computed: Object.fromEntries(computed) };
  }

  /** @throws {Error} for a name that is taken. */
  create(type: string, name: string, urn: string, inputs: JsonObject): LiveResource {
    this.note({ verb: "create", type, name });
    const resource = { type, name, urn, inputs, ...this.computedOf(type, urn, inputs) };
    if (this.live.has(keyOf(resource))) throw new Error(`${type} ${resource.id} exists already.`);
    this.live.set(keyOf(resource), resource);
    return resource;
  }

  update(resource: LiveResource, inputs: JsonObject): LiveResource {
    this.note({ verb: "update", type: resource.type, name: resource.name });
    const updated = { ...resource, inputs };
    this.live.set(keyOf(updated), updated);
    return updated;
  }

  /** @throws {Error} while another resource names this one, or the table's deletion protection is on. */
  delete(resource: LiveResource): void {
    if (resource.inputs.deletionProtectionEnabled === true) {
      throw new Error(`${resource.name}: the table is protected against deletion.`);
    }
    const user = this.resources.find((other) => other !== resource && needs(other, resource));
    if (user) throw new Error(`${resource.type} ${resource.name} is in use by ${user.type} ${user.name}.`);
    this.note({ verb: "delete", type: resource.type, name: resource.name });
    this.live.delete(keyOf(resource));
  }

  private note(call: AccountCall): void {
    const reason = this.refuse?.(call);
    if (reason !== undefined) throw new Error(reason);
    this.calls.push(call);
  }
}

/** An id is one of its kind, but for what belongs to an API: stages of two APIs have the same one. */
function keyOf({ type, id, inputs }: Pick<LiveResource, "type" | "id" | "inputs">): string {
  return `${type} ${String(inputs.apiId ?? "")} ${id}`;
}

/** By which input AWS finds what a resource is part of. AWS deletes no role with policies, no rule with targets, and no bus with rules. */
const owners: { readonly [type: string]: string } = {
  "aws:cloudwatch/eventBus:EventBus": "eventBusName",
  "aws:cloudwatch/eventRule:EventRule": "rule",
  "aws:iam/role:Role": "role",
};

/** @returns whether another resource needs one: by its ARN, by an id that AWS has made, or as a part of it. */
export function needs(other: LiveResource, { type, id, inputs, computed }: LiveResource): boolean {
  const owner = owners[type];
  if (owner !== undefined && other.inputs[owner] === inputs.name) return true;
  const { name: _, ...rest } = inputs;
  // A name may be that of resources of several types, and a policy of a queue has the queue's id.
  const isShared = id === inputs.name || names(rest, [id]);
  return names(
    other.inputs,
    [computed.arn, isShared ? undefined : id].filter((one) => typeof one === "string"),
  );
}

/** @returns whether a value holds one of the texts, whole: between quotes or alone. */
function names(value: Json, texts: readonly string[]): boolean {
  if (typeof value === "string") return texts.some((text) => value === text || value.includes(`"${text}"`));
  if (Array.isArray(value)) return value.some((element) => names(element, texts));
  return isJsonObject(value) && Object.values(value).some((member) => names(member, texts));
}

/** Pulumi's engine has named a resource before it is made. */
function neverNamed(type: string, name: string): never {
  throw new Error(`The engine gave no name to '${name}' of type ${type}.`);
}
