import { describe, expect, it } from 'vitest';
import { openAccess } from './open-access.ts';
import { ServiceHost } from './service-host.ts';
import { createTargetRouter } from './targets.ts';
import type { AwsService, Logger } from './types.ts';

const errors: string[] = [];
const log: Logger = { debug() {}, info() {}, warn() {}, error: (message) => errors.push(message) };

describe('the service host', () => {
  it('starts in order, drains all at once and stops in the reverse, whatever fails', async () => {
    const events: string[] = [];
    const service = (signingName: string, more: Partial<AwsService> = {}): AwsService => ({
      signingName,
      resources: {},
      start: async () => void events.push(`start ${signingName}`),
      drain: async () => {
        events.push(`drain ${signingName}`);
        await Promise.resolve();
        events.push(`drained ${signingName}`);
      },
      stop: async () => void events.push(`stop ${signingName}`),
      ...more,
    });
    const host = new ServiceHost();
    host.add(service('a'));
    host.add(
      service('b', {
        stop: async () => {
          throw new Error('stuck');
        },
      }),
    );
    host.add(service('c'));
    await host.start();
    await host.stop(log);
    await host.stop(log);
    expect(events.slice(0, 3)).toEqual(['start a', 'start b', 'start c']);
    expect(events.slice(3, 6)).toEqual(['drain c', 'drain b', 'drain a']);
    expect(events.slice(9)).toEqual(['stop c', 'stop a']);
    expect(errors).toEqual(['A local service did not stop cleanly']);
  });

  it('finds services by every signing name, and refuses two for one', () => {
    const host = new ServiceHost();
    const iot: AwsService = {
      signingName: 'iot',
      signingAliases: ['iotdata'],
      resources: { 'AWS::IoT::Thing': () => ({ ref: 'x' }) },
    };
    host.add(iot);
    expect(host.get('iotdata')).toBe(iot);
    expect([...host.providers().keys()]).toEqual(['AWS::IoT::Thing']);
    expect(() => host.get('quantum')).toThrow('no service "quantum"');
    expect(() => host.add({ signingName: 'iotdata', resources: {} })).toThrow('Two services answer to "iotdata"');
  });
});

describe('the target router', () => {
  it('delivers by the service of the ARN and refuses what nobody receives', async () => {
    const targets = createTargetRouter(openAccess);
    const received: string[] = [];
    targets.register('sqs', async ({ arn }) => void received.push(arn));
    await targets.deliver({ arn: 'arn:aws:sqs:r:1:q', payload: '{}' });
    expect(received).toEqual(['arn:aws:sqs:r:1:q']);
    await expect(targets.deliver({ arn: 'arn:aws:kinesis:r:1:s', payload: '{}' })).rejects.toThrow(
      'Nothing here can receive for the target arn:aws:kinesis:r:1:s',
    );
  });
});
