import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { announce } from "../announce";
import { callLocal } from "../api";
import { useNow } from "../clock";
import { useSurroundings } from "../context";
import { clockTime, duration } from "../format";
import type { GraphEdge } from "../graph-layout";
import { html } from "../html";
import { useLive } from "../live";
import { Value } from "../parts/fold";
import { Graph, type GraphState } from "../parts/graph";
import { Status } from "../parts/status";
import { Text } from "../parts/text";
import {
  contractProgress,
  type FoldedState,
  foldVisits,
  progressFromStream,
  stepsTaken,
  timeIn,
} from "../states";
import type { Contract, Definition, Execution, StreamTabProps } from "../types";

const mainMachine = "StreamLifecycleOrchestrator";

/** Which states the graph has. */
type Shown = "contract" | "visited" | "all";

export function WorkflowTab({ stream, local }: StreamTabProps) {
  if (local) return html`<${LocalWorkflow} executions=${local.executions} />`;
  return html`<${DeployedWorkflow} stream=${stream} />`;
}

function DeployedWorkflow({ stream }: Pick<StreamTabProps, "stream">) {
  const { contract } = useSurroundings();
  const progress = progressFromStream(contract, stream);
  const states = contract.states.map(({ name }) => ({
    name,
    progress: progress.get(name)?.progress ?? "unknown",
    isTaken: false,
  }));
  return html`
    <p class="note">This is what the API tells. For each state with its input and output, open the execution <code>${stream.streamId}_${stream.attempt}</code> of <code>…-${mainMachine}</code> in Step Functions.</p>
    <${Graph} states=${states} edges=${contractEdges(contract)} label="The workflow of the stream" />
  `;
}

function LocalWorkflow({ executions }: { readonly executions: readonly Execution[] }) {
  const { contract } = useSurroundings();
  const now = useNow(1000);
  const [chosen, setChosen] = useState<string | undefined>();
  const [shown, setShown] = useState<Shown>("contract");
  const latest = executions.findLast(({ machine }) => machine.name.endsWith(mainMachine));
  const execution = executions.find(({ arn }) => arn === chosen) ?? latest ?? executions.at(-1);
  useAnnouncedState(execution);
  if (!execution) return html`<p class="empty">No workflow has begun for this stream.</p>`;
  const isMain = execution.machine.name.endsWith(mainMachine);
  return html`
    <form class="filters" onSubmit=${(event: Event) => event.preventDefault()}>
      <label>Execution
        <select value=${execution.arn} onChange=${(event: Event) => setChosen((event.target as HTMLSelectElement).value)}>
          ${executions.toReversed().map(({ arn, name, machine, status }) => html`<option value=${arn}>${labelOf(machine.name, name)}, ${status}</option>`)}
        </select>
      </label>
      <label>States
        <select value=${isMain || shown === "all" ? shown : "visited"} onChange=${(event: Event) => setShown((event.target as HTMLSelectElement).value as Shown)}>
          ${isMain && html`<option value="contract">The eleven of the contract</option>`}
          <option value="visited">Those it went through</option>
          <option value="all">All states of the definition</option>
        </select>
      </label>
    </form>
    <p class="subtitle"><${Status} word=${execution.status} /> ${execution.waitingIn !== undefined && html`<span>waits in ${execution.waitingIn}</span>`} ${execution.error !== undefined && html`<span><code><${Text} of=${execution.error} /></code> <${Text} of=${execution.cause ?? ""} /></span>`}</p>
    <div class="columns workflow">
      ${isMain && shown === "contract" && html`<${ContractGraph} ...${{ contract, execution, now }} />`}
      ${shown === "all" && html`<${WholeGraph} ...${{ execution, now }} />`}
      ${(shown === "visited" || (shown === "contract" && !isMain)) && html`<${VisitedGraph} ...${{ execution, now }} />`}
      <${Visits} execution=${execution} now=${now} />
    </div>
  `;
}

function ContractGraph({
  contract,
  execution,
  now,
}: {
  contract: Contract;
  execution: Execution;
  now: number;
}) {
  const folded = foldVisits(execution, now);
  const progress = contractProgress(contract, folded);
  const states = contract.states.map(({ name }): GraphState => {
    const { progress: how = "ahead", within, milliseconds = 0 } = progress.get(name) ?? {};
    const detail = within ?? (how === "ahead" ? "" : duration(milliseconds));
    return { name, progress: how, detail };
  });
  const taken = stepsTaken(execution.states, new Set(contract.states.map(({ name }) => name)));
  return html`<${Graph} states=${states} edges=${contractEdges(contract)} taken=${taken} label="The workflow: the states of the contract" />`;
}

