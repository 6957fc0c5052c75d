import { addEntry, changeEntry, fillUp, removeEntry, takePath } from "../foreign/edits";
import type { Edit } from "../foreign/entries";
import type { Journey } from "../journeys/journey";
import type { CallPlace } from "../sites";
import type { Trouble } from "./trouble";

/**
 * Another program that changes the distribution between the moment in which a workflow reads the configuration and the moment in which it
 * writes it; and before the workflow reads it, once the channel is about to start.
 */
export function foreignTroubles(
  { caller, callerKind, service, action, site, nth }: CallPlace,
  { takesLastPlace = false }: Journey,
): Trouble[] {
  if (callerKind !== "state-machine") return [];
  const trouble = (name: string, passes: boolean, edit: (streamId: string) => Edit): Trouble => ({
    name: `others ${name}`,
    dimension: "foreign",
    passes,
    put: (faults, { world, streamId }) =>
      faults.meanwhile({ service, action, caller, nth }, async () => world.foreign.change(edit(streamId))),
  });
  const refusals = [
    trouble("take the path", false, takePath),
    trouble("take the last place", false, () => fillUp(0)),
  ];
  if (action === "StartChannel") return refusals;
  if (action !== "UpdateDistribution") return [];
  return [
    trouble("add an entry", !takesLastPlace, () => addEntry),
    trouble("remove an entry", true, () => removeEntry),
    trouble("change an entry", true, () => changeEntry),
    // An entry that is taken out needs no place, and the sweep reports one that it finds none for.
    ...(site === ".ConfigurePlaybackEndpoints" ? refusals : []),
  ];
}
