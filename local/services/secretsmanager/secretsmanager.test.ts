/** Secrets Manager through the real SDK client; behaviour per its API reference. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as sm from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AwsService } from '../../runtime/types.ts';
import { awsRequest } from '../test-support/aws-request.ts';
import { clientSettings, serveForTest, type TestEndpoint } from '../test-support/aws-server.ts';
import { createFakeContext, createResource } from '../test-support/fake-context.ts';
import { createSecretsManagerService } from './index.ts';

let service: AwsService;
let endpoint: TestEndpoint;
let client: sm.SecretsManagerClient;

beforeEach(async () => {
  service = createSecretsManagerService(createFakeContext());
  endpoint = await serveForTest(service);
  client = new sm.SecretsManagerClient(clientSettings(endpoint));
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const declare = (properties: Record<string, unknown>) =>
  createResource(service, 'AWS::SecretsManager::Secret', 'Secret', properties);
const read = (SecretId: string, more: object = {}) => client.send(new sm.GetSecretValueCommand({ SecretId, ...more }));

describe('versions and labels', () => {
  it('move AWSCURRENT to what is put, and keep AWSPREVIOUS', async () => {
    const { ARN } = await client.send(new sm.CreateSecretCommand({ Name: 'a/b', SecretString: 'one' }));
    const put = await client.send(new sm.PutSecretValueCommand({ SecretId: 'a/b', SecretString: 'two' }));
    expect(await read('a/b')).toMatchObject({
      SecretString: 'two',
      VersionId: put.VersionId,
      VersionStages: ['AWSCURRENT'],
    });
    expect((await read(ARN!, { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('one');
    expect((await read(ARN!.slice(0, -7))).SecretString).toBe('two');
    await expect(read('a/b', { VersionStage: 'AWSPENDING' })).rejects.toThrow(sm.ResourceNotFoundException);
  });

  it('stage a pending version and make it current, as rotation does', async () => {
    const { VersionId: old } = await client.send(new sm.CreateSecretCommand({ Name: 's', SecretString: 'one' }));
    const ClientRequestToken = 'b6fd8a0a-1111-4222-8333-444455556666';
    const pending = { SecretId: 's', SecretString: 'two', ClientRequestToken, VersionStages: ['AWSPENDING'] };
    await client.send(new sm.PutSecretValueCommand(pending));
    expect((await read('s')).SecretString).toBe('one');
    const move = { SecretId: 's', VersionStage: 'AWSCURRENT', MoveToVersionId: ClientRequestToken };
    await expect(client.send(new sm.UpdateSecretVersionStageCommand(move))).rejects.toThrow('RemoveFromVersionId');
    await client.send(new sm.UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: old }));
    const { VersionIdsToStages } = await client.send(new sm.DescribeSecretCommand({ SecretId: 's' }));
    expect(VersionIdsToStages).toEqual({ [old!]: ['AWSPREVIOUS'], [ClientRequestToken]: ['AWSPENDING', 'AWSCURRENT'] });
  });

  it('take the same token twice only with the same content', async () => {
    await client.send(new sm.CreateSecretCommand({ Name: 's' }));
    const ClientRequestToken = 'b6fd8a0a-1111-4222-8333-444455556666';
    const put = (SecretString: string) =>
      client.send(new sm.PutSecretValueCommand({ SecretId: 's', SecretString, ClientRequestToken }));
    await put('one');
    await put('one');
    await expect(put('two')).rejects.toThrow(sm.ResourceExistsException);
  });

  it('carry binary values', async () => {
    await client.send(new sm.CreateSecretCommand({ Name: 's', SecretBinary: Buffer.from([0, 255]) }));
    expect(Buffer.from((await read('s')).SecretBinary!)).toEqual(Buffer.from([0, 255]));
  });
});

describe('deletion', () => {
  it('hides a secret until it is restored; by force it is gone', async () => {
    await client.send(new sm.CreateSecretCommand({ Name: 's', SecretString: 'x' }));
    await client.send(new sm.DeleteSecretCommand({ SecretId: 's' }));
    await expect(read('s')).rejects.toThrow(sm.InvalidRequestException);
    await client.send(new sm.RestoreSecretCommand({ SecretId: 's' }));
    expect((await read('s')).SecretString).toBe('x');
    await client.send(new sm.DeleteSecretCommand({ SecretId: 's', ForceDeleteWithoutRecovery: true }));
    await expect(read('s')).rejects.toThrow(sm.ResourceNotFoundException);
  });
});

describe('bad input', () => {
  it('gets the documented errors', async () => {
    await expect(client.send(new sm.CreateSecretCommand({ Name: 'no spaces' }))).rejects.toThrow(
      sm.InvalidRequestException,
    );
    await client.send(new sm.CreateSecretCommand({ Name: 's' }));
    await expect(client.send(new sm.CreateSecretCommand({ Name: 's' }))).rejects.toThrow(sm.ResourceExistsException);
    await expect(client.send(new sm.PutSecretValueCommand({ SecretId: 's' }))).rejects.toThrow(
      sm.InvalidRequestException,
    );
    await expect(read('s')).rejects.toThrow(sm.ResourceNotFoundException);
  });
});

describe('declared secrets', () => {
  it('generate passwords into a template (GenerateSecretString)', async () => {
    const { ref } = await declare({
      GenerateSecretString: {
        SecretStringTemplate: '{"user":"u"}',
        GenerateStringKey: 'password',
        PasswordLength: 20,
        ExcludePunctuation: true,
      },
    });
    const { user, password } = JSON.parse((await read(ref)).SecretString!);
    expect(user).toBe('u');
    expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9]{20}$/);
  });

  it('refuse contradictions', async () => {
    await expect(declare({ SecretString: 'a', GenerateSecretString: {} })).rejects.toThrow('keep one');
    await expect(declare({ GenerateSecretString: { GenerateStringKey: 'k' } })).rejects.toThrow('together');
  });

  it('keep what was generated over a restart, in a file of their owner', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'secrets-'));
    try {
      const start = () => createSecretsManagerService(createFakeContext({ dataDir }));
      const value = async (each: AwsService, SecretId: string) => {
        const request = awsRequest({ operation: 'GetSecretValue', body: { SecretId } });
        return (await each.handle!(request)).body as { SecretString: string };
      };
      const first = start();
      const { ref } = await createResource(first, 'AWS::SecretsManager::Secret', 'S', { GenerateSecretString: {} });
      const again = start();
      expect((await createResource(again, 'AWS::SecretsManager::Secret', 'S', { GenerateSecretString: {} })).ref).toBe(
        ref,
      );
      expect(await value(again, ref)).toEqual(await value(first, ref));
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });
});
