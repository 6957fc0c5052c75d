import { useState } from "preact/hooks";
import type { Connection, Credentials } from "../connection";
import { html } from "../html";
import { bearer, type Settings } from "../settings";
import { signedWith } from "../sign";
import { beginSignIn, forgetToken } from "../sign-in";

interface ConnectProps {
  readonly settings: Settings;
  readonly problem: string;
  readonly isConnected: boolean;
  readonly onConnect: (connection: Connection | undefined) => void;
}

type Way = "token" | "keys" | "none";

/** Asks which API to call, and with which credentials. Nothing of it is stored: it is gone with the page. */
export function ConnectView({ settings, problem, isConnected, onConnect }: ConnectProps) {
  const [apiUrl, setApiUrl] = useState(settings.apiUrl ?? "");
  const [way, setWay] = useState<Way>(settings.authorization === "AWS_IAM" ? "keys" : "token");
  const [token, setToken] = useState("");
  const [keys, setKeys] = useState({
    accessKeyId: "",
    secretAccessKey: "",
    sessionToken: "",
    region: "us-east-1",
  });
  const { cognito } = settings;
  const submit = (event: Event) => {
    event.preventDefault();
    const ways: { readonly [one in Way]: () => Credentials } = {
      token: () => bearer(token.trim()),
      keys: () => signedWith(keys),
      none: () => async () => ({}),
    };
    onConnect({
      apiUrl: apiUrl.trim().replace(/\/+$/, ""),
      isLocal: settings.isLocal ?? false,
      credentials: ways[way](),
    });
    location.hash = "#/";
  };
  const input = (label: string, value: string, set: (value: string) => void, more: object = {}) =>
    html`<label>${label}<input autocomplete="off" spellcheck=${false} required value=${value} onInput=${(event: Event) => set((event.target as HTMLInputElement).value)} ...${more} /></label>`;
  const key = (label: string, member: keyof typeof keys, more: object = {}) =>
    input(label, keys[member], (value) => setKeys({ ...keys, [member]: value }), more);
  return html`
    <div class="heading"><h1 tabindex="-1">Connection</h1></div>
    ${problem !== "" && html`<div class="problem" role="alert"><p>${problem}</p></div>`}
    ${isConnected && html`<p>This page calls <code>${settings.apiUrl ?? apiUrl}</code>.</p>`}
    ${
      isConnected &&
      html`<p class="buttons"><button type="button" onClick=${() => {
        forgetToken();
        onConnect(undefined);
      }}>Disconnect</button></p>`
    }
    ${cognito && html`<p class="buttons"><button type="button" class="primary" onClick=${() => void beginSignIn(cognito)}>Sign in</button></p>`}
    <form class="connect" onSubmit=${submit}>
      ${!settings.isLocal && input("Base URL of the API", apiUrl, setApiUrl, { type: "url", placeholder: "https://….execute-api.us-east-1.amazonaws.com" })}
      <label>Credentials
        <select value=${way} onChange=${(event: Event) => setWay((event.target as HTMLSelectElement).value as Way)}>
          <option value="token">A JSON Web Token</option>
          <option value="keys">Temporary AWS keys</option>
          <option value="none">None: the API is open</option>
        </select>
      </label>
      ${way === "token" && input("Token", token, setToken, { type: "password" })}
      ${
        way === "keys" &&
        html`${key("Access key id", "accessKeyId")}${key("Secret access key", "secretAccessKey", { type: "password" })}${key("Session token", "sessionToken", { type: "password", required: false })}${key("Region", "region")}`
      }
      <p class="buttons"><button type="submit" class="primary">Connect</button></p>
      <p class="note">Token and keys stay in this page's memory, and go to this API alone. The API must allow this page's origin: <code>cors.allowOrigins</code>.</p>
    </form>
  `;
}
