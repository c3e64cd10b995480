import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLambdaBench, type LambdaBench } from './test-functions.ts';

let bench: LambdaBench;
const layer = mkdtempSync(join(tmpdir(), 'layer-'));
beforeAll(async () => {
  bench = createLambdaBench({ longestIdleMs: 40, mostIdle: 2 });
  await bench.deploy('plain', { 'index.mjs': 'export const handler = async (e, c) => c.invokedFunctionArn;' });
});
afterAll(async () => {
  await bench.dispose();
  rmSync(layer, { recursive: true, force: true });
});

describe('Lambda resources', () => {
  it.each([
    [{ Runtime: 'nodejs22.x' }, 'the runtime nodejs22.x is not supported; use nodejs24.x'],
    [{ MemorySize: 64 }, 'MemorySize is 64'],
    [{ Timeout: 901 }, 'Timeout is 901'],
    [{ FileSystemConfigs: [] }, 'the property FileSystemConfigs is not supported'],
    [{ PackageType: 'Image' }, 'container images are not supported'],
    [{ Environment: { Variables: { AWS_REGION: 'x' } } }, 'Lambda reserves the environment variable AWS_REGION'],
    [{ Environment: { Variables: { LONG: 'x'.repeat(4100) } } }, 'at most 4096'],
    [{ Layers: ['arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsights:1'] }, 'is not part of the assembly'],
  ])('refuses %j', async (properties, message) => {
    await expect(bench.deploy('refused', { 'index.mjs': '' }, properties)).rejects.toThrow(message);
  });

  it('invokes versions and aliases that exist, by every form of the name', async () => {
    const version = await bench.create('AWS::Lambda::Version', { FunctionName: 'plain' });
    const alias = await bench.create('AWS::Lambda::Alias', {
      FunctionName: 'plain',
      Name: 'live',
      FunctionVersion: '1',
    });
    const arn = 'arn:aws:lambda:me-south-1:123456789012:function:plain';
    for (const name of [
      'plain',
      arn,
      '123456789012:function:plain',
      `arn:aws:apigateway:x:lambda:path/2015-03-31/functions/${arn}/invocations`,
    ])
      expect((await bench.invoke(name)).answer).toBe(arn);
    expect((await bench.invoke(version.ref)).answer).toBe(`${arn}:1`);
    expect((await bench.invoke(alias.ref)).answer).toBe(`${arn}:live`);
    await expect(bench.invoke('plain:other')).rejects.toThrow('Function not found');
    await expect(bench.create('AWS::Lambda::Permission', { FunctionName: 'gone' })).rejects.toThrow(
      'Function not found',
    );
  });

  it('tells functions where their layers lie', async () => {
    writeFileSync(join(layer, 'font.ttf'), 'x');
    const { ref } = await bench.create(
      'AWS::Lambda::LayerVersion',
      { LayerName: 'fonts' },
      { 'aws:asset:path': layer },
    );
    await bench.deploy(
      'layered',
      { 'index.mjs': 'export const handler = async () => process.env.LOCAL_LAYER_PATHS;' },
      { Layers: [ref] },
    );
    expect((await bench.invoke('layered')).answer).toBe(layer);
  });

  it('stops workers that are idle for long', async () => {
    await bench.invoke('plain');
    await vi.waitFor(() => expect(bench.lambda.activity().workers).toBe(0), { timeout: 5_000 });
    expect((await bench.invoke('plain')).error).toBeUndefined();
  });

  it('keeps no more idle workers than its limit', async () => {
    for (const name of ['one', 'two', 'three']) {
      await bench.deploy(name, { 'index.mjs': 'export const handler = async () => 1;' });
      await bench.invoke(name);
    }
    await vi.waitFor(() => expect(bench.lambda.activity().workers).toBeLessThanOrEqual(2), { timeout: 5_000 });
  });
});
