import { describe, expect, it } from 'vitest';
import { compilePolicies, type PolicyAction } from '../../../local/services/iot/policy.ts';
import { deviceClientId, devicePolicies, gatewayConnectPolicies, gatewayPolicies } from './device-policies.ts';

const code = (i: number, length: number): string => `S${String(i).padStart(length - 1, '0')}`;
const codes = (count: number, length: number): string[] => Array.from({ length: count }, (_, i) => code(i, length));
/** As IoT Core evaluates the documents for a client at an address. */
function allows(documents: string[], action: PolicyAction, resource: string, ip = '192.0.2.1'): boolean {
  const policy = compilePolicies(documents, { 'aws:SourceIp': ip } as never);
  return policy.allows(action, `arn:aws:iot:us-east-1:000000000000:${resource}`);
}

describe('the policy of a device', () => {
  const documents = devicePolicies(['ST-1', 'ST-2'], [], 'dev')!;

  it('lets it publish and listen below its stations, directly or by Basic Ingest', () => {
    for (const station of ['ST-1', 'ST-2']) {
      expect(allows(documents, 'iot:Publish', `topic/acrel/${station}/meter/M1/data`)).toBe(true);
      expect(
        allows(documents, 'iot:Publish', `topic/$aws/rules/mizan_dev_meter_data/acrel/${station}/meter/M1/data`),
      ).toBe(true);
      expect(allows(documents, 'iot:Subscribe', `topicfilter/acrel/${station}/meter/+/command`)).toBe(true);
      expect(allows(documents, 'iot:Receive', `topic/acrel/${station}/meter/M1/command`)).toBe(true);
    }
    expect(allows(documents, 'iot:Connect', 'client/anything')).toBe(true);
    // The ids of things with certificates.
    expect(allows(documents, 'iot:Connect', 'client/mizan-st-001-gateway')).toBe(false);
  });

  it('lets a registered device connect under its own name, and nobody else under it', () => {
    const own = devicePolicies(['ST-1'], [], 'dev', deviceClientId('key_1'))!;
    expect(allows(own, 'iot:Connect', 'client/device-key_1')).toBe(true);
    expect(allows(own, 'iot:Connect', 'client/device-key_2')).toBe(false);
    expect(allows(own, 'iot:Connect', 'client/anything')).toBe(false);
    expect(allows(own, 'iot:Publish', 'topic/acrel/ST-1/meter/M1/data')).toBe(true);
    expect(allows(own, 'iot:Publish', 'topic/acrel/ST-1/device/D1/config')).toBe(false);
    expect(allows(documents, 'iot:Connect', 'client/device-key_1')).toBe(false);
  });

  it('of one that speaks for itself reaches no other device or meter of its station', () => {
    const own = devicePolicies(['ST-1'], [], 'dev', deviceClientId('key_1'), ['device/D1/*', 'meter/M1/*'])!;
    const reach = (action: PolicyAction, path: string) =>
      [`topic/acrel/ST-1/${path}`, `topic/$aws/rules/mizan_dev_meter_data/acrel/ST-1/${path}`].map((resource) =>
        allows(own, action, resource),
      );
    for (const path of ['meter/M1/data', 'meter/M1/status', 'device/D1/status'])
      expect(reach('iot:Publish', path)).toEqual([true, true]);
    for (const path of ['meter/M2/data', 'meter/M11/data', 'device/D2/status', 'infrastructure/T1/data'])
      expect(reach('iot:Publish', path)).toEqual([false, false]);
    expect(allows(own, 'iot:Subscribe', 'topicfilter/acrel/ST-1/meter/M1/command')).toBe(true);
    expect(allows(own, 'iot:Subscribe', 'topicfilter/acrel/ST-1/meter/+/command')).toBe(false);
    expect(allows(own, 'iot:Subscribe', 'topicfilter/acrel/ST-1/#')).toBe(false);
    // The longest names there are fit one document.
    const long = 'X'.repeat(64);
    expect(
      devicePolicies([long], [], 'prod', undefined, [
        `device/${long}/*`,
        `meter/${long}/*`,
        `meter/${'Y'.repeat(64)}/*`,
      ]),
    ).toHaveLength(2);
  });

  it.each<[PolicyAction, string]>([
    ['iot:Publish', 'topic/acrel/ST-3/meter/M1/data'],
    ['iot:Publish', 'topic/acrel/ST-11/meter/M1/data'],
    ['iot:Publish', 'topic/acrel/st-1/meter/M1/data'],
    // What only the platform says.
    ['iot:Publish', 'topic/acrel/ST-1/device/D1/config'],
    ['iot:Publish', 'topic/acrel/ST-1/meter/M1/command'],
    ['iot:Publish', 'topic/$aws/rules/mizan_prod_meter_data/acrel/ST-1/meter/M1/data'],
    ['iot:Publish', 'topic/other'],
    ['iot:Publish', 'topic/$aws/things/x/shadow/update'],
    ['iot:Subscribe', 'topicfilter/#'],
    ['iot:Subscribe', 'topicfilter/acrel/#'],
    ['iot:Subscribe', 'topicfilter/acrel/+/meter/+/data'],
    ['iot:Receive', 'topic/acrel/ST-3/meter/M1/data'],
  ])('refuses %s on %s', (action, resource) => {
    expect(allows(documents, action, resource)).toBe(false);
  });

  it('lets a key that is bound to addresses connect from there only', () => {
    const bound = devicePolicies(['ST-1'], ['192.0.2.0/24', '2001:db8::/32'], 'dev')!;
    expect(allows(bound, 'iot:Connect', 'client/c', '192.0.2.77')).toBe(true);
    expect(allows(bound, 'iot:Connect', 'client/c', '2001:db8::1')).toBe(true);
    expect(allows(bound, 'iot:Connect', 'client/c', '198.51.100.1')).toBe(false);
  });

  it('lets a device without stations connect and nothing else', () => {
    const none = devicePolicies([], [], 'dev')!;
    expect(none).toHaveLength(1);
    expect(allows(none, 'iot:Connect', 'client/c')).toBe(true);
    expect(allows(none, 'iot:Publish', 'topic/acrel/ST-1/meter/M1/data')).toBe(false);
  });

  it.each([
    [1, 64],
    [40, 64],
    [105, 8],
    [50, 40],
  ])('keeps to 10 documents of 2,048 characters: %i stations with codes of %i', (count, length) => {
    const made = devicePolicies(codes(count, length), ['192.0.2.0/24'], 'dev')!;
    expect(made.length).toBeLessThanOrEqual(10);
    for (const document of made) expect(document.length).toBeLessThanOrEqual(2048);
    for (const station of codes(count, length)) {
      expect(allows(made, 'iot:Publish', `topic/acrel/${station}/meter/M/data`)).toBe(true);
      expect(allows(made, 'iot:Subscribe', `topicfilter/acrel/${station}/meter/M/command`)).toBe(true);
    }
  });

  it('is none, rather than one that leaves stations out, when they do not fit', () => {
    expect(devicePolicies(codes(100, 64), [], 'dev')).toBeUndefined();
    expect(devicePolicies(codes(1000, 8), [], 'dev')).toBeUndefined();
  });

  it('stays within its limits with as many addresses as a key can have', () => {
    const addresses = Array.from(
      { length: 50 },
      (_, i) => `2001:0db8:1111:2222:3333:4444:5555:${(i + 4096).toString(16)}`,
    );
    expect(devicePolicies(codes(4, 64), addresses, 'dev')).toBeDefined();
  });
});

