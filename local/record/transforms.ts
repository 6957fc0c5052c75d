import { createRequire } from "node:module";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import type {
  RegisterResourceRequest,
  ResourceInvokeRequest,
  TransformResourceOptions,
} from "@pulumi/pulumi/proto/resource_pb";

/**
 * Runs the transforms that a program registers, as Pulumi's engine does (`pkg/resource/deploy/source_eval.go`): a resource's own ones first, then those of
 * its parents, then those of the stack. A program runs each of them itself when it is called back, and Pulumi's mocks never call.
 */
export class Transforms {
  private readonly ofStack: Callback[] = [];
  private readonly ofInvokes: Callback[] = [];
  private readonly ofResource = new Map<string, { parent: string; own: readonly Callback[] }>();
  private readonly callbacks: Callbacks;

  /** @param load loads the program's own copy of Pulumi. */
  constructor(private readonly load: NodeJS.Require) {
    this.callbacks = new Callbacks(load);
  }

  addToStack(callback: Callback): void {
    this.ofStack.push(callback);
  }

  addToInvokes(callback: Callback): void {
    this.ofInvokes.push(callback);
  }

  /** Changes the arguments of an invoke as the transforms say. */
  async applyToInvoke(request: ResourceInvokeRequest): Promise<void> {
    if (this.ofInvokes.length === 0) return;
    const { TransformInvokeRequest, TransformInvokeResponse } = this.load(
      "@pulumi/pulumi/proto/resource_pb",
    ) as typeof import("@pulumi/pulumi/proto/resource_pb");
    for (const transform of this.ofInvokes) {
      const asked = new TransformInvokeRequest().setToken(request.getTok()).setArgs(request.getArgs());
      const answer = await this.callbacks.call(transform, asked.serializeBinary());
      request.setArgs(TransformInvokeResponse.deserializeBinary(answer).getArgs());
    }
  }

  /** Changes a request as the transforms say. */
  async apply(urn: string, request: RegisterResourceRequest): Promise<void> {
    const own = request.getTransformsList();
    const parent = request.getParent();
    this.ofResource.set(urn, { parent, own });
    const transforms = [...own];
    for (let above = this.ofResource.get(parent); above; above = this.ofResource.get(above.parent)) {
      transforms.push(...above.own);
    }
    for (const transform of [...transforms, ...this.ofStack]) await this.run(transform, request);
  }

  /** Ends the connections to the program. */
  close(): void {
    this.callbacks.close();
  }

  private async run(transform: Callback, request: RegisterResourceRequest): Promise<void> {
    const proto = this.load(
      "@pulumi/pulumi/proto/resource_pb",
    ) as typeof import("@pulumi/pulumi/proto/resource_pb");
    const before = new proto.TransformResourceOptions()
      .setDependsOnList(request.getDependenciesList())
      .setProvider(request.getProvider());
    if (request.hasProtect()) before.setProtect(request.getProtect() ?? false);
    if (request.hasRetainondelete()) before.setRetainOnDelete(request.getRetainondelete() ?? false);
    const answer = await this.callbacks.call(
      transform,
      new proto.TransformRequest()
        .setType(request.getType())
        .setName(request.getName())
        .setCustom(request.getCustom())
        .setParent(request.getParent())
        .setProperties(request.getObject())
        .setOptions(before)
        .serializeBinary(),
    );
    const response = proto.TransformResponse.deserializeBinary(answer);
    request.setObject(response.getProperties());
    const after = response.getOptions();
    if (after) applyOptions(request, after);
  }
}

/** Takes over the options that a recording holds. The others change how a resource is replaced or deleted, which the runtime does not. */
function applyOptions(request: RegisterResourceRequest, options: TransformResourceOptions): void {
  request.setDependenciesList(options.getDependsOnList());
  request.setProvider(options.getProvider());
  request.setProtect(options.getProtect() ?? false);
  request.setRetainondelete(options.getRetainOnDelete() ?? false);
}

type CallbacksClient = import("@pulumi/pulumi/proto/callback_grpc_pb").CallbacksClient;
/** What of gRPC is used here. */
interface Grpc {
  readonly credentials: {
    createInsecure(): ConstructorParameters<
      typeof import("@pulumi/pulumi/proto/callback_grpc_pb").CallbacksClient
    >[1];
  };
}

/** Calls a program back, which listens on a port of this machine. */
class Callbacks {
  private readonly clients = new Map<string, CallbacksClient>();

  constructor(private readonly load: NodeJS.Require) {}

  /** @throws {Error} what the program throws. */
  async call(callback: Callback, request: Uint8Array): Promise<Uint8Array> {
    const { CallbackInvokeRequest } = this.load(
      "@pulumi/pulumi/proto/callback_pb",
    ) as typeof import("@pulumi/pulumi/proto/callback_pb");
    const invocation = new CallbackInvokeRequest().setToken(callback.getToken()).setRequest(request);
    return new Promise((resolve, reject) => {
      this.clientFor(callback.getTarget()).invoke(invocation, (error, response) => {
        if (error) reject(new Error(error.details, { cause: error }));
        else resolve(response.getResponse_asU8());
      });
    });
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
    this.clients.clear();
  }

  private clientFor(target: string): CallbacksClient {
    const found = this.clients.get(target);
    if (found) return found;
    // Pulumi's own copy of gRPC: its generated clients take the credentials of no other.
    const grpc = createRequire(this.load.resolve("@pulumi/pulumi"))("@grpc/grpc-js") as Grpc;
    const { CallbacksClient } = this.load(
      "@pulumi/pulumi/proto/callback_grpc_pb",
    ) as typeof import("@pulumi/pulumi/proto/callback_grpc_pb");
    const client = new CallbacksClient(target, grpc.credentials.createInsecure());
    this.clients.set(target, client);
    return client;
  }
}
