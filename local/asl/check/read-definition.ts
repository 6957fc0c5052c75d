import { isJsonObject, type Json, type JsonObject } from "../../json";
import type { State, StateMachine } from "../definition";
import { checkFields, commonFields, stateFields } from "./field-names";
import { checkTemplate, checkValue, isWhole } from "./field-values";
import { DefinitionError, Problems } from "./problems";
import { checkState, checkTransition, isVariableName, type Surroundings, targets } from "./state";

const groupFields = ["StartAt", "States", "Comment", "QueryLanguage"];

/** What the check of one group of states knows from the groups around it. */
interface Enclosure {
  problems: Problems;
  queryLanguage: Json;
  /** The variables that the enclosing groups assign. */
  outerVariables: ReadonlySet<string>;
  /** The states met so far; a name may be used only once in a definition. */
  names: Set<string>;
  checkResource: Surroundings["checkResource"];
}

/**
 * Reads a definition in the Amazon States Language.
 * @param text its JSON text.
 * @param checkResource says what is wrong with a Task's `Resource`, such as that no integration of that name is
 * known; undefined when nothing is. @default - any ARN is accepted
 * @throws {DefinitionError} with every problem: what AWS refuses too, and what the local runtime does not support,
 * such as JSONPath.
 */
export function readDefinition(
  text: string,
  checkResource: Surroundings["checkResource"] = () => undefined,
): StateMachine {
  const problems = new Problems("State machine");
  const definition = parse(text);
  checkFields(definition, [...groupFields, "TimeoutSeconds", "Version"], problems);
  checkValue(
    definition.TimeoutSeconds,
    isWhole(1),
    "a whole number of at least 1",
    "TimeoutSeconds",
    problems,
  );
  checkValue(definition.Version, (version) => version === "1.0", "1.0", "Version", problems);
  checkGroup(definition, {
    problems,
    queryLanguage: "JSONPath",
    outerVariables: new Set(),
    names: new Set(),
    checkResource,
  });
  if (problems.all.length > 0) throw new DefinitionError(problems.all);
  return definition as unknown as StateMachine;
}

function parse(text: string): JsonObject {
  let definition: unknown;
  try {
    definition = JSON.parse(text);
  } catch (error) {
    throw new DefinitionError([`The definition is not JSON: ${(error as Error).message}.`]);
  }
  if (isJsonObject(definition)) return definition;
  throw new DefinitionError(["The definition must be a JSON object."]);
}

function checkGroup(group: JsonObject, enclosure: Enclosure): void {
  const { problems } = enclosure;
  const { StartAt, States } = group;
  if (!isJsonObject(States) || Object.keys(States).length === 0) {
    problems.add("the field 'States' must be an object with one or more states.");
    return;
  }
  const assigned = new Set<string>();
  const inner = { ...enclosure, queryLanguage: group.QueryLanguage ?? enclosure.queryLanguage };
  for (const [name, state] of Object.entries(States)) {
    checkNamedState(name, state, assigned, { ...inner, problems: problems.of(`State '${name}'`) });
  }
  for (const [name, state] of Object.entries(States)) {
    const outerVariables = new Set([...enclosure.outerVariables, ...assigned]);
    checkNested(name, state, { ...inner, problems: problems.of(`State '${name}'`), outerVariables });
  }
  checkTargets(StartAt, States, problems);
}

