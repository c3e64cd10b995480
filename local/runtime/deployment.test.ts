// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of CloudFormation, not of JavaScript
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readAssembly, type Template } from './assembly.ts';
import { defaultName, deploy } from './deployment.ts';
import { writeAssembly } from './test-assembly.ts';
import { ConfigurationError, type DeclaredResource, type ResourceProvider } from './types.ts';

const directory = mkdtempSync(join(tmpdir(), 'assembly-'));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const environment = { region: 'us-east-1', accountId: '000000000000', parameters: {}, ssmParameter: () => undefined };

async function deployStacks(stacks: { name: string; template: Template; dependencies?: string[] }[]) {
  const declared: DeclaredResource[] = [];
  const provider: ResourceProvider = (resource) => {
    if (resource.properties['Refuse']) throw new ConfigurationError('Refuse is not supported.');
    declared.push(resource);
    return { ref: resource.defaultName, attributes: { Arn: `arn:${resource.logicalId}` } };
  };
  writeAssembly(directory, { stacks, assets: { 'abc123.zip': 'asset.abc123' } });
  const deployment = await deploy(readAssembly(directory), new Map([['Test::Thing', provider]]), environment);
  return { deployment, declared };
}

const thing = (Properties: Record<string, unknown> = {}, more = {}) => ({ Type: 'Test::Thing', Properties, ...more });

describe('deploying an assembly', () => {
  it('creates what is referred to first, and hands over resolved properties', async () => {
    const { declared } = await deployStacks([
      {
        name: 'S',
        template: {
          Resources: {
            Last: thing({ Of: { 'Fn::Sub': '${Middle.Arn}' } }, { DependsOn: 'First' }),
            Middle: thing({ Of: { 'Fn::GetAtt': ['First', 'Arn'] } }),
            First: thing(),
          },
        },
      },
    ]);
    expect(declared.map(({ logicalId }) => logicalId)).toEqual(['First', 'Middle', 'Last']);
    expect(declared.map(({ properties }) => properties['Of'])).toEqual([undefined, 'arn:First', 'arn:Middle']);
  });

  it('deploys stacks in dependency order and lets exports cross', async () => {
    const { deployment, declared } = await deployStacks([
      {
        name: 'App',
        dependencies: ['Core'],
        template: { Resources: { User: thing({ Bus: { 'Fn::ImportValue': 'Core:Bus' } }) } },
      },
      {
        name: 'Core',
        template: {
          Resources: { Bus: thing() },
          Outputs: { BusArn: { Value: { 'Fn::GetAtt': ['Bus', 'Arn'] }, Export: { Name: 'Core:Bus' } } },
        },
      },
    ]);
    expect(declared.map(({ stackName }) => stackName)).toEqual(['Core', 'App']);
    expect(declared[1]!.properties['Bus']).toBe('arn:Bus');
    expect(deployment.outputs).toEqual({ Core: { BusArn: 'arn:Bus' }, App: {} });
  });

  it('leaves out what a condition excludes', async () => {
    const { deployment } = await deployStacks([
      {
        name: 'S',
        template: {
          Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
          Resources: { Gone: thing({}, { Condition: 'Never' }), Here: thing() },
          Outputs: { Gone: { Value: { Ref: 'Gone' }, Condition: 'Never' } },
        },
      },
    ]);
    expect(deployment.resources.map(({ logicalId }) => logicalId)).toEqual(['Here']);
    expect(deployment.outputs['S']).toEqual({});
  });

  it('finds the directory of an asset by its object key', async () => {
    const { declared } = await deployStacks([
      { name: 'S', template: { Resources: { F: thing({ Code: { S3Bucket: 'b', S3Key: 'abc123.zip' } }) } } },
    ]);
    expect(declared[0]!.metadata).toMatchObject({
      'aws:asset:path': join(directory, 'asset.abc123'),
      'aws:asset:property': 'Code',
    });
  });

  it('names every unknown resource type at once', async () => {
    const template = {
      Resources: { A: { Type: 'AWS::Foo::Bar' }, B: { Type: 'AWS::Baz::Qux' }, C: { Type: 'AWS::CDK::Metadata' } },
    };
    await expect(deployStacks([{ name: 'S', template }])).rejects.toThrow(
      'The local runtime does not know these resource types: AWS::Foo::Bar ("A" in stack S), AWS::Baz::Qux ("B" in stack S).',
    );
  });

  it('says which resource a provider refuses', async () => {
    await expect(
      deployStacks([{ name: 'S', template: { Resources: { A: thing({ Refuse: true }) } } }]),
    ).rejects.toThrow('Test::Thing "A" in stack S: Refuse is not supported.');
  });

  it('reports a circle of dependencies', async () => {
    const template = {
      Resources: { A: thing({ X: { Ref: 'B' } }), B: thing({ X: { Ref: 'C' } }), C: thing({ X: { Ref: 'B' } }) },
    };
    await expect(deployStacks([{ name: 'S', template }])).rejects.toThrow('B → C → B');
  });

  it('asks for a synthesis when there is no assembly', () => {
    expect(() => readAssembly(join(directory, 'nowhere'))).toThrow('npx cdk synth');
  });

  it('gives names that stay the same and fit 63 characters', () => {
    expect(defaultName('Stack', 'Id')).toBe(defaultName('Stack', 'Id'));
    expect(defaultName('S'.repeat(60), 'I'.repeat(60)).length).toBe(63);
    expect(defaultName('S'.repeat(60), 'I')).not.toBe(defaultName('S'.repeat(60), 'J'));
  });
});
