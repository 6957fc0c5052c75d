import type { ComponentChildren } from "preact";
import { plain } from "../format";
import { html } from "../html";

interface FieldProps {
  /** The member of the request, such as `ingestEndpoints[0].url`. */
  readonly path: string;
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** The issues of the API about this member. */
  readonly issues: readonly string[];
  readonly type?: string;
  readonly hint?: string;
  readonly isRequired?: boolean;
  /** What may be chosen; a text field without it. */
  readonly options?: readonly string[];
  readonly children?: ComponentChildren;
}

/** @returns the id of a member's field. */
export function fieldId(path: string): string {
  return `field-${path.replace(/[^A-Za-z0-9]+/g, "-")}`;
}

/** A labelled field, with its issues beside it. The API decides what is valid: the browser refuses nothing. */
export function Field({
  path,
  label,
  value,
  onInput,
  issues,
  type = "text",
  hint,
  isRequired = false,
  options,
}: FieldProps) {
  const id = fieldId(path);
  const described = [hint !== undefined && `${id}-hint`, issues.length > 0 && `${id}-issues`]
    .filter(Boolean)
    .join(" ");
  const shared = {
    id,
    value,
    onInput: (event: Event) => onInput((event.target as HTMLInputElement).value),
    ...(issues.length > 0 && { "aria-invalid": "true" }),
    ...(described !== "" && { "aria-describedby": described }),
    ...(isRequired && { "aria-required": "true" }),
  };
  return html`<div class=${issues.length > 0 ? "field invalid" : "field"}>
    <label for=${id}>${label}${!isRequired && ", optional"}</label>
    ${
      options
        ? html`<select ...${shared}>${options.map((option) => html`<option value=${option}>${option}</option>`)}</select>`
        : html`<input type=${type} autocomplete="off" spellcheck=${false} ...${shared} />`
    }
    ${hint !== undefined && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    ${issues.length > 0 && html`<ul class="issues" id=${`${id}-issues`}>${issues.map((issue) => html`<li>${plain(issue)}</li>`)}</ul>`}
  </div>`;
}
