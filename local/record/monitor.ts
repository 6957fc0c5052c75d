import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import type {
  ReadResourceRequest,
  RegisterResourceRequest,
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
  newUrn(parent: string, type: string, name: string): string;
  readResource(request: ReadResourceRequest, callback: Answer): Promise<void>;
  registerResource(request: RegisterResourceRequest, callback: Answer): Promise<void>;
  registerStackTransform?(transform: Callback, callback: Answer): void;
  supportsFeature(request: SupportsFeatureRequest, callback: Answer): void;
}
/** What of Pulumi's state is used here, which its types leave out. */
interface Store {
  supportsTransforms: boolean;
  callbacks?: { shutdown(): void } | undefined;
}
type Answer = (error: unknown, response: unknown) => void;

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
      aliases: request.getAliasurnsList(),
      ignoreChanges: request.getIgnorechangesList(),
      dependencies: request.getDependenciesList(),
      protect: request.getProtect() ?? false,
      retainOnDelete: request.getRetainondelete() ?? false,
    };
    await register(request, callback);
  };
  const supports = monitor.supportsFeature.bind(monitor);
  monitor.supportsFeature = (request, callback) => {
    // Without it, Pulumi's SDK resolves aliases itself, which otherwise the engine does: those of a parent count for its children.
    if (request.getId() === "aliasSpecs") callback(null, { getHassupport: () => false });
    else supports(request, callback);
  };
  monitor.registerStackTransform = (transform, callback) => {
    transforms.addToStack(transform);
    callback(null, undefined);
  };
  const store = getStore();
  store.supportsTransforms = true;
  return () => {
    transforms.close();
    store.callbacks?.shutdown();
    store.callbacks = undefined;
  };
}

/** The engine leaves the stack out of a URN's types, where Pulumi's mocks name it. */
function ofEngine(urn: string): string {
  return urn.replace("::pulumi:pulumi:Stack$", "::");
}
