import { describe, expect, it } from 'vitest';
import { readMessage } from './device-message.ts';

const data = Buffer.from('{"meter_id":"M1"}').toString('base64');
const topic = 'acrel/ST-1/meter/M1/data';

describe('a queued message', () => {
  it('is what a topic rule writes', () => {
    const body = JSON.stringify({ data, topic, clientId: 'c', receivedAt: 5 });
    expect(readMessage('m', body)).toEqual({ id: 'm', data, topic, clientId: 'c', receivedMs: 5 });
  });

  it('is also what the rule’s error action writes, when it is sent round again', () => {
    const failures = [{ failedAction: 'SqsAction', failedResource: 'queue', errorMessage: 'throttled' }];
    const body = JSON.stringify({
      ruleName: 'r',
      topic,
      cloudwatchTraceId: 't',
      clientId: 'c',
      base64OriginalPayload: data,
      failures,
    });
    const before = Date.now();
    const message = readMessage('m', body);
    expect(message).toMatchObject({ id: 'm', data, topic, clientId: 'c' });
    expect(message.receivedMs).toBeGreaterThanOrEqual(before);
  });

  it.each(['{}', 'null', 'text', '{"data":5,"topic":"t","receivedAt":1}'])('is not %s', (body) => {
    expect(() => readMessage('m', body)).toThrow();
  });
});
