/**
 * Unit tests' calls for documents and messages go to the service as objects. The SDK's own steps between the two (endpoint, codec,
 * signature, retries) were most of what such a call computes, and none of what a domain's test is about. An error takes the SDK's
 * whole way, but for the two that conditions end with, which domains meet all the time and the SDK never tries again. The whole
 * way of every call is tested by the services' own tests, by those of the bulk client, and by the whole platform.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBServiceException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { AwsError } from '../../runtime/types.ts';
import { binaryAsBytes, binaryAsText } from './binary-attributes.ts';
import { documentCall } from './direct-documents.ts';
import type { DirectAnswer } from './without-sockets.ts';

/** A service that answers calls as objects. */
export interface DirectService {
  call(operation: string, input: object): Promise<{ output: object } | Refused>;
}

interface Refused {
  /** What the service threw; some write their refusals themselves. */
  error?: unknown;
  /** The refusal as it is written for the SDK. */
  written(): DirectAnswer;
}

/** One call of a client, apart from how it travels. */
export interface DirectCall {
  operation: string;
  /** Where the SDK would send it. */
  port: number;
  /** What the client gives to who called it. @param ask what the API answers to members as it names them */
  run(ask: (input: object) => Promise<object>): Promise<unknown>;
}

type Failure = new (
  members: ConstructorParameters<typeof ConditionalCheckFailedException>[0],
) => DynamoDBServiceException;

const conditionErrors = new Map<string, Failure>([
  ['ConditionalCheckFailedException', ConditionalCheckFailedException],
  ['TransactionCanceledException', TransactionCanceledException],
]);

type Send = (this: object, command: object, ...rest: unknown[]) => Promise<unknown>;

interface DirectCalls {
  /** By port; of the process, because test files that run one after the other share the SDK. */
  services: Map<number, DirectService>;
  /** What the next request of a call is answered with. */
  refusals: AsyncLocalStorage<{ answer: DirectAnswer | undefined }>;
}

declare global {
  var directCalls: DirectCalls | undefined;
}

/** From now on and for the whole process. */
export function callServicesDirectly(): void {
  globalThis.directCalls ??= intercept();
}

/** The answer to a request whose call was refused already. */
export function takeRefusal(): DirectAnswer | undefined {
  const refusal = globalThis.directCalls?.refusals.getStore();
  const answer = refusal?.answer;
  if (refusal !== undefined) refusal.answer = undefined;
  return answer;
}

function intercept(): DirectCalls {
  const calls: DirectCalls = { services: new Map(), refusals: new AsyncLocalStorage() };
  // What all clients of the SDK share, so that tests that watch calls stand in front of this.
  const clients = Object.getPrototypeOf(DynamoDBClient.prototype) as { send: Send };
  const { send } = clients;
  // The real one: tests that turn the clock replace the global.
  const { setImmediate } = globalThis;
  const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

  clients.send = async function (command, ...rest) {
    const call = rest.length > 0 ? undefined : (documentCall(this, command) ?? messageCall(this, command));
    const service = call && calls.services.get(call.port);
    if (call === undefined || service === undefined) return send.call(this, command, ...rest);
    let refused: Refused | undefined;
    const answer = await call.run(async (input) => {
      const sent = binaryAsText(input);
      await nextTurn();
      const answered = await service.call(call.operation, sent);
      await nextTurn();
      if ('output' in answered)
        return { ...binaryAsBytes(answered.output), $metadata: { httpStatusCode: 200, attempts: 1 } };
      refused = answered;
      return {};
    });
    if (refused === undefined) return answer;
    const failure = conditionError(refused.error);
    if (failure !== undefined) throw failure;
    return calls.refusals.run({ answer: refused.written() }, () => send.call(this, command));
  };
  return calls;
}

/** Messages that are sent; tests receive them from the queue itself. */
function messageCall(client: object, command: object): DirectCall | undefined {
  if (!(client instanceof SQSClient)) return undefined;
  const operation = command.constructor.name.replace(/Command$/, '');
  if (operation !== 'SendMessage' && operation !== 'SendMessageBatch') return undefined;
  const { input } = command as { input: { QueueUrl?: string } };
  // The SDK calls the host of the queue's URL, but for a client with an endpoint of its own, which wants HTTP.
  if ((client.config as { isCustomEndpoint?: boolean }).isCustomEndpoint) return undefined;
  return { operation, port: Number(URL.parse(input.QueueUrl ?? '')?.port), run: (ask) => ask(input) };
}

/** By its members: the error's class is of the modules of the test file that runs. */
function conditionError(error: unknown): DynamoDBServiceException | undefined {
  const { code, message = '', extra = {} } = (error ?? {}) as Partial<AwsError>;
  const Failure = conditionErrors.get(code ?? '');
  return Failure && new Failure({ message, $metadata: { httpStatusCode: 400, attempts: 1 }, ...binaryAsBytes(extra) });
}
