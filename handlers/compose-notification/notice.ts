import { createHash } from "node:crypto";
import type { StreamNotification } from "../../contracts";
import { shorten } from "../shared/runtime/shorten";

/** A notification before it is known who gets it. */
export type Notice = Omit<StreamNotification, "target">;

type Content = Omit<Notice, "id">;

/** The parts of a notification's id that its end is made of. */
interface IdParts {
  readonly incident: string;
  readonly phase: Notice["phase"];
  readonly severity: Notice["severity"];
}

/** @returns a notice with the id that the same content always has, and with texts that fit the contract. */
export function noticeOf(content: Content, occasion = JSON.stringify(content)): Notice {
  const digest = createHash("sha256").update(occasion).digest("hex").slice(0, 12);
  return {
    id: [content.incident, content.phase, content.severity, digest].join("/"),
    ...content,
    title: shorten(content.title, 200),
    happened: shorten(content.happened, 4000),
    done: content.done.map((one) => shorten(one, 4000)),
    left: content.left.map((one) => shorten(one, 4000)),
  };
}

/** @returns the incident, the phase and the severity that an id tells. */
export function readId(id: string): IdParts & { readonly digest: string } {
  const [digest = "", severity, phase, ...incident] = id.split("/").reverse();
  return {
    incident: incident.reverse().join("/"),
    phase: phase as Notice["phase"],
    severity: severity as Notice["severity"],
    digest,
  };
}

/** @returns the id of the end of what an id opened. */
export function idOfEnd(openedId: string): string {
  const { incident, severity, digest } = readId(openedId);
  return [incident, "resolved", severity, digest].join("/");
}