/** The states that the execution was in, supporting ones among them. */
function VisitedGraph({ execution, now }: { execution: Execution; now: number }) {
  const { contract } = useSurroundings();
  const names = [...new Set(execution.states.map(({ name }) => name))];
  const taken = stepsTaken(execution.states, new Set(names));
  const edges = taken
    .filter(({ from, to }, index) => taken.findIndex((one) => one.from === from && one.to === to) === index)
    .map((step) => ({ ...step, isFailure: false }));
  const states = stateBoxes(names, foldVisits(execution, now), contract);
  return html`<${Graph} states=${states} edges=${edges} taken=${taken} label="The workflow: the states that it went through" />`;
}

function WholeGraph({ execution, now }: { execution: Execution; now: number }) {
  const { contract } = useSurroundings();
  const { physicalName } = execution.machine;
  const { value } = useLive(physicalName, () =>
    callLocal<Definition>("GET", `workflows/${encodeURIComponent(physicalName)}`),
  );
  const edges = useMemo(
    () =>
      value?.states.flatMap(({ name, next }) =>
        next.map(({ to, isFailure }) => ({ from: name, to, isFailure })),
      ) ?? [],
    [value],
  );
  if (!value) return html`<p class="empty">Reading the definition…</p>`;
  const names = value.states.map(({ name }) => name);
  const states = stateBoxes(names, foldVisits(execution, now), contract);
  const taken = stepsTaken(execution.states, new Set(names));
  return html`<${Graph} states=${states} edges=${edges} taken=${taken} label="The workflow: every state of the definition" isLarge />`;
}

function stateBoxes(
  names: readonly string[],
  folded: ReadonlyMap<string, FoldedState>,
  { supporting }: Contract,
): GraphState[] {
  const isSupporting = new Set(supporting.map(({ name }) => name));
  return names.map((name) => {
    const own = folded.get(name);
    return {
      name,
      progress: own?.progress ?? "ahead",
      detail: own ? duration(own.milliseconds) : "",
      isSupporting: isSupporting.has(name),
    };
  });
}

function Visits({ execution, now }: { execution: Execution; now: number }) {
  const end = execution.stoppedAt === undefined ? now : Date.parse(execution.stoppedAt);
  return html`<section aria-labelledby="states">
    <h2 id="states">States</h2>
    <ol class="visits">
      ${execution.states.map((visit, index) => {
        const isCurrent = visit.exitedAt === undefined && execution.status === "RUNNING";
        return html`<li key=${index}>
          <details class="row-fold">
            <summary>
              <span class="name">${visit.name}</span>
              ${isCurrent && html`<${Status} word="RUNNING" />`}
              <time dateTime=${visit.enteredAt}>${clockTime(visit.enteredAt)}</time>
              <span class="duration">${duration(timeIn(visit, end))}</span>
            </summary>
            <${Value} title="Input" of=${visit.input} />
            <${Value} title="Output" of=${visit.output} />
            <${Value} title="Variables" of=${visit.assigned} />
          </details>
          ${visit.errors.map(({ error = "", cause = "" }) => html`<p class="error"><code><${Text} of=${error} /></code> <${Text} of=${cause} /></p>`)}
        </li>`;
      })}
    </ol>
  </section>`;
}

/** Says each new state once, as a screen reader cannot see the graph move. */
function useAnnouncedState(execution: Execution | undefined): void {
  const told = useRef<string | undefined>(undefined);
  const state =
    execution && (execution.status === "RUNNING" ? execution.states.at(-1)?.name : execution.status);
  useEffect(() => {
    if (told.current !== undefined && state !== undefined && told.current !== state)
      announce(`The workflow is in ${state}.`);
    told.current = state;
  }, [state]);
}

function contractEdges({ states }: Contract): GraphEdge[] {
  return states.flatMap(({ name, transitions = {} }) => {
    const targets = Object.entries(transitions);
    return [...new Set(targets.map(([, to]) => to))].map((to) => ({
      from: name,
      to,
      isFailure: !targets.some(
        ([outcome, target]) => target === to && (outcome === "success" || outcome === "ready"),
      ),
    }));
  });
}

/** `StreamTeardown, 3f2a…`: what rules start has a UUID for its name. */
function labelOf(machine: string, name: string): string {
  const short = machine.replace(/^.*-/, "");
  return /^[0-9a-f]{8}-/.test(name) ? `${short} ${name.slice(0, 8)}` : `${short} ${name}`;
}
