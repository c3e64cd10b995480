/** Calls of the document client without HTTP: the SDK itself makes attributes of documents, and documents of attributes. */
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DirectCall } from './direct-calls.ts';

interface DocumentCommand {
  input: object;
  clientCommand: object;
  addMarshallingMiddleware(config: object): void;
}

type Handler = (args: { input: object }) => Promise<{ output: object }>;
type Step = (next: Handler, context: object) => Handler;

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

/** By the configuration of a client. */
const ports = new WeakMap<object, number>();

export function documentCall(client: object, command: object): DirectCall | undefined {
  if (!(client instanceof DynamoDBDocumentClient)) return undefined;
  const { config } = client;
  const documents = command as DocumentCommand;
  const operation = documents.clientCommand.constructor.name.replace(/Command$/, '');
  if (!operations.has(operation)) return undefined;
  if (!ports.has(config)) ports.set(config, portOf(config));
  return {
    operation,
    port: ports.get(config)!,
    async run(ask) {
      const handle = marshalling(documents, config, async ({ input }) => ({ output: await ask(input) }));
      return (await handle({ input: documents.input })).output;
    },
  };
}

/** Where the SDK sends calls of a client without an endpoint of its own; it too looks once. Who names an endpoint wants HTTP. */
function portOf({ isCustomEndpoint }: { isCustomEndpoint?: boolean }): number {
  if (isCustomEndpoint) return Number.NaN;
  const url = process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? process.env['AWS_ENDPOINT_URL'] ?? '';
  return Number(URL.parse(url)?.port ?? Number.NaN);
}

/** The two steps that the SDK's command would add to those of the client, around `next`. */
function marshalling(command: DocumentCommand, config: object, next: Handler): Handler {
  const steps: Step[] = [];
  const { clientCommand } = command;
  command.clientCommand = { middlewareStack: { addRelativeTo: (step: Step) => steps.push(step) } };
  command.addMarshallingMiddleware(config);
  command.clientCommand = clientCommand;
  return steps.reduceRight((inner, step) => step(inner, {}), next);
}
