/**
 * Reaches the function behind the command line by Lambda's Invoke, signed with the caller's AWS credentials by the signer
 * that the DynamoDB client brings along. A local platform is reached the same way at its endpoint.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
import { existsSync, readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Outcome } from '../../functions/identity/provisioning/administer.ts';
import type { StageName } from '../../infra/config/stage-config.ts';
import { stageConfig } from '../../infra/config/stages.ts';
import { functionName } from '../../infra/naming.ts';

export interface Target {
  stage: StageName;
  region?: string;
  /** Of a local platform. */
  endpoint?: string;
}

/** Nobody answered, or not with an outcome; the message says what to look at. */
export class UnreachableError extends Error {}

/** Where `npm start` writes what it listens on. */
const localEndpoints = '.local/endpoints.json';
const timeoutMs = 60_000;

type Invoke = (order: object) => Promise<Outcome>;

/** @throws UnreachableError when there are no credentials or no region */
export async function connect(target: Target): Promise<Invoke> {
  const name = functionName(stageConfig(target.stage), 'identity', 'administer');
  const client = clientOf(target);
  const region = await client.config.region().catch((cause: Error) => {
    throw new UnreachableError(`No region: ${cause.message}. Use --region.`);
  });
  const base = target.stage === 'local' || target.endpoint ? localEndpoint(target) : lambdaEndpoint(region);
  return async (order) => {
    const request = await sign(client, region, new URL(`/2015-03-31/functions/${name}/invocations`, base), order);
    const response = await fetch(request.url, {
      method: 'POST',
      headers: request.headers,
      body: request.body,
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: Error) => {
      const hint = target.stage === 'local' ? ' Is `npm start` running?' : '';
      throw new UnreachableError(`No answer from ${base}: ${causeOf(cause)}.${hint}`);
    });
    return readOutcome(name, response);
  };
}

function clientOf({ stage, region }: Target): DynamoDBClient {
  if (stage !== 'local') return new DynamoDBClient(region === undefined ? {} : { region });
  return new DynamoDBClient({ region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
}

function localEndpoint({ endpoint }: Target): string {
  if (endpoint !== undefined) {
    if (!URL.canParse(endpoint)) throw new UnreachableError(`--endpoint "${endpoint}" is not an address.`);
    return endpoint;
  }
  if (!existsSync(localEndpoints)) return 'http://127.0.0.1:4566';
  return (JSON.parse(readFileSync(localEndpoints, 'utf8')) as { awsEndpointUrl: string }).awsEndpointUrl;
}

const lambdaEndpoint = (region: string): string =>
  `https://lambda.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

async function sign(client: DynamoDBClient, region: string, url: URL, order: object) {
  const body = JSON.stringify(order);
  const request = {
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    path: url.pathname,
    query: {},
    headers: { host: url.host, 'content-type': 'application/json' },
    body,
  };
  const scheme = { name: 'sigv4', signingName: 'lambda', signingRegion: region, properties: {} };
  try {
    const signer = await client.config.signer(scheme as never);
    const signed = await signer.sign(request as never, { signingService: 'lambda', signingRegion: region });
    const { host: _, ...headers } = signed.headers;
    return { url, headers, body };
  } catch (cause) {
    throw new UnreachableError(`No AWS credentials: ${(cause as Error).message}`);
  }
}

async function readOutcome(name: string, response: Response): Promise<Outcome> {
  const text = await response.text();
  if (!response.ok) throw new UnreachableError(`${name} answered ${response.status}: ${text.slice(0, 300)}`);
  if (response.headers.get('x-amz-function-error') !== null)
    throw new UnreachableError(`${name} failed; its log says why: ${text.slice(0, 300)}`);
  return JSON.parse(text) as Outcome;
}

const causeOf = (error: Error): string => (error.cause instanceof Error ? error.cause.message : error.message);
