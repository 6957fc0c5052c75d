import { against, type Finding } from "../guarantees";
import type { Story } from "../story";
import type { Circumstances } from "../troubles";
import { checkAnnouncements } from "./announcements";
import { checkBelief } from "./belief";
import { checkConfirmations } from "./confirmations";
import { checkForeignEntries } from "./foreign-entries";
import { checkLeftovers, checkLetters } from "./leftovers";
import { checkPages } from "./pages";
import { checkStuck } from "./stuck";

/** Holds every guarantee against what is there once all has come to rest. */
export async function checkAll(story: Story, circumstances: Circumstances): Promise<Finding[]> {
  const { world } = story;
  return [
    ...against("confirmation", await checkConfirmations(story, circumstances)),
    ...against("stuck", await checkStuck(story)),
    ...against("leftover", [
      ...(await checkLeftovers(world, circumstances)),
      ...(await checkLetters(world, circumstances)),
    ]),
    ...against("double", world.watch.doubles),
    ...against("silent", await checkAnnouncements(story)),
    ...against("foreign", await checkForeignEntries(world)),
    ...against("believed", await checkBelief(story)),
    ...against("paged", await checkPages(story, circumstances)),
  ];
}
