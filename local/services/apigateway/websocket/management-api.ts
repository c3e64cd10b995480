/**
 * The API Gateway Management API: functions send to, look up and close connections.
 * The connection id alone finds the connection, whichever API it belongs to, because a function that uses
 * the local endpoint (`AWS_ENDPOINT_URL`) names neither API nor stage in its URL.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
import { isUtf8 } from 'node:buffer';
import { AwsError, type AwsRequest, type AwsResponse } from '../../../runtime/types.ts';
import { isConnectionId } from '../identifiers.ts';
import { type Connection, MAX_MESSAGE_BYTES } from './connection.ts';
import type { Connections } from './connections.ts';

/** `/@connections/{id}`, optionally behind `/{stage}`. */
const CONNECTION_PATH = /^(?:\/[^/]+)?\/@connections\/([^/]+)$/;

export function manageConnection(connections: Connections, request: AwsRequest): AwsResponse {
  const id = CONNECTION_PATH.exec(request.path)?.[1];
  if (id === undefined)
    throw new AwsError('NotFoundException', `No operation of execute-api has the path ${request.path}.`, 404);
  if (!isConnectionId(id)) throw new AwsError('BadRequestException', `Invalid connectionId: ${id}`, 400);
  switch (request.method) {
    case 'POST':
      return post(find(connections, id), request.body);
    case 'GET':
      return describe(find(connections, id));
    case 'DELETE':
      find(connections, id).close(1000, 'Connection Closed Normally');
      return { status: 204 };
    default:
      throw new AwsError('NotFoundException', `@connections has no method ${request.method}.`, 404);
  }
}

/** Before `$connect` has succeeded and after the connection closed, AWS says it is gone. */
function find(connections: Connections, id: string): Connection {
  const connection = connections.get(id);
  if (!connection?.open) throw new AwsError('GoneException', 'The connection is no longer available.', 410);
  return connection;
}

function post(connection: Connection, data: Buffer): AwsResponse {
  if (data.length > MAX_MESSAGE_BYTES)
    throw new AwsError('PayloadTooLargeException', 'The data has exceeded the maximum size allowed.', 413);
  if (!isUtf8(data)) throw new AwsError('BadRequestException', 'Messages are text: the data is not UTF-8.', 400);
  if (!connection.accepts) throw new AwsError('LimitExceededException', "The WebSocket client's buffer is full.", 429);
  connection.send(data);
  return { status: 200 };
}

function describe({ facts, lastActiveAt }: Connection): AwsResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: {
      connectedAt: new Date(facts.connectedAt).toISOString(),
      identity: facts.identity,
      lastActiveAt: new Date(lastActiveAt).toISOString(),
    },
  };
}
