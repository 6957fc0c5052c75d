import { isJsonObject, type JsonObject } from "../local/json";
import { type Graph, resourcesOfType } from "../local/record/graph";
import type { Runtime } from "../local/runtime";

/** A schedule of EventBridge Scheduler. */
export interface LocalSchedule {
  readonly name: string;
  readonly groupName: string;
  readonly arn: string;
  /** The ARN of its target. */
  readonly targetArn: string;
}

/** The schedules of EventBridge Scheduler. */
export class LocalSchedules {
  constructor(
    private readonly graph: Graph,
    private readonly scheduler: Runtime["services"]["Scheduler"],
  ) {}

  /** Every schedule there is. */
  async all(): Promise<LocalSchedule[]> {
    const { Schedules } = await this.scheduler.call("ListSchedules", {});
    const listed = Array.isArray(Schedules) ? Schedules.filter(isJsonObject) : [];
    return listed.map(({ Name, GroupName, Arn, Target }: JsonObject) => ({
      name: String(Name),
      groupName: String(GroupName),
      arn: String(Arn),
      targetArn: isJsonObject(Target) ? String(Target.Arn) : "",
    }));
  }

  /**
   * The schedules that something made while the program ran, such as those that start once: all but those that the program declares.
   *
   * @example
   * expect(await local.schedules.created()).to.have.lengthOf(1);
   */
  async created(): Promise<LocalSchedule[]> {
    const declared = resourcesOfType(this.graph, "aws:scheduler/schedule:Schedule");
    const names = declared.map(({ outputs }) => String(outputs.name));
    return (await this.all()).filter(({ name }) => !names.includes(name));
  }

  /** Deletes a schedule. @throws {AwsError} `ResourceNotFoundException` for one that is not there. */
  async delete({ name, groupName }: Pick<LocalSchedule, "name" | "groupName">): Promise<void> {
    await this.scheduler.call("DeleteSchedule", { Name: name, GroupName: groupName });
  }
}
