import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import type { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import type {
  ReadResourceRequest,
  RegisterResourceRequest,
  ResourceCallRequest,
  ResourceInvokeRequest,
  SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import type { Mocks } from "@pulumi/pulumi/runtime/mocks";
import type { StackConfiguration } from "./configuration";
import { Transforms } from "./transforms";

/** What a program says of a resource beside its inputs. */
export interface ResourceOptions {
  readonly urn: string;
  /** The URNs under which an earlier deployment may have made it. */
  readonly aliases: readonly string[];
  /** The inputs whose change a deployed resource does not follow. */
  readonly ignoreChanges: readonly string[];
  /** The URNs of the resources after which this one is made: those of its inputs, and of `dependsOn`. */
  readonly dependencies: readonly string[];
  /** Pulumi refuses to delete it. */
  readonly protect: boolean;
  /** It stays in the account when it is deleted from the stack. */
  readonly retainOnDelete: boolean;
}

/**
 * Mocks whose `newResource` gets the resource's options as well, and whether it is a component whose resources a provider makes, such as
 * `awsx:ec2:DefaultVpc`.
 */
export interface RecordingMocks extends Pick<Mocks, "call"> {
  newResource(
    args: Parameters<Mocks["newResource"]>[0],
    options: ResourceOptions,
    isRemote: boolean,
  ): ReturnType<Mocks["newResource"]>;
}

/** The members of Pulumi's mock monitor that are used here; some are private, or are missing. */
interface Monitor {
  invoke(
    request: ResourceInvokeRequest | ResourceCallRequest,
    callback: Answer<InvokeResponse>,
  ): Promise<void>;
  /** Calls a method of a resource. */
  call?(request: ResourceCallRequest, callback: Answer): void;
  registerErrorHook?(hook: unknown, callback: Answer): void;
  registerResourceHook?(hook: unknown, callback: Answer): void;
  newUrn(parent: string, type: string, name: string): string;
  readResource(request: ReadResourceRequest, callback: Answer): Promise<void>;
  registerResource(request: RegisterResourceRequest, callback: Answer): Promise<void>;
  registerStackInvokeTransform?(transform: Callback, callback: Answer): void;
  registerStackTransform?(transform: Callback, callback: Answer): void;
  supportsFeature(request: SupportsFeatureRequest, callback: Answer): void;
}
/** What of Pulumi's state is used here, which its types leave out. */
interface Store {
  supportsTransforms: boolean;
  callbacks?: { shutdown(): void } | undefined;
}
type Answer<Response = unknown> = (error: unknown, response: Response | undefined) => void;

/** How Pulumi's SDK registers a resource. */
interface Registration {
  registerResource(
    resource: unknown,
    parent: Parent | undefined,
    type: string,
    name: string,
    ...rest: unknown[]
  ): void;
}
interface Parent {
  readonly __name: string;
}
interface Aliases {
  allAliases(own: unknown[], name: string, type: string, parent: Parent, parentName: string): unknown[];
}

/** Pulumi's own word where a backend knows no organizations. */
const organization = "organization";

/**
 * Puts mocks in the place of Pulumi's engine. Beyond what `pulumi.runtime.setMocks` does, they run `transforms`, and learn a resource's options.
 *
 * @param load loads the copy of Pulumi that the program uses.
 * @returns a function that ends what the mocks have opened.
 */
export async function mockEngine(
  load: NodeJS.Require,
  mocks: RecordingMocks,
  { project, stack }: Pick<StackConfiguration, "project" | "stack">,
  isPreview: boolean,
): Promise<() => void> {
  const { setMocks } = load("@pulumi/pulumi/runtime/mocks") as typeof import("@pulumi/pulumi/runtime/mocks");
  const { getMonitor } = load(
    "@pulumi/pulumi/runtime/settings",
  ) as typeof import("@pulumi/pulumi/runtime/settings");
  const { getStore } = load("@pulumi/pulumi/runtime/state") as { getStore(): Store };
  let options: ResourceOptions | undefined;
  let isRemote = false;
  await setMocks(
    {
      newResource: (args) => {
        if (!options) throw new Error(`The resource '${args.name}' was not registered.`);
        return mocks.newResource(args, options, isRemote);
      },
      call: async (args) => {
        try {
          return await mocks.call(args);
        } catch (error) {
          // Pulumi's invoke tells only what gRPC would have as details.
          throw Object.assign(new Error(String((error as Error).message), { cause: error }), {
            details: (error as Error).message,
          });
        }
      },
    },
    project,
    stack,
    isPreview,
    organization,
  );
  const monitor = getMonitor() as unknown as Monitor;
  const transforms = new Transforms(load);
  const urnOf = (request: ReadResourceRequest | RegisterResourceRequest) =>
    monitor.newUrn(request.getParent(), request.getType(), request.getName());
  const urns = new Set<string>();
  /** Pulumi's mocks let a resource take the place of one with its type, name and parent; its engine refuses it. */
  const claim = (urn: string, callback: Answer) => {
    if (urns.has(urn)) {
      callback(
        new Error(`Duplicate resource URN '${ofEngine(urn)}'; try giving it a unique name`),
        undefined,
      );
      return false;
    }
    urns.add(urn);
    return true;
  };
  // Pulumi's own mocks call `newResource` before they wait for anything.
  const read = monitor.readResource.bind(monitor);
  monitor.readResource = async (request, callback) => {
    const urn = urnOf(request);
    if (!claim(urn, callback)) return;
    const dependencies = request.getDependenciesList();
    isRemote = false;
    options = {
      urn,
      aliases: [],
      ignoreChanges: [],
      dependencies,
      protect: false,
      retainOnDelete: true,
    };
    await read(request, callback);
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = async (request, callback) => {
    const urn = urnOf(request);
    if (!claim(urn, callback)) return;
    try {
      await transforms.apply(urn, request);
    } catch (error) {
      callback(error, undefined);
      return;
    }
    isRemote = request.getRemote();
    options = {
      urn,
      aliases: request.getAliasesList().map((alias) => alias.getUrn()),
      ignoreChanges: request.getIgnorechangesList(),
      dependencies: request.getDependenciesList(),
      protect: request.getProtect() ?? false,
      retainOnDelete: request.getRetainondelete() ?? false,
    };
    await register(request, callback);
  };
  const invoke = monitor.invoke.bind(monitor);
  monitor.invoke = async (request, callback) => {
    try {
      await transforms.applyToInvoke(request as ResourceInvokeRequest);
    } catch (error) {
      callback(Object.assign(error as Error, { details: (error as Error).message }), undefined);
      return;
    }
    await invoke(request, callback);
  };
  monitor.call = (request, callback) => {
    void invoke(request, (error, response) => {
      callback(error, response && Object.assign(response, { getReturndependenciesMap: () => new Map() }));
    });
  };
  // Hooks act when resources are made or deleted, which the runtime does not do.
  monitor.registerResourceHook = monitor.registerErrorHook = (_hook, callback) => callback(null, undefined);
  const restoreAliases = resolveAliases(load);
  monitor.registerStackTransform = (transform, callback) => {
    transforms.addToStack(transform);
    callback(null, undefined);
  };
  monitor.registerStackInvokeTransform = (transform, callback) => {
    transforms.addToInvokes(transform);
    callback(null, undefined);
  };
  const store = getStore();
  store.supportsTransforms = true;
  return () => {
    restoreAliases();
    transforms.close();
    store.callbacks?.shutdown();
    store.callbacks = undefined;
  };
}

/**
 * Has Pulumi's SDK resolve aliases as it does for old engines, since the engine itself does that otherwise: those of a parent count for its children.
 */
function resolveAliases(load: NodeJS.Require): () => void {
  const module = load("@pulumi/pulumi/runtime/resource") as Registration;
  const { allAliases } = load("@pulumi/pulumi/resource") as Aliases;
  const { registerResource } = module;
  module.registerResource = (resource, parent, type, name, ...rest) => {
    // custom, remote, newDependency, props, options, …
    const options = rest[4] as { aliases?: unknown[] };
    const aliases = parent
      ? allAliases(options.aliases ?? [], name, type, parent, parent.__name)
      : options.aliases;
    rest[4] = { ...options, aliases };
    registerResource(resource, parent, type, name, ...rest);
  };
  return () => {
    module.registerResource = registerResource;
  };
}

/** The engine leaves the stack out of a URN's types, where Pulumi's mocks name it. */
function ofEngine(urn: string): string {
  return urn.replace("::pulumi:pulumi:Stack$", "::");
}
