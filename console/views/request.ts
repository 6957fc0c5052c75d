import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../announce";
import { type ApiError, callApi } from "../api";
import { now } from "../clock";
import { useSurroundings } from "../context";
import { plain } from "../format";
import { html } from "../html";
import { placeIssues } from "../issues";
import { Field, fieldId } from "../parts/field";
import { fieldPaths, type RequestFields, requestBody } from "../request-body";
import { streamHref } from "../router";

const noEndpoint = { protocol: "rtmps", url: "", backupUrl: "" };

function emptyFields(now: number): RequestFields {
  const startTime = new Date(Math.ceil(now / 60_000) * 60_000).toISOString().slice(0, 16);
  return {
    streamId: "",
    title: "",
    startTime,
    endTime: "",
    channelId: "",
    endpoints: [noEndpoint],
    metadata: [],
  };
}

/** Requests a stream. What the API refuses is shown beside its fields. */
export function RequestView() {
  const { connection, contract } = useSurroundings();
  const [fields, setFields] = useState(() => emptyFields(now()));
  const [error, setError] = useState<ApiError | undefined>();
  const [isBusy, setBusy] = useState(false);
  const summary = useRef<HTMLDivElement>(null);
  // An answer that refuses takes the focus to the list of what is wrong.
  useEffect(() => summary.current?.focus(), [error]);

  const { byField, others } = placeIssues(error?.issues ?? [], fieldPaths(fields));
  const change = (part: Partial<RequestFields>) => setFields({ ...fields, ...part });
  const field = (
    path: string,
    label: string,
    value: string,
    part: (value: string) => Partial<RequestFields>,
    more: object = {},
  ) =>
    html`<${Field} ...${{ path, label, value, issues: byField.get(path) ?? [], ...more }} onInput=${(text: string) => change(part(text))} />`;
  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    callApi<{ streamId: string }>(connection, "POST", "/streams", requestBody(fields)).then(
      ({ streamId }) => {
        announce(`${streamId} is requested.`);
        location.hash = streamHref(streamId, "workflow");
      },
      (problem: ApiError) => {
        setError(problem);
        setBusy(false);
      },
    );
  };

  return html`
    <div class="heading"><h1 tabindex="-1">Request a stream</h1></div>
    ${
      error &&
      html`<div class="problem" role="alert" tabindex="-1" ref=${summary}>
        <p>${plain(error.message)}</p>
        <ul>
          ${[...byField].flatMap(([path, texts]) => texts.map((text) => html`<li><a href=${`#${fieldId(path)}`} onClick=${focusOn(path)}>${path}</a> ${plain(text)}</li>`))}
          ${others.map((text) => html`<li>${plain(text)}</li>`)}
        </ul>
      </div>`
    }
    <form class="request" noValidate onSubmit=${submit}>
      <fieldset>
        <legend>Stream</legend>
        <div class="row two">
        ${field("streamId", "Id", fields.streamId, (streamId) => ({ streamId }), { isRequired: true, hint: "3 to 64 letters, digits and hyphens." })}
        ${field("title", "Title", fields.title, (title) => ({ title }), { isRequired: true })}
        </div>
        <div class="row">
          ${field("startTime", "Starts (UTC)", fields.startTime, (startTime) => ({ startTime }), { isRequired: true, type: "datetime-local" })}
          ${field("endTime", "Ends (UTC)", fields.endTime, (endTime) => ({ endTime }), { type: "datetime-local" })}
          ${field("channelId", "Channel", fields.channelId, (channelId) => ({ channelId }), { hint: "Any free one without it." })}
        </div>
      </fieldset>
      <fieldset id=${fieldId("ingestEndpoints")} tabindex="-1">
        <legend>Ingest endpoints</legend>
        ${issueList(byField.get("ingestEndpoints"))}
        ${fields.endpoints.map((endpoint, index) => {
          const path = `ingestEndpoints[${index}]`;
          const name = `Endpoint ${index + 1}`;
          const set = (part: object) => ({
            endpoints: fields.endpoints.map((one, at) => (at === index ? { ...one, ...part } : one)),
          });
          return html`<div class="row endpoint" role="group" aria-label=${name} key=${index}>
            ${field(`${path}.protocol`, "Protocol", endpoint.protocol, (protocol) => set({ protocol }), { isRequired: true, options: contract.protocols })}
            ${field(`${path}.url`, "URL", endpoint.url, (url) => set({ url }), { isRequired: true })}
            ${field(`${path}.backupUrl`, "Backup URL", endpoint.backupUrl, (backupUrl) => set({ backupUrl }))}
            <button type="button" aria-label=${`Remove endpoint ${index + 1}`} onClick=${() => change({ endpoints: fields.endpoints.filter((_, at) => at !== index) })}>Remove</button>
          </div>`;
        })}
        <button type="button" onClick=${() => change({ endpoints: [...fields.endpoints, noEndpoint] })}>Add an endpoint</button>
      </fieldset>
      <fieldset id=${fieldId("metadata")} tabindex="-1">
        <legend>Metadata, optional</legend>
        ${issueList(byField.get("metadata"))}
        ${fields.metadata.map(({ name, value }, index) => {
          const set = (part: object) =>
            change({
              metadata: fields.metadata.map((one, at) => (at === index ? { ...one, ...part } : one)),
            });
          return html`<div class="row pair" role="group" aria-label=${`Metadata ${index + 1}`} key=${index}>
            <${Field} path=${`metadata-name-${index}`} label="Name" value=${name} issues=${[]} onInput=${(text: string) => set({ name: text })} isRequired />
            <${Field} path=${`metadata-value-${index}`} label="Value" value=${value} issues=${[]} onInput=${(text: string) => set({ value: text })} isRequired />
            <button type="button" aria-label=${`Remove metadata ${index + 1}`} onClick=${() => change({ metadata: fields.metadata.filter((_, at) => at !== index) })}>Remove</button>
          </div>`;
        })}
        <button type="button" onClick=${() => change({ metadata: [...fields.metadata, { name: "", value: "" }] })}>Add metadata</button>
      </fieldset>
      <p class="buttons"><button type="submit" class="primary" disabled=${isBusy}>Request the stream</button></p>
    </form>
  `;
}

function issueList(issues: readonly string[] = []) {
  return (
    issues.length > 0 &&
    html`<ul class="issues">${issues.map((issue) => html`<li>${plain(issue)}</li>`)}</ul>`
  );
}

/** The number sign of the address is the route's, so that a link in the list moves the focus itself. */
function focusOn(path: string) {
  return (event: Event) => {
    event.preventDefault();
    document.getElementById(fieldId(path))?.focus();
  };
}
