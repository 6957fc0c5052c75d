import type { Faults } from "../../../local/faults/faults";
import type { DeliveryPlace } from "../sites";
import type { Trouble } from "./trouble";

/** What a delivery may come to. */
export function deliveryTroubles({ target, detailType, nth, hasNext }: DeliveryPlace): Trouble[] {
  const site = { target, nth, ...(detailType !== undefined && { detailType }) };
  const passes = { dimension: "delivery", passes: true } as const;
  return [
    { name: "a minute late", ...passes, put: (faults) => faults.delay({ ...site, seconds: 60 }) },
    {
      name: "20 minutes late",
      ...passes,
      withholds: true,
      put: (faults) => faults.delay({ ...site, seconds: 20 * 60 }),
    },
    { name: "twice", ...passes, put: (faults) => faults.duplicate(site) },
    ...(hasNext ? [{ name: "overtaken", ...passes, put: (faults: Faults) => faults.reorder(site) }] : []),
    { name: "refused three times", ...passes, put: (faults) => faults.refuse({ ...site, times: 3 }) },
    {
      name: "refused for good",
      ...passes,
      leavesLetters: true,
      withholds: true,
      put: (faults) => faults.refuse({ ...site, forGood: true }),
    },
  ];
}