describe('the policy of a gateway', () => {
  const documents = gatewayPolicies(['ST-1'], 'dev');

  it.each<[PolicyAction, string]>([
    ['iot:Publish', 'topic/mizan/ST-1/gateway/values'],
    ['iot:Publish', 'topic/$aws/rules/mizan_dev_scada_gateway_values/mizan/ST-1/gateway/values'],
    ['iot:Receive', 'topic/mizan/ST-1/platform/commands'],
    ['iot:Subscribe', 'topicfilter/mizan/ST-1/platform/#'],
    ['iot:Subscribe', 'topicfilter/mizan/ST-1/platform/config'],
  ])('allows %s on %s', (action, resource) => {
    expect(allows(documents, action, resource)).toBe(true);
  });

  it.each<[PolicyAction, string]>([
    ['iot:Publish', 'topic/mizan/ST-1/platform/commands'],
    ['iot:Publish', 'topic/mizan/ST-2/gateway/values'],
    ['iot:Receive', 'topic/mizan/ST-2/platform/commands'],
    ['iot:Subscribe', 'topicfilter/mizan/+/platform/#'],
    ['iot:Subscribe', 'topicfilter/mizan/ST-1/gateway/#'],
    ['iot:Subscribe', 'topicfilter/mizan/#'],
  ])('refuses %s on %s', (action, resource) => {
    expect(allows(documents, action, resource)).toBe(false);
  });

  it('lets it connect under its own name and no other', () => {
    const connect = gatewayConnectPolicies(['ST-1'], ['192.0.2.0/24']);
    expect(allows(connect, 'iot:Connect', 'client/mizan-ST-1-gateway')).toBe(true);
    expect(allows(connect, 'iot:Connect', 'client/mizan-ST-1-gateway', '198.51.100.1')).toBe(false);
    for (const client of ['mizan-ST-2-gateway', 'mizan-ST-1-gateway2', 'anything'])
      expect(allows(connect, 'iot:Connect', `client/${client}`)).toBe(false);
  });
});
