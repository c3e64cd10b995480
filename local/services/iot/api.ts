/**
 * The HTTP APIs: the data plane (`iotdata`: Publish, GetRetainedMessage, ListRetainedMessages) and
 * of the control plane (`iot`) DescribeEndpoint.
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_Publish.html
 */
import { AwsError, type AwsRequest, type AwsResponse } from '../../runtime/types.ts';
import type { Broker } from './broker.ts';
import { basicIngest, MAX_PAYLOAD_BYTES, topicLimitProblem } from './topics.ts';

export async function handleIotRequest(request: AwsRequest, broker: Broker, endpoint: string): Promise<AwsResponse> {
  const { method, path } = request;
  if (method === 'POST' && path.startsWith('/topics/'))
    return await publish(request, path.slice('/topics/'.length), broker);
  if (method === 'GET' && path.startsWith('/retainedMessage/'))
    return retained(path.slice('/retainedMessage/'.length), broker);
  if (method === 'GET' && path === '/retainedMessage') return listRetained(broker);
  if (method === 'GET' && path === '/endpoint') return { status: 200, body: { endpointAddress: endpoint } };
  throw new AwsError('UnknownOperationException', `IoT ${method} ${path} is not played locally.`, 404);
}

async function publish({ query, body }: AwsRequest, topic: string, broker: Broker): Promise<AwsResponse> {
  const qos = Number(query.get('qos') ?? 0);
  if (qos !== 0 && qos !== 1) throw new AwsError('InvalidRequestException', 'qos must be 0 or 1');
  const reserved = topic.startsWith('$') && basicIngest(topic) === undefined;
  const problem = /[+#]/.test(topic) || topic === '' ? 'A topic has no wildcards' : topicLimitProblem(topic);
  if (problem !== undefined || reserved)
    throw new AwsError('InvalidRequestException', problem ?? 'The topic is reserved');
  if (body.length > MAX_PAYLOAD_BYTES)
    throw new AwsError('RequestEntityTooLargeException', 'The payload is larger than 128 KB', 413);
  await broker.publish({ topic, payload: body, qos, retain: query.get('retain') === 'true' });
  return { status: 200, body: { message: 'OK', traceId: crypto.randomUUID() } };
}

function retained(topic: string, broker: Broker): AwsResponse {
  const message = broker.retained.get(topic);
  if (message === undefined) throw new AwsError('ResourceNotFoundException', 'No retained message on this topic', 404);
  const { payload, qos, lastModifiedTime } = message;
  return { status: 200, body: { topic, payload: payload.toString('base64'), qos, lastModifiedTime } };
}

function listRetained(broker: Broker): AwsResponse {
  const retainedTopics = broker.retained.all().map(({ topic, payload, qos, lastModifiedTime }) => ({
    topic,
    payloadSize: payload.length,
    qos,
    lastModifiedTime,
  }));
  return { status: 200, body: { retainedTopics } };
}
