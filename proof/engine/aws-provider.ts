import { isDeepStrictEqual } from "node:util";
import { version } from "@pulumi/aws/package.json";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { isJsonObject, type Json, type JsonObject } from "../../local/json";
import { awsLookup } from "../../local/record/lookups";
import { factsOf, replacingInputs } from "../../test/support/type-facts";
import { type Account, place } from "./account";
import { Empty, grpc, type Method, Struct } from "./protocol";

/** What stands for a value that a preview does not know (`UnknownStringValue` in Pulumi's resource/plugin/rpc.go). */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Where the bridge from Terraform keeps which inputs it has filled in itself. */
const defaults = "__defaults";

const { Mode } = proto.CheckRequest.AutonamingOptions;
const { DiffChanges } = proto.DiffResponse;

/** A running provider, to which an engine attaches. */
export interface RunningProvider {
  readonly port: number;
  stop(): void;
}

/**
 * Serves Pulumi's provider protocol for the AWS provider, over an account in memory. `@pulumi/pulumi/provider` hands a provider neither
 * the options for autonaming nor whether a call belongs to a preview.
 */
export async function serveAws(account: Account): Promise<RunningProvider> {
  const server = new grpc.Server();
  server.addService(ResourceProviderService, {
    attach: answer(() => new Empty()),
    getPluginInfo: answer(() => {
      const info = new PluginInfo();
      info.setVersion(version);
      return info;
    }),
    cancel: answer(() => new Empty()),
    checkConfig: answer((request: proto.CheckRequest) => {
      const response = new proto.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: answer(() => new proto.DiffResponse()),
    configure: answer(() => {
      const response = new proto.ConfigureResponse();
      response.setSupportspreview(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),
    invoke: answer(invoke),
    check: answer((request: proto.CheckRequest) => check(account, request)),
    diff: answer(diff),
    create: answer((request: proto.CreateRequest) => create(account, request)),
    update: answer((request: proto.UpdateRequest) => update(account, request)),
    read: answer((request: proto.ReadRequest) => read(account, request)),
    delete: answer((request: proto.DeleteRequest) => {
      const found = account.find(typeOf(request), request.getId(), members(request.getProperties()));
      if (found) account.delete(found);
      return new Empty();
    }),
  });
  const port = await new Promise<number>((resolve, reject) => {
    const done = (error: Error | null, bound: number) => (error ? reject(error) : resolve(bound));
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), done);
  });
  return { port, stop: () => server.forceShutdown() };
}

function answer<Request, Response>(handle: (request: Request) => Response): Method<Request, Response> {
  return (call, callback) => {
    try {
      callback(null, handle(call.request));
    } catch (error) {
      callback({ code: grpc.status.UNKNOWN, details: (error as Error).message });
    }
  };
}

function invoke(request: proto.InvokeRequest): proto.InvokeResponse {
  const found = awsLookup(request.getTok(), members(request.getArgs()), place);
  if (!found) throw new Error(`The look-up ${request.getTok()} is unknown.`);
  const response = new proto.InvokeResponse();
  response.setReturn(struct(found));
  return response;
}

/** Fills in the name, as the bridge does: the one that it filled in before, else what Pulumi proposes, else seven characters more. */
function check(account: Account, request: proto.CheckRequest): proto.CheckResponse {
  const inputs = members(request.getNews());
  const olds = members(request.getOlds());
  const { nameLength } = factsOf(request.getType());
  const response = new proto.CheckResponse();
  const refuse = (reason: string) => {
    const failure = new proto.CheckFailure();
    failure.setProperty("name");
    failure.setReason(reason);
    response.addFailures(failure);
  };
  if (nameLength !== undefined && inputs.name === undefined && inputs.namePrefix === undefined) {
    const autonaming = request.getAutonaming();
    const wasFilledIn = Array.isArray(olds[defaults]) && olds[defaults].includes("name");
    if (wasFilledIn && typeof olds.name === "string") inputs.name = olds.name;
    else if (!autonaming) inputs.name = `${request.getName()}-${account.draw().padStart(7, "0")}`;
    else if (autonaming.getMode() !== Mode.DISABLE) inputs.name = autonaming.getProposedName();
    else refuse("Autonaming is off, and the program gives no name.");
    inputs[defaults] = ["name"];
  }
  const { name } = inputs;
  if (name !== undefined && inputs.namePrefix !== undefined) refuse("The name conflicts with namePrefix.");
  if (nameLength !== undefined && typeof name === "string" && name !== unknown && name.length > nameLength) {
    refuse(`AWS takes ${nameLength} characters, received ${name.length}: ${name}`);
  }
  response.setInputs(struct(inputs));
  return response;
}

function diff(request: proto.DiffRequest): proto.DiffResponse {
  const olds = members(request.getOldInputs());
  const news = members(request.getNews());
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((key) => key !== defaults);
  const changed = keys.filter((key) => !isDeepStrictEqual(comparable(olds[key]), comparable(news[key])));
  const replacing = replacingInputs(factsOf(typeOf(request)));
  const replaces = changed.filter((key) => replacing.includes(key));
  const response = new proto.DiffResponse();
  response.setChanges(changed.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setDiffsList(changed);
  response.setReplacesList(replaces);
  // A name that the program gives stays taken until the old resource is gone.
  const isGiven = typeof news.name === "string" && news[defaults] === undefined;
  response.setDeletebeforereplace(replaces.length > 0 && isGiven && !changed.includes("name"));
  return response;
}

function create(account: Account, request: proto.CreateRequest): proto.CreateResponse {
  const inputs = members(request.getProperties());
  const [type, name, urn] = [request.getType(), request.getName(), request.getUrn()];
  const response = new proto.CreateResponse();
  if (request.getPreview()) {
    const computed = Object.keys(account.computedOf(type, urn, inputs).computed);
    response.setProperties(
      struct({ ...inputs, ...Object.fromEntries(computed.map((key) => [key, unknown])) }),
    );
    return response;
  }
  const resource = account.create(type, name, urn, inputs);
  response.setId(resource.id);
  response.setProperties(struct({ ...inputs, ...resource.computed }));
  return response;
}

function update(account: Account, request: proto.UpdateRequest): proto.UpdateResponse {
  const inputs = members(request.getNews());
  const found = account.find(typeOf(request), request.getId(), members(request.getOldInputs()));
  if (!found) throw new Error(`${typeOf(request)} ${request.getId()} does not exist.`);
  if (!request.getPreview()) account.update(found, inputs);
  const response = new proto.UpdateResponse();
  response.setProperties(struct({ ...inputs, ...found.computed }));
  return response;
}

function read(account: Account, request: proto.ReadRequest): proto.ReadResponse {
  const found = account.find(typeOf(request), request.getId(), members(request.getInputs()));
  const response = new proto.ReadResponse();
  if (!found) return response;
  response.setId(found.id);
  response.setInputs(struct(found.inputs));
  response.setProperties(struct({ ...found.inputs, ...found.computed }));
  return response;
}

/** An archive is what is in it, wherever it lies. */
function comparable(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((element) => comparable(element) as Json);
  if (!isJsonObject(value)) return value;
  if (typeof value.hash === "string") return value.hash;
  const members = Object.entries(value).map(([key, member]) => [key, comparable(member)]);
  return Object.fromEntries(members) as JsonObject;
}

function typeOf(request: { getType(): string }): string {
  return request.getType();
}

function members(properties: Struct | undefined): JsonObject {
  return properties?.toJavaScript() ?? {};
}

function struct(properties: JsonObject): Struct {
  return Struct.fromJavaScript(properties);
}
