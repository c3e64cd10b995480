import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { readAssembly } from './assembly.ts';
import { deploy } from './deployment.ts';
import type { DeclaredResource, ResourceProvider } from './types.ts';

const directory = mkdtempSync(join(tmpdir(), 'synthesized-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What the CDK writes is its own affair and changes with its versions: so the reader is tried on the real thing. */
describe('an assembly the CDK wrote', () => {
  it('is deployed across stacks, with assets, conditions and tokens resolved', async () => {
    const code = join(directory, 'code');
    mkdirSync(code, { recursive: true });
    writeFileSync(join(code, 'index.mjs'), 'export const handler = async () => 1;');
    const app = new App({ outdir: join(directory, 'cdk.out') });
    const core = new Stack(app, 'Core');
    const queue = new Queue(core, 'Queue');
    const metering = new Stack(app, 'Metering');
    const lambda = new LambdaFunction(metering, 'Ingest', {
      code: Code.fromAsset(code),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      environment: { QUEUE: queue.queueUrl, WHERE: `${metering.region}/${metering.account}` },
    });
    new CfnOutput(metering, 'Name', { value: lambda.functionName });
    const { directory: assembly } = app.synth();

    const declared: DeclaredResource[] = [];
    const provider: ResourceProvider = (resource) => {
      declared.push(resource);
      return { ref: `ref-of-${resource.logicalId}`, attributes: { Arn: `arn-of-${resource.logicalId}` } };
    };
    const types = ['AWS::SQS::Queue', 'AWS::Lambda::Function', 'AWS::IAM::Role'];
    const { outputs } = await deploy(readAssembly(assembly), new Map(types.map((type) => [type, provider])), {
      region: 'me-south-1',
      accountId: '123456789012',
      parameters: {},
      ssmParameter: () => undefined,
    });

    const fn = declared.find(({ type }) => type === 'AWS::Lambda::Function')!;
    const queueId = declared.find(({ type }) => type === 'AWS::SQS::Queue')!.logicalId;
    expect(fn.properties['Environment'].Variables).toEqual({
      QUEUE: `ref-of-${queueId}`,
      WHERE: 'me-south-1/123456789012',
    });
    expect(fn.properties['Role']).toMatch(/^arn-of-IngestServiceRole/);
    expect(fn.metadata['aws:asset:path']).toMatch(/cdk\.out\/asset\.[0-9a-f]{64}$/);
    expect(fn.metadata['aws:cdk:path']).toBe('Metering/Ingest/Resource');
    expect(outputs['Metering']).toEqual({ Name: `ref-of-${fn.logicalId}` });
  });
});
