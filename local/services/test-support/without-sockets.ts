/**
 * Calls of unit tests to DynamoDB, SQS and KMS skip the socket: most of what such a call computes is HTTP, on both sides of one
 * process. What the SDK writes and reads stays the same text, and a turn of the event loop lies before and after the service, as
 * with a socket, so that calls made together still overlap. HTTP itself is tested by the platform's endpoint and the whole platform.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { takeRefusal } from './direct-calls.ts';

export interface DirectRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
  port?: number;
}

export interface DirectAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

type Answer = (request: DirectRequest) => Promise<DirectAnswer>;
type Handle = (this: object, request: DirectRequest, options?: { abortSignal?: AbortSignal }) => Promise<unknown>;

declare global {
  /** By port; of the process, because test files that run one after the other share the SDK. */
  var directEndpoints: Map<number, Answer> | undefined;
}

const targets = /^(DynamoDB_|AmazonSQS\.|TrentService\.)/;

/** Answers such calls to the port of this process from now on; returns what ends that. */
export function answerDirectly(port: number, answer: Answer): () => void {
  globalThis.directEndpoints ??= intercept();
  const endpoints = globalThis.directEndpoints;
  endpoints.set(port, answer);
  return () => void endpoints.delete(port);
}

function intercept(): Map<number, Answer> {
  const endpoints = new Map<number, Answer>();
  const client = new DynamoDBClient({ region: 'us-east-1' });
  const requests = Object.getPrototypeOf(client.config.requestHandler) as { handle: Handle };
  const { handle } = requests;
  // The real one: tests that turn the clock replace the global.
  const { setImmediate } = globalThis;
  const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  requests.handle = async function (request, options) {
    const answer = request.port === undefined ? undefined : endpoints.get(request.port);
    const isDirect = targets.test(request.headers['x-amz-target'] ?? '') && options?.abortSignal?.aborted !== true;
    if (!answer || !isDirect) return handle.call(this, request, options);
    const refusal = takeRefusal();
    if (refusal !== undefined) return responseOf(refusal);
    await nextTurn();
    const given = await answer(request);
    await nextTurn();
    return responseOf(given);
  };
  return endpoints;
}

const responseOf = ({ status: statusCode, headers, body }: DirectAnswer): object => ({
  response: { statusCode, headers, body },
});
