import { isJsonObject, type Json, type JsonObject } from "../../json";
import type { State, StateMachine } from "../definition";
import { findExpressionProblems } from "./expressions";
import { checkFields, commonFields, stateFields } from "./field-names";
import { checkTemplate, checkValue, isWhole } from "./field-values";
import { checkPaths } from "./paths";
import { DefinitionError, Problems } from "./problems";
import { checkState, checkTransition, isVariableName, type Surroundings } from "./state";

const groupFields = ["StartAt", "States", "Comment"];
const queryLanguages: readonly Json[] = ["JSONata", "JSONPath"];

/** What the check of one group of states knows from the groups around it. */
interface Enclosure {
  problems: Problems;
  /** The state machine's: the states of branches and iterations follow it, and not the state around them. */
  queryLanguage: Json;
  /** The variables that the enclosing groups assign. */
  outerVariables: ReadonlySet<string>;
  /** The states met so far; a name may be used only once in a definition. */
  names: Set<string>;
  checkResource: Surroundings["checkResource"];
}

/** What the check found in a definition that AWS accepts. */
export interface CheckedDefinition {
  machine: StateMachine;
  /** What AWS accepts and then fails on, or waits for ever, when a state is reached; each names its state. */
  warnings: string[];
}

/**
 * Reads a definition in the Amazon States Language, and checks it as CreateStateMachine does.
 * @param text its JSON text.
 * @param checkResource says what is wrong with a Task's `Resource`, such as that no integration of that name is
 * known; undefined when nothing is. @default - any ARN is accepted
 * @throws {DefinitionError} with every problem: what AWS refuses too, and what the local runtime does not support,
 * such as JSONPath. What expressions read is looked at once the fields and transitions are right.
 */
export function readDefinition(
  text: string,
  checkResource: Surroundings["checkResource"] = () => undefined,
): CheckedDefinition {
  const problems = new Problems("State machine");
  const definition = parse(text);
  checkFields(definition, [...groupFields, "QueryLanguage", "TimeoutSeconds", "Version"], problems);
  checkLanguage(definition.QueryLanguage, problems);
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
    queryLanguage: definition.QueryLanguage ?? "JSONPath",
    outerVariables: new Set(),
    names: new Set(),
    checkResource,
  });
  if (problems.all.length > 0) throw new DefinitionError(problems.all);
  const machine = definition as unknown as StateMachine;
  const { refused, warnings } = findExpressionProblems(machine);
  if (refused.length > 0) throw new DefinitionError(refused, warnings);
  return { machine, warnings };
}

function checkLanguage(language: Json | undefined, problems: Problems): void {
  checkValue(
    language,
    (one) => queryLanguages.includes(one),
    "JSONata or JSONPath",
    "QueryLanguage",
    problems,
  );
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
  for (const [name, state] of Object.entries(States)) {
    checkNamedState(name, state, assigned, { ...enclosure, problems: problems.of(`State '${name}'`) });
  }
  for (const [name, state] of Object.entries(States)) {
    const outerVariables = new Set([...enclosure.outerVariables, ...assigned]);
    checkNested(name, state, { ...enclosure, problems: problems.of(`State '${name}'`), outerVariables });
  }
  checkPaths(StartAt, States, problems);
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
  checkLanguage(state.QueryLanguage, problems);
  if (state.QueryLanguage === "JSONPath" && enclosure.queryLanguage === "JSONata") {
    problems.add("its 'QueryLanguage' cannot be JSONPath, since that of the state machine is JSONata.");
    return;
  }
  // AWS takes any other value for JSONata, beside refusing it.
  const language = state.QueryLanguage ?? enclosure.queryLanguage;
  if (language === "JSONPath") {
    problems.add(
      `its query language is JSONPath, which the local runtime does not support; set "QueryLanguage": "JSONata" on the state machine or the state.`,
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
  if (state.Type === "Parallel") {
    const branches = state.Branches;
    if (!Array.isArray(branches) || branches.length === 0) {
      problems.add("a Parallel needs the field 'Branches', a list of one or more branches.");
      return;
    }
    for (const [index, branch] of branches.entries()) {
      const branchProblems = problems.of(`State '${name}', branch ${index}`);
      checkInnerGroup(branch, groupFields, { ...enclosure, problems: branchProblems });
    }
  }
  if (state.Type === "Map") {
    const processorProblems = problems.of(`State '${name}', item processor`);
    const processor = state.ItemProcessor;
    checkInnerGroup(processor, [...groupFields, "ProcessorConfig"], {
      ...enclosure,
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

function isStateType(type: Json | undefined): type is State["Type"] {
  return typeof type === "string" && Object.hasOwn(stateFields, type);
}
