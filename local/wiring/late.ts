import type { Functions } from "../lambda/functions";
import type { Graph } from "../record/graph";
import type { Services } from "../services";

/** The parts of a runtime that others refer to before they are there. */
export class Late {
  readonly services = new LatePart<Services>("services");
  readonly awsUrl = new LatePart<string>("address of the AWS protocols");
  readonly graph = new LatePart<Graph>("resources");
  readonly functions = new LatePart<Functions>("functions");
}

/** Something that is set once. */
class LatePart<T> {
  private value: T | undefined;

  constructor(private readonly name: string) {}

  readonly set = (value: T): T => {
    this.value = value;
    return value;
  };

  /** @throws {Error} when it is not there yet. */
  readonly get = (): T => {
    if (this.value === undefined) throw new Error(`The ${this.name} of the runtime are not known yet.`);
    return this.value;
  };

  readonly look = (): T | undefined => this.value;
}
