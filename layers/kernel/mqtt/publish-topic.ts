/**
 * Publishes to an MQTT topic through the HTTP data plane of AWS IoT. It is one POST, so it goes through the signer and
 * the sockets that a function has anyway for DynamoDB, instead of a client of its own at every cold start.
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_Publish.html
 */
import { iotDataEndpoint } from '../config/resource-names.ts';
import { rawClient } from '../data/client.ts';

/** AWS IoT takes no larger payload. */
export const maxPublishBytes = 128 * 1024;

/** `refused`: the broker certainly did not take it. `unknown`: no answer came, so it may have. */
export type PublishOutcome = { outcome: 'taken' } | { outcome: 'refused' | 'unknown'; reason: string };

export interface PublishOptions {
  /** @default 1 */
  qos?: 0 | 1;
  /** Whether the broker keeps it for whoever subscribes later. @default false */
  retain?: boolean;
}

const timeoutMs = 5_000;

type SignedRequest = Parameters<ReturnType<typeof rawClient>['config']['requestHandler']['handle']>[0];

/**
 * Sends once and never again by itself: a caller whose message must not come twice needs to know. The function needs the
 * topic in `publishTopics` of its manifest.
 */
export async function publishTopic(
  topic: string,
  payload: Uint8Array | string,
  { qos = 1, retain = false }: PublishOptions = {},
): Promise<PublishOutcome> {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  if (body.length > maxPublishBytes)
    return { outcome: 'refused', reason: `The message has ${body.length} bytes; ${maxPublishBytes} are possible.` };
  const request = await sign(topic, body, { qos: String(qos), retain: String(retain) });
  try {
    const { response } = await rawClient().config.requestHandler.handle(request, { requestTimeout: timeoutMs });
    // What is not read would keep its socket.
    const text = await readText(response.body);
    if (response.statusCode < 300) return { outcome: 'taken' };
    // From 500 on nobody says how far the request got.
    const outcome = response.statusCode < 500 ? 'refused' : 'unknown';
    return { outcome, reason: `AWS IoT answered ${response.statusCode}: ${text.slice(0, 200)}` };
  } catch (error) {
    return { outcome: 'unknown', reason: (error as Error).message };
  }
}

async function sign(topic: string, body: Uint8Array, query: Record<string, string>): Promise<SignedRequest> {
  const { config } = rawClient();
  const region = await config.region();
  const endpoint = new URL(iotDataEndpoint(region));
  const request = {
    method: 'POST',
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    ...(endpoint.port === '' ? {} : { port: Number(endpoint.port) }),
    path: `/topics/${encodeURIComponent(topic)}`,
    query,
    headers: { host: endpoint.host, 'content-type': 'application/octet-stream' },
    body,
  };
  const signer = await config.signer({
    name: 'sigv4',
    signingName: 'iotdata',
    signingRegion: region,
    properties: {},
  });
  return (await signer.sign(request as never, {
    signingService: 'iotdata',
    signingRegion: region,
  })) as unknown as SignedRequest;
}

async function readText(body: AsyncIterable<Uint8Array> | undefined): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
