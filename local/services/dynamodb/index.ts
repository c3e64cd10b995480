/**
 * The embedded DynamoDB of the local runtime: the API over SQLite, with transactions, streams and time to live.
 * All work is synchronous on one thread, which is what makes it consistent.
 */
import {
  AwsError,
  type AwsRequest,
  type AwsResponse,
  type DynamoDbStreams,
  type RuntimeContext,
} from '../../runtime/types.ts';
import { createEngine, type Engine } from './engine.ts';
import { serializationError } from './errors.ts';
import { expireItems } from './expire-items.ts';
import { bindOperations, type CallOperation } from './operations/operations.ts';
import { streamReader } from './stream-reader.ts';
import { provideTable } from './tables/table-resource.ts';

export interface DynamoDbService extends DynamoDbStreams {
  /** One API call without HTTP, e.g. `call('PutItem', { TableName, Item })`. Throws AwsError. */
  readonly call: CallOperation;
}

export function createDynamoDbService(context: RuntimeContext): DynamoDbService {
  const engine: Engine = createEngine(context);
  const call = bindOperations(engine);
  return {
    signingName: 'dynamodb',
    resources: { 'AWS::DynamoDB::Table': (resource) => provideTable(engine, resource) },
    call,
    ...streamReader(engine),
    async handle(request) {
      return answer(call, request);
    },
    async start() {
      engine.expiry.start(() => expireItems(engine));
    },
    async stop() {
      engine.expiry.stop();
      engine.log.saveSequence();
      engine.database.close();
    },
  };
}

function answer(call: CallOperation, { operation, body, input }: AwsRequest): AwsResponse {
  if (operation === undefined) throw new AwsError('UnknownOperationException', 'The request names no operation');
  return { status: 200, body: call(operation, input ?? parseBody(body)) };
}

function parseBody(body: Buffer): object {
  let input: unknown;
  try {
    input = JSON.parse(body.toString());
  } catch (cause) {
    throw serializationError(`The request is no JSON: ${(cause as Error).message}`);
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw serializationError('The request is no JSON object');
  return input;
}
