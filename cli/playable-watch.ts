import { itemsOf } from "../local/playback/distribution-config";
import type { Edge } from "../local/playback/edge";
import type { CloudFront } from "../local/services";

/** What it needs of a runtime. */
interface Watched {
  readonly playbackUrl: string;
  readonly edge: Edge;
  readonly services: { readonly CloudFront: CloudFront };
}

/** Tells of what becomes playable: each behaviour `/<name>/*` whose playlist the local CDN answers. */
export class PlayableWatch {
  private readonly told = new Map<string, string>();
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly runtime: Watched,
    private readonly tell: (line: string) => void,
  ) {}

  /** Looks again, after a channel or a distribution has changed. Resolves once it has told. */
  look(): Promise<void> {
    const look = this.last.then(() => this.lookOnce());
    this.last = look.catch((error: unknown) =>
      this.tell(`The playlists cannot be asked for: ${String(error)}`),
    );
    return this.last;
  }

  private async lookOnce(): Promise<void> {
    const paths = this.playlistPaths();
    for (const path of this.told.keys()) if (!paths.includes(path)) this.told.delete(path);
    for (const path of paths) {
      const { status, reason = "" } = await this.runtime.edge.probe(path);
      const url = `${this.runtime.playbackUrl}${path}`;
      const line = status < 400 ? url : `${url} answers ${status}: ${reason}`;
      // Its channel does not run yet, or not any longer.
      if (status === 404) this.told.delete(path);
      else if (this.told.get(path) !== line) {
        this.told.set(path, line);
        this.tell(line);
      }
    }
  }

  private playlistPaths(): string[] {
    const { CloudFront: cloudFront } = this.runtime.services;
    const behaviors = cloudFront
      .distributionIds()
      .flatMap((id) => itemsOf(cloudFront.configOf(id).CacheBehaviors));
    return behaviors.flatMap(({ PathPattern }) => {
      const name = /^\/?([^/*?]+)\/\*$/.exec(String(PathPattern))?.[1];
      return name === undefined ? [] : [`/${name}/index.m3u8`];
    });
  }
}
