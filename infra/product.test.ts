import { beforeAll, describe, expect, it } from 'vitest';
import type { DomainManifest } from '../layers/kernel/domain/manifest.ts';
import { stageConfig } from './config/stages.ts';
import { domains } from './domains.ts';
import { awsGatewayQuotas, planGateways } from './manifest/plan-gateways.ts';
import { access, gauging, sampleEvent } from './test-support/sample-domains.ts';
import { type Sample, sampleStage, synthesizeSample } from './test-support/synthesize-sample.ts';

let sample: Sample;
beforeAll(() => {
  sample = synthesizeSample();
});

/** What an intrinsic function is called with, anywhere below a value. */
function argumentsOf(intrinsic: string, value: any): any[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => (key === intrinsic ? [item] : argumentsOf(intrinsic, item)));
}

describe('the stacks of a deployment', () => {
  it('are foundations, data, functions and routes per domain, APIs, realtime, devices, observability', () => {
    const ofDomains = ['access', 'gauging'].flatMap((domain) => [domain, `${domain}-data`, `${domain}-routes`]);
    expect(sample.stackNames.toSorted()).toEqual(
      ['api', 'devices', 'foundation', 'observability', 'realtime', ...ofDomains]
        .map((part) => `mizan-dev-${part}`)
        .sort(),
    );
  });

  it('leave out the routes of a domain without resources', () => {
    const none = synthesizeSample(sampleStage(), [access, { ...gauging, resources: [] }]);
    expect(none.stackNames).toContain('mizan-dev-gauging');
    expect(none.stackNames).not.toContain('mizan-dev-gauging-routes');
  });

  it('wait for what they import, and never for each other', () => {
    const needs = (part: string) => sample.dependencies.get(`mizan-dev-${part}`) ?? [];
    expect(needs('gauging')).toEqual(
      expect.arrayContaining(['foundation', 'access-data', 'gauging-data', 'api'].map((p) => `mizan-dev-${p}`)),
    );
    // Functions of one domain need none of another; its routes need those who authorize.
    expect(needs('gauging')).not.toContain('mizan-dev-access');
    expect(needs('access')).not.toContain('mizan-dev-gauging');
    expect(needs('gauging-routes')).toEqual(
      expect.arrayContaining(['api', 'access', 'gauging'].map((p) => `mizan-dev-${p}`)),
    );
    expect(needs('access-routes')).not.toContain('mizan-dev-gauging');
    expect([...sample.dependencies.values()].flat().filter((stack) => stack.endsWith('-routes'))).toEqual([]);
    expect(needs('realtime')).toEqual(expect.arrayContaining(['mizan-dev-api', 'mizan-dev-gauging']));
  });

  it('give out the addresses and names that people and tools need', () => {
    expect(sample.outputs['mizan-dev-api']).toMatchObject({ HttpApiUrl: {}, WebSocketUrl: {} });
    expect(sample.outputs['mizan-dev-gauging-data']).toMatchObject({ GaugesTableName: {}, ExportsBucketName: {} });
    expect(sample.outputs['mizan-dev-devices']).toMatchObject({ DeviceAuthorizerName: {}, StationPolicyName: {} });
  });

  it('name no value of another stack that it does not give out', () => {
    const outputs = Object.values(sample.outputs).flatMap((of) => Object.values(of));
    const exported = new Set(outputs.map(({ Export }) => (Export as { Name?: string } | undefined)?.Name));
    const imports = argumentsOf('Fn::ImportValue', sample.resources);
    expect(imports.length).toBeGreaterThan(10);
    expect(imports.filter((name) => !exported.has(name))).toEqual([]);
    const weak = argumentsOf('Fn::GetStackOutput', sample.resources);
    expect(weak.length).toBeGreaterThan(10);
    expect(weak.filter(({ StackName, OutputName }) => !sample.outputs[StackName]?.[OutputName])).toEqual([]);
  });

  it('bind routes to functions weakly, so that a function can go', () => {
    const routes = sample.resources.filter(({ stack }) => stack === 'mizan-dev-gauging-routes');
    const weak = argumentsOf('Fn::GetStackOutput', routes);
    expect(new Set(weak.map(({ StackName }) => StackName))).toEqual(new Set(['mizan-dev-gauging']));
    const strong = new Set(argumentsOf('Fn::ImportValue', routes).map((name) => name.split(':')[0]));
    expect(strong).toEqual(new Set(['mizan-dev-api', 'mizan-dev-access']));
  });

  it('bind data and APIs strongly, so that none is replaced while functions use it', () => {
    const exports = Object.entries(sample.outputs).flatMap(([stack, of]) =>
      Object.values(of).some(({ Export }) => Export !== undefined) ? [stack] : [],
    );
    expect(exports).toEqual(
      expect.arrayContaining(['mizan-dev-access-data', 'mizan-dev-gauging-data', 'mizan-dev-api']),
    );
  });

  it('have no custom resources and no bucket notifications, which hide functions of their own', () => {
    expect(
      sample.resources.filter(({ Type }) => Type.startsWith('Custom::') || Type.includes('CustomResource')),
    ).toEqual([]);
    expect(
      sample.ofType('AWS::Lambda::Function').every(({ Properties }) => Properties.FunctionName !== undefined),
    ).toBe(true);
  });
});

