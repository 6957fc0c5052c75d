import { createStreamClient, StreamApiError } from "@guidogerb/stream-orchestration/client";

/** Whatever knows credentials: `fromNodeProviderChain()` of the AWS SDK, or Amplify's `fetchAuthSession` in a browser. */
declare function readCredentials(): Promise<{
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}>;

const client = createStreamClient({
  url: "https://abc123.execute-api.eu-west-1.amazonaws.com",
  credentials: readCredentials,
});

/** Requests a stream, and says where viewers find it. */
export async function launch(streamId: string): Promise<string[]> {
  try {
    await client.createStreamWorkflow({
      streamId,
      title: "Spring launch",
      startTime: "2027-03-20T18:00:00Z",
      ingestEndpoints: [{ protocol: "rtmps", url: `rtmps://ingest.example.com/live/${streamId}` }],
    });
  } catch (error) {
    if (!(error instanceof StreamApiError) || error.code !== "Conflict") throw error;
    console.log(error.issues, error.requestId);
  }
  const { playback } = await client.getStream({ streamId });
  return (playback?.manifests ?? []).map(({ url }) => url);
}

/** Ends every stream that is up. */
export async function endAll(signal: AbortSignal): Promise<void> {
  for await (const { streamId } of client.streams({ status: "LIVE", signal })) {
    await client.endStream({ streamId }, { signal });
  }
}
