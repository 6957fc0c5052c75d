import { givenName } from "../../local/faults/named";
import { isJsonObject } from "../../local/json";
import type { RuntimeListener } from "../../testing";

/** @returns a listener that writes a line about each thing that happens, and passes the history on. */
export function narrate(tell: (line: string) => void, next: RuntimeListener): RuntimeListener {
  return {
    onHistoryEvent(arn, event) {
      next.onHistoryEvent?.(arn, event);
      const [machine = "", name = ""] = arn.split(":").slice(6);
      const { stateEnteredEventDetails: entered } = event;
      const [, ending] = /^Execution(Succeeded|Failed|TimedOut|Aborted)$/.exec(event.type) ?? [];
      if (isJsonObject(entered)) tell(`${name} enters ${String(entered.name)}`);
      if (ending !== undefined) tell(`${name} of ${givenName(machine)} has ${ending.toLowerCase()}`);
    },
    onBusEvent(busName, event) {
      if (busName === "default") return;
      tell(`the bus takes ${String(event["detail-type"])} ${JSON.stringify(event.detail)}`);
    },
    onChannelState({ id, state }) {
      tell(`channel ${id} is ${state}`);
    },
    onAlarm({ name, state }) {
      tell(`the alarm ${name} is ${state}`);
    },
    onRequest({ method, path, status }) {
      tell(`${method} ${path} is answered ${status}`);
    },
    onUndelivered({ code, message }) {
      tell(`an event is given up: ${code} ${message}`);
    },
  };
}
