/** One DynamoDB client per function instance, for documents and, where every microsecond counts, for raw attributes. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PlainProtocol } from './plain-protocol.ts';

let raw: DynamoDBClient | undefined;
let client: DynamoDBDocumentClient | undefined;

type Logger = NonNullable<NonNullable<ConstructorParameters<typeof DynamoDBClient>[0]>['logger']>;

/**
 * The SDK prepares a copy of every input and output for its logger without asking whether anybody reads it, which
 * takes a fifth of the time of a batch; it skips that for a logger that has no `info`.
 */
const quiet = { trace() {}, debug() {}, warn() {}, error() {} } as unknown as Logger;

/** For attributes as they are stored, none of them binary; see `bulk.ts`. */
export function rawClient(): DynamoDBClient {
  raw ??= new DynamoDBClient({ maxAttempts: 4, logger: quiet, protocol: PlainProtocol });
  return raw;
}

export function documentClient(): DynamoDBDocumentClient {
  client ??= DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 4, logger: quiet }), {
    marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: false },
  });
  return client;
}
