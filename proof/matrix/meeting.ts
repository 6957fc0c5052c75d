import { givenName, nameOfArn } from "../../local/faults/named";
import { countTurns } from "../../local/faults/turns";
import { isJsonObject } from "../../local/json";
import type { Local } from "../../testing";
import type { Place } from "./sites";

/** Sees whether a case comes to its place: a trouble that nobody meets proves nothing. */
export class Meeting {
  private isMet = false;
  private readonly remove: () => void;

  /** Counts from now on, as faults do. */
  constructor({ gate, runtime }: Local, place: Place) {
    const isMeant = countTurns({ nth: place.nth });
    const meet = () => {
      if (isMeant()) this.isMet = true;
    };
    if (place.kind === "call") {
      const { caller, service, action } = place;
      this.remove = gate.use((call, proceed) => {
        const isOne = call.service === service && call.action === action;
        if (isOne && givenName(call.caller.name) === caller) meet();
        return proceed();
      });
    } else {
      this.remove = runtime.deliveries.use(({ targetArn, event }, proceed) => {
        const type = isJsonObject(event) ? event["detail-type"] : undefined;
        if (givenName(nameOfArn(targetArn)) === place.target && type === place.detailType) meet();
        return proceed();
      });
    }
  }

  /** @returns whether it has come about. */
  end(): boolean {
    this.remove();
    return this.isMet;
  }
}
