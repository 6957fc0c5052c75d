import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../html";
import { Problem } from "./problem";

interface DialogProps {
  readonly title: string;
  /** What the button that does it says. */
  readonly action: string;
  readonly isDangerous?: boolean;
  /** Does it. The dialog stays open, with the problem, where that fails. */
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

/** Asks before something is done. The browser keeps the focus inside, closes on Escape, and gives the focus back. */
export function Dialog({ title, action, isDangerous = false, onConfirm, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<Error | undefined>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    onConfirm().then(
      () => dialog.current?.close(),
      (problem: Error) => {
        setError(problem);
        setBusy(false);
      },
    );
  };
  return html`<dialog ref=${dialog} aria-labelledby="dialog-title" onClose=${onClose}>
    <form onSubmit=${submit}>
      <h2 id="dialog-title">${title}</h2>
      ${children}
      <${Problem} error=${error} />
      <p class="buttons">
        <button type="submit" class=${isDangerous ? "danger" : "primary"} disabled=${isBusy}>${action}</button>
        <button type="button" onClick=${() => dialog.current?.close()}>Cancel</button>
      </p>
    </form>
  </dialog>`;
}
