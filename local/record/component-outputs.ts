type Component = { readonly __name?: string; readonly __pulumiType?: string };

/** What a component has registered as its outputs. */
export interface ComponentOutputs {
  readonly name: string;
  readonly type: string;
  readonly outputs: unknown;
}

interface Registration {
  registerResourceOutputs(component: Component, outputs: unknown): void;
}

/**
 * Keeps in mind what components register as their outputs: Pulumi's error for an output that fails does not name the component.
 *
 * @param load loads the program's own copy of Pulumi.
 */
export function watchComponentOutputs(load: NodeJS.Require): {
  readonly registered: readonly ComponentOutputs[];
  stop(): void;
} {
  const module = load("@pulumi/pulumi/runtime/resource") as Registration;
  const { registerResourceOutputs } = module;
  const registered: ComponentOutputs[] = [];
  module.registerResourceOutputs = (component, outputs) => {
    const { __name: name = "", __pulumiType: type = "" } = component;
    // The stack is a component, too; its outputs are told as what they are.
    if (type !== "pulumi:pulumi:Stack") registered.push({ name, type, outputs });
    registerResourceOutputs(component, outputs);
  };
  return {
    registered,
    stop: () => {
      module.registerResourceOutputs = registerResourceOutputs;
    },
  };
}
