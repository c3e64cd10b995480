/**
 * Unit tests' calls of the document client go to the service as objects. The SDK's own steps between the two (endpoint, codec,
 * signature, retries) were most of what such a call computes, and none of what a domain's test is about. Documents become
 * attributes, and attributes documents, by the SDK still; an answer that is an error takes its whole way. The whole way of every
 * call is tested by the services' own tests, by those of the bulk client, and by the whole platform.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { binaryAsBytes, binaryAsText } from './binary-attributes.ts';
import type { DirectAnswer } from './without-sockets.ts';

/** A service that answers calls as objects, and writes the answer to one that it refuses. */
export interface DirectService {
  call(operation: string, input: object): Promise<object>;
  refusal(error: unknown): DirectAnswer;
}

interface DocumentCommand {
  input: object;
  clientCommand: object;
  addMarshallingMiddleware(config: object): void;
}

type Handler = (args: { input: object }) => Promise<{ output: object }>;
type Step = (next: Handler, context: object) => Handler;
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

/** Every other goes by HTTP. */
const operations = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'TransactGetItems',
  'TransactWriteItems',
  'UpdateItem',
]);

/** From now on and for the whole process. */
export function callDocumentsDirectly(): void {
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
  const ports = new WeakMap<object, number>();
  // What all clients of the SDK share, so that tests that watch calls stand in front of this.
  const clients = Object.getPrototypeOf(DynamoDBClient.prototype) as { send: Send };
  const { send } = clients;
  // The real one: tests that turn the clock replace the global.
  const { setImmediate } = globalThis;
  const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

  clients.send = async function (command, ...rest) {
    if (!(this instanceof DynamoDBDocumentClient) || rest.length > 0) return send.call(this, command, ...rest);
    const { config } = this;
    if (!ports.has(config)) ports.set(config, portOf(config));
    const service = calls.services.get(ports.get(config)!);
    const operation = operationOf(command as DocumentCommand);
    if (service === undefined || !operations.has(operation)) return send.call(this, command);
    let refused: { error: unknown } | undefined;
    const handle = marshalling(command as DocumentCommand, config, async ({ input }) => {
      await nextTurn();
      const output = await service.call(operation, binaryAsText(input)).catch((error: unknown) => {
        refused = { error };
        return {};
      });
      await nextTurn();
      return { output: { ...binaryAsBytes(output), $metadata: { httpStatusCode: 200, attempts: 1 } } };
    });
    const { output } = await handle({ input: (command as DocumentCommand).input });
    if (refused === undefined) return output;
    return calls.refusals.run({ answer: service.refusal(refused.error) }, () => send.call(this, command));
  };
  return calls;
}

/** Where the SDK sends calls of a client without an endpoint of its own; it too looks once. Who names an endpoint wants HTTP. */
function portOf({ isCustomEndpoint }: { isCustomEndpoint?: boolean }): number {
  if (isCustomEndpoint) return Number.NaN;
  const url = process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? process.env['AWS_ENDPOINT_URL'] ?? '';
  return Number(URL.parse(url)?.port ?? Number.NaN);
}

const operationOf = ({ clientCommand }: DocumentCommand): string =>
  clientCommand.constructor.name.replace(/Command$/, '');

/** The two steps that the SDK's command would add to those of the client, around `next`. */
function marshalling(command: DocumentCommand, config: object, next: Handler): Handler {
  const steps: Step[] = [];
  const { clientCommand } = command;
  command.clientCommand = { middlewareStack: { addRelativeTo: (step: Step) => steps.push(step) } };
  command.addMarshallingMiddleware(config);
  command.clientCommand = clientCommand;
  return steps.reduceRight((inner, step) => step(inner, {}), next);
}