describe('data', () => {
  it('is kept by two switches outside development', () => {
    const kept = synthesizeSample(sampleStage({ name: 'staging', deletionProtection: true, removalPolicy: 'retain' }));
    for (const table of kept.ofType('AWS::DynamoDB::Table')) {
      expect(table.Properties.DeletionProtectionEnabled).toBe(true);
      expect(table.DeletionPolicy).toBe('RetainExceptOnCreate');
    }
    const half = synthesizeSample(sampleStage({ name: 'staging', deletionProtection: true, removalPolicy: 'destroy' }));
    for (const table of half.ofType('AWS::DynamoDB::Table')) {
      expect(table.Properties.DeletionProtectionEnabled).toBe(true);
      expect(table.DeletionPolicy).toBe('Delete');
    }
  });
});

describe('objects', () => {
  const rulesOf = (of: Sample) => of.find('AWS::S3::Bucket', () => true).Properties.LifecycleConfiguration.Rules;
  const forgotten = { NoncurrentVersionExpiration: { NoncurrentDays: 35 }, Status: 'Enabled' };

  it('that expired, were deleted or replaced are forgotten where versions are kept', () => {
    const stage = sampleStage({ name: 'staging', deletionProtection: true, removalPolicy: 'retain' });
    expect(rulesOf(synthesizeSample(stage))).toEqual(
      expect.arrayContaining([{ ExpirationInDays: 30, Status: 'Enabled' }, forgotten]),
    );
    const forEver = synthesizeSample(stage, [access, { ...gauging, buckets: { exports: {} } }]);
    expect(rulesOf(forEver)).toEqual(
      expect.arrayContaining([forgotten, { ExpiredObjectDeleteMarker: true, Status: 'Enabled' }]),
    );
  });

  it('have no versions to forget elsewhere', () => {
    expect(JSON.stringify(rulesOf(sample))).not.toContain('Noncurrent');
  });

  it('that are not to be brought back leave no version behind', () => {
    const stage = sampleStage({ name: 'staging', deletionProtection: true, removalPolicy: 'retain' });
    const buckets = { exports: { expireAfterDays: 1, recoverable: false } };
    const passing = synthesizeSample(stage, [access, { ...gauging, buckets }]);
    expect(passing.find('AWS::S3::Bucket', () => true).Properties.VersioningConfiguration).toBeUndefined();
    expect(JSON.stringify(rulesOf(passing))).not.toContain('Noncurrent');
  });
});

describe('the product in production', () => {
  it('has one address, from which the start page and the document of the API reach everything', () => {
    expect(planGateways(domains, stageConfig('prod').corsOrigins.length > 0, awsGatewayQuotas).count).toBe(1);
  });
});

describe('what cannot be', () => {
  it('a credential is needed, but nothing checks it', () => {
    expect(() => synthesizeSample(sampleStage(), [{ ...access, functions: [] }])).toThrow(/authorize-request/);
  });

  it('some WebSocket functions without the others', () => {
    const some = { ...gauging, functions: gauging.functions!.slice(0, 1) };
    expect(() => synthesizeSample(sampleStage(), [access, some])).toThrow(/websocket-connect, websocket-disconnect/);
  });

  it('a domain without WebSocket functions needs no WebSocket routes', () => {
    const none = synthesizeSample(sampleStage(), [access, { ...gauging, functions: [] }]);
    expect(none.stackNames).not.toContain('mizan-dev-realtime');
  });
});

describe('a domain of fifteen resources, ten subscribers and five schedules', () => {
  const { access: granted, entry, resource } = gauging.resources[0]!;
  const repeat = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i));
  const large: DomainManifest = {
    name: 'large',
    tables: { large: { indexes: ['gsi1', 'gsi2'], outbox: true } },
    events: [sampleEvent],
    resources: repeat(15, (index) => ({
      entry,
      access: { ...granted, tables: { large: 'readWrite' }, buckets: {} },
      resource: { ...resource, name: `resource-${index}`, base: `/api/large/resource-${index}` },
    })),
    subscribers: repeat(10, (index) => ({ name: `reaction-${index}`, entry, access: {}, events: ['*'] })),
    schedules: repeat(5, (index) => ({ name: `sweep-${index}`, entry, access: {}, schedule: 'rate(1 hour)' })),
  };

  it('stays far below CloudFormation’s 500 resources, in functions and in routes', () => {
    const { resources } = synthesizeSample(sampleStage(), [access, large]);
    const count = (stack: string) => resources.filter((resource) => resource.stack === stack).length;
    expect(count('mizan-dev-large')).toBeLessThan(250);
    expect(count('mizan-dev-large-routes')).toBeLessThan(120);
  });
});
