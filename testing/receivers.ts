import type { ReceivedRequest, ReceiverAnswer, Receivers } from "../local/http/receivers";

/** Receivers of webhooks: hosts outside of AWS that the program calls, and that a test plays. */
export class LocalReceivers {
  constructor(private readonly receivers: Receivers) {}

  /**
   * Plays a host. Until it is played, whoever calls it finds that it cannot be reached.
   * @param host its name, such as `hooks.example.com`.
   * @param answer what it answers. @default - 204
   * @returns the requests that it got, in order; the list grows.
   *
   * @example
   * const requests = local.receivers.play("hooks.example.com");
   */
  play(
    host: string,
    answer: (request: ReceivedRequest) => ReceiverAnswer | Promise<ReceiverAnswer> = () => ({ status: 204 }),
  ): readonly ReceivedRequest[] {
    const requests: ReceivedRequest[] = [];
    this.receivers.set(host, (request) => {
      requests.push(request);
      return answer(request);
    });
    return requests;
  }
}
