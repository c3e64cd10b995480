/** One DynamoDB client per function instance, for documents and, where every microsecond counts, for raw attributes. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

let raw: DynamoDBClient | undefined;
let client: DynamoDBDocumentClient | undefined;

export function rawClient(): DynamoDBClient {
  raw ??= new DynamoDBClient({ maxAttempts: 4 });
  return raw;
}

export function documentClient(): DynamoDBDocumentClient {
  client ??= DynamoDBDocumentClient.from(rawClient(), {
    marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: false },
  });
  return client;
}
