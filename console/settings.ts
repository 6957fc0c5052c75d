import type { Connection, Credentials } from "./connection";
import { type CognitoSettings, tokenFromSignIn } from "./sign-in";
import type { Contract } from "./types";

/** What stands in `console.json` beside the page. A local runtime answers it, a deployment may have it. */
export interface Settings {
  readonly isLocal?: boolean;
  /** Base URL of the HTTP API. */
  readonly apiUrl?: string;
  /** What the API asks callers for. */
  readonly authorization?: "AWS_IAM" | "JWT" | "NONE";
  readonly cognito?: CognitoSettings;
  /** A local runtime's clock, and the seconds that pass on it in one. */
  readonly now?: string;
  readonly speed?: number;
}

/** @returns the settings; none where there is no such file. */
export async function readSettings(): Promise<Settings> {
  try {
    const response = await fetch("console.json", { cache: "no-store" });
    return response.ok ? ((await response.json()) as Settings) : {};
  } catch {
    return {};
  }
}

export async function readContract(): Promise<Contract> {
  const response = await fetch("contract.json");
  if (!response.ok) throw new Error(`contract.json was answered ${response.status}.`);
  return (await response.json()) as Contract;
}

const none: Credentials = async () => ({});

/** @returns how to send a token. */
export function bearer(token: string): Credentials {
  return async () => ({ authorization: `Bearer ${token}` });
}

/** @returns the connection that needs nothing more of whoever uses the page; undefined where it does. */
export async function connectionFrom(settings: Settings): Promise<Connection | undefined> {
  const { isLocal = false, apiUrl, authorization, cognito } = settings;
  if (apiUrl === undefined) return undefined;
  if (authorization === "NONE" || (isLocal && authorization === "AWS_IAM")) {
    return { apiUrl, isLocal, credentials: none };
  }
  const token = cognito && (await tokenFromSignIn(cognito));
  return token === undefined ? undefined : { apiUrl, isLocal, credentials: bearer(token) };
}
