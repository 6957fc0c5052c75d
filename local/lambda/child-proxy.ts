import { extname, join } from "node:path";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { ProxyNotice, ProxySettings } from "./child-proxy-thread";
import { runOutside } from "./invocations";

const extension = extname(__filename);

/** How long a thread may take to open its port: on a machine with a high load, seconds. */
const startMilliseconds = 60_000;

/**
 * The proxy of the processes that functions start: it refuses calls to AWS and lets all others through. It runs in a thread of its own, since
 * `execSync` and the like stop the thread of the functions until the process has ended. It starts with the first such process.
 */
export class ChildProxy {
  private worker: Worker | undefined;
  private notices: MessagePort | undefined;
  private port = 0;

  /**
   * @param runtimeUrl the AWS endpoint of this process.
   * @param onRefused takes the name of a function, and why a call of its child was refused: many programs hide what a proxy answers.
   */
  constructor(
    private readonly runtimeUrl: string | undefined,
    private readonly onRefused: (functionName: string, message: string) => void,
  ) {}

  /**
   * @param isAwaited whether the function's thread, and with it the runtime, stops until the process has ended.
   * @returns the value of `HTTPS_PROXY` for a process, with the function's name as the user.
   */
  urlFor(functionName: string, isAwaited: boolean): string {
    if (this.worker === undefined) this.start();
    // Some programs, Python's among them, send a user only together with a password.
    return `http://${encodeURIComponent(functionName)}:${isAwaited ? "awaited" : "local"}@127.0.0.1:${this.port}/`;
  }

  /** Passes on what was refused while this thread was stopped. */
  flush(): void {
    if (this.notices === undefined) return;
    for (;;) {
      const received: { message: ProxyNotice } | undefined = receiveMessageOnPort(this.notices);
      if (received === undefined) return;
      this.tell(received.message);
    }
  }

  close(): void {
    void this.worker?.terminate();
    this.worker = undefined;
  }

  /** Stops this thread until the proxy listens: a function may start its process by `execSync`, which needs the port at once. */
  private start(): void {
    const port = new Int32Array(new SharedArrayBuffer(4));
    const { port1, port2 } = new MessageChannel();
    const workerData: ProxySettings = { port, runtimeUrl: this.runtimeUrl, notices: port2 };
    const worker = new Worker(join(__dirname, `child-proxy-thread${extension}`), {
      ...{ workerData, transferList: [port2] },
      // The variables say which hosts stand for AWS.
      env: runOutside(() => ({ ...process.env })),
      execArgv: extension === ".ts" ? ["--require", require.resolve("tsx/cjs")] : [],
    });
    port1.on("message", (notice: ProxyNotice) => this.tell(notice));
    // Without this, a process would not end where its runtime is never stopped.
    port1.unref();
    worker.unref();
    Atomics.wait(port, 0, 0, startMilliseconds);
    this.port = Number(port[0]);
    if (this.port === 0) throw new Error("The proxy for the processes of functions did not start.");
    this.worker = worker;
    this.notices = port1;
  }

  private tell({ functionName, message }: ProxyNotice): void {
    runOutside(() => this.onRefused(functionName, message));
  }
}