function checkNamedState(name: string, state: Json, assigned: Set<string>, enclosure: Enclosure): void {
  const { problems, names, outerVariables, checkResource } = enclosure;
  if (name === "" || name.length > 80) problems.add("a state's name has 1 to 80 characters.");
  if (names.has(name)) problems.add("the name is used twice in the definition.");
  names.add(name);
  if (!isJsonObject(state)) {
    problems.add("a state must be an object.");
    return;
  }
  if (!isStateType(state.Type)) {
    const known = Object.keys(stateFields).join(", ");
    problems.add(`the field 'Type' must be one of ${known} but is ${JSON.stringify(state.Type)}.`);
    return;
  }
  const language = state.QueryLanguage ?? enclosure.queryLanguage;
  if (language !== "JSONata") {
    problems.add(
      `its query language is ${String(language)}, which the local runtime does not support; set "QueryLanguage": "JSONata" on the state machine or the state.`,
    );
    return;
  }
  checkFields(state, [...commonFields, ...stateFields[state.Type]], problems);
  checkTransition(state, problems);
  const checkAssign = (assign: Json | undefined, location: string) => {
    if (assign === undefined) return;
    if (!isJsonObject(assign)) {
      problems.add(`the field '${location}' must be an object.`);
      return;
    }
    checkTemplate(assign, location, problems);
    for (const variable of Object.keys(assign)) {
      assigned.add(variable);
      if (!isVariableName(variable)) problems.add(`'${variable}' in '${location}' cannot name a variable.`);
      if (outerVariables.has(variable)) {
        problems.add(`'${location}' must not assign '${variable}', a variable of the states around it.`);
      }
    }
  };
  checkState(state, { problems, checkAssign, checkResource });
}

function checkNested(name: string, state: Json, enclosure: Enclosure): void {
  if (!isJsonObject(state)) return;
  const { problems } = enclosure;
  const inner = { ...enclosure, queryLanguage: state.QueryLanguage ?? enclosure.queryLanguage };
  if (state.Type === "Parallel") {
    const branches = state.Branches;
    if (!Array.isArray(branches) || branches.length === 0) {
      problems.add("a Parallel needs the field 'Branches', a list of one or more branches.");
      return;
    }
    for (const [index, branch] of branches.entries()) {
      const branchProblems = problems.of(`State '${name}', branch ${index}`);
      checkInnerGroup(branch, groupFields, { ...inner, problems: branchProblems });
    }
  }
  if (state.Type === "Map") {
    const processorProblems = problems.of(`State '${name}', item processor`);
    const processor = state.ItemProcessor;
    checkInnerGroup(processor, [...groupFields, "ProcessorConfig"], {
      ...inner,
      problems: processorProblems,
    });
    if (isJsonObject(processor)) checkProcessorConfig(processor.ProcessorConfig, processorProblems);
  }
}

function checkInnerGroup(group: Json | undefined, fields: readonly string[], enclosure: Enclosure): void {
  if (!isJsonObject(group)) {
    enclosure.problems.add("it must be an object with StartAt and States.");
    return;
  }
  checkFields(group, fields, enclosure.problems);
  checkGroup(group, enclosure);
}

function checkProcessorConfig(config: Json | undefined, problems: Problems): void {
  if (config === undefined) return;
  if (!isJsonObject(config)) problems.add("the field 'ProcessorConfig' must be an object.");
  else if (config.Mode !== undefined && config.Mode !== "INLINE") {
    problems.add(`the local runtime supports the Mode INLINE alone, not ${JSON.stringify(config.Mode)}.`);
  } else checkFields(config, ["Mode"], problems);
}

function checkTargets(startAt: Json | undefined, states: JsonObject, problems: Problems): void {
  if (typeof startAt !== "string" || !Object.hasOwn(states, startAt)) {
    problems.add(`the field 'StartAt' must name a state but is ${JSON.stringify(startAt)}.`);
  }
  const reached = new Set([startAt]);
  for (const [name, state] of Object.entries(states)) {
    if (!isJsonObject(state)) continue;
    for (const target of targets(state)) {
      if (!Object.hasOwn(states, target))
        problems.of(`State '${name}'`).add(`it leads to '${target}', which does not exist.`);
      if (target !== name) reached.add(target);
    }
  }
  for (const name of Object.keys(states)) {
    if (!reached.has(name)) problems.of(`State '${name}'`).add("no other state leads to it.");
  }
}

function isStateType(type: Json | undefined): type is State["Type"] {
  return typeof type === "string" && Object.hasOwn(stateFields, type);
}
