import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

export interface StaticFile {
  readonly contentType: string;
  readonly body: Buffer;
  readonly etag: string;
}

const contentTypes: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

/** Reads the console's page. A file is read when it is first asked for, and kept: a build beside a runtime may replace the folder. */
export class StaticFiles {
  private readonly files = new Map<string, StaticFile>();
  private readonly names: ReadonlySet<string>;

  /** @throws {Error} when the console has not been built. */
  constructor(private readonly folder: string) {
    this.names = new Set(namesIn(folder));
  }

  /** @param path of a request, such as `/` or `/console.js`. @returns undefined for a file that the page does not have. */
  find(path: string): StaticFile | undefined {
    const name = path === "/" ? "index.html" : path.slice(1);
    if (!this.names.has(name)) return undefined;
    const known = this.files.get(name);
    if (known) return known;
    const body = readFileSync(join(this.folder, name));
    const file = {
      contentType: contentTypes[extname(name)] ?? "application/octet-stream",
      body,
      etag: `"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`,
    };
    this.files.set(name, file);
    return file;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    throw new Error(`The console's files are not in ${folder}: run npm run build.`);
  }
}
