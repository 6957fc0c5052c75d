import { render } from "preact";
import { App } from "./app";
import { setClock } from "./clock";
import { html } from "./html";
import { openChanges } from "./live";
import { connectionFrom, readContract, readSettings } from "./settings";

async function start(): Promise<void> {
  const [contract, settings] = await Promise.all([readContract(), readSettings()]);
  let problem = "";
  const connection = await connectionFrom(settings).catch((error: unknown) => {
    problem = (error as Error).message;
    return undefined;
  });
  if (settings.now !== undefined) setClock(settings.now, settings.speed ?? 1);
  if (settings.isLocal) openChanges();
  const root = document.getElementById("root");
  if (root) render(html`<${App} ...${{ contract, settings, connection, problem }} />`, root);
}

start().catch((error: unknown) => {
  document.body.textContent = `The console cannot start: ${(error as Error).message}`;
});
