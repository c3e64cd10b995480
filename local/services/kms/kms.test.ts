/** KMS through the real SDK client; behaviour per the KMS API reference. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as kms from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AwsService } from '../../runtime/types.ts';
import { clientSettings, serveForTest, type TestEndpoint } from '../test-support/aws-server.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createKmsService } from './index.ts';

let ctx: FakeContext;
let service: AwsService;
let endpoint: TestEndpoint;
let client: kms.KMSClient;

beforeEach(async () => {
  ctx = createFakeContext();
  service = createKmsService(ctx);
  endpoint = await serveForTest(service);
  client = new kms.KMSClient(clientSettings(endpoint));
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const text = (value: string) => Buffer.from(value);
const declare = (properties: Record<string, unknown> = {}) =>
  createResource(service, 'AWS::KMS::Key', 'Key', properties);

describe('symmetric keys', () => {
  it('encrypt and decrypt under an encryption context (encrypt_context)', async () => {
    const { ref: KeyId } = await declare();
    const EncryptionContext = { tenant: 't1', purpose: 'secret' };
    const { CiphertextBlob } = await client.send(
      new kms.EncryptCommand({ KeyId, Plaintext: text('hello'), EncryptionContext }),
    );
    const reordered = { purpose: 'secret', tenant: 't1' };
    const { Plaintext } = await client.send(new kms.DecryptCommand({ CiphertextBlob, EncryptionContext: reordered }));
    expect(Buffer.from(Plaintext!).toString()).toBe('hello');
    for (const wrong of [{ tenant: 't2', purpose: 'secret' }, undefined])
      await expect(client.send(new kms.DecryptCommand({ CiphertextBlob, EncryptionContext: wrong }))).rejects.toThrow(
        kms.InvalidCiphertextException,
      );
    CiphertextBlob![CiphertextBlob!.length - 1]! ^= 1;
    await expect(client.send(new kms.DecryptCommand({ CiphertextBlob, EncryptionContext }))).rejects.toThrow(
      kms.InvalidCiphertextException,
    );
    expect(ctx.meter.units('kms.requestPerMillion')).toBe(5);
  });

  it('make data keys whose blob decrypts to the plaintext', async () => {
    const { ref: KeyId } = await declare();
    const made = await client.send(new kms.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' }));
    expect(made.Plaintext).toHaveLength(32);
    const { Plaintext } = await client.send(new kms.DecryptCommand({ CiphertextBlob: made.CiphertextBlob }));
    expect(Plaintext).toEqual(made.Plaintext);
    const without = await client.send(new kms.GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 64 }));
    expect(without).not.toHaveProperty('Plaintext');
  });

  it('re-encrypt from one key and context to another', async () => {
    const first = (await declare()).ref;
    const second = (await createResource(service, 'AWS::KMS::Key', 'Other', {})).ref;
    const { CiphertextBlob } = await client.send(
      new kms.EncryptCommand({ KeyId: first, Plaintext: text('x'), EncryptionContext: { a: '1' } }),
    );
    const moved = await client.send(
      new kms.ReEncryptCommand({
        CiphertextBlob,
        SourceEncryptionContext: { a: '1' },
        DestinationKeyId: second,
        DestinationEncryptionContext: { b: '2' },
      }),
    );
    const decrypt = (KeyId: string) =>
      client.send(
        new kms.DecryptCommand({ CiphertextBlob: moved.CiphertextBlob, EncryptionContext: { b: '2' }, KeyId }),
      );
    expect(Buffer.from((await decrypt(second)).Plaintext!).toString()).toBe('x');
    await expect(decrypt(first)).rejects.toThrow(kms.IncorrectKeyException);
  });

  it('are found by id, ARN, alias and alias ARN', async () => {
    const { ref, attributes } = await declare();
    await createResource(service, 'AWS::KMS::Alias', 'Alias', {
      AliasName: 'alias/mizan',
      TargetKeyId: attributes!['Arn'],
    });
    for (const KeyId of [
      ref,
      attributes!['Arn'] as string,
      'alias/mizan',
      'arn:aws:kms:us-east-1:000000000000:alias/mizan',
    ]) {
      const { KeyMetadata } = await client.send(new kms.DescribeKeyCommand({ KeyId }));
      expect(KeyMetadata).toMatchObject({ KeyId: ref, KeyState: 'Enabled', KeySpec: 'SYMMETRIC_DEFAULT' });
    }
    await expect(client.send(new kms.DescribeKeyCommand({ KeyId: 'alias/none' }))).rejects.toThrow(
      kms.NotFoundException,
    );
  });

  it('refuse other uses, too much plaintext, and work while disabled', async () => {
    const { ref: KeyId } = await declare();
    const sign = new kms.SignCommand({ KeyId, Message: text('m'), SigningAlgorithm: 'ECDSA_SHA_256' });
    await expect(client.send(sign)).rejects.toThrow(kms.InvalidKeyUsageException);
    await expect(client.send(new kms.EncryptCommand({ KeyId, Plaintext: Buffer.alloc(4097) }))).rejects.toThrow('4096');
    await declare({ Enabled: false });
    await expect(client.send(new kms.EncryptCommand({ KeyId, Plaintext: text('m') }))).rejects.toThrow(
      kms.DisabledException,
    );
  });
});

describe('ECC_NIST_P256 keys', () => {
  const SigningAlgorithm = 'ECDSA_SHA_256';

  it('sign messages and digests alike, verifiable by the public key', async () => {
    const { ref: KeyId } = await declare({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    const message = text('a token');
    const digest = createHash('sha256').update(message).digest();
    const { PublicKey } = await client.send(new kms.GetPublicKeyCommand({ KeyId }));
    const publicKey = createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' });
    for (const [MessageType, Message] of [
      ['RAW', message],
      ['DIGEST', digest],
    ] as const) {
      for (let round = 0; round < 8; round++) {
        const { Signature } = await client.send(new kms.SignCommand({ KeyId, Message, MessageType, SigningAlgorithm }));
        expect(verify('sha256', message, publicKey, Signature!)).toBe(true);
        for (const form of [
          { Message: message, MessageType: 'RAW' },
          { Message: digest, MessageType: 'DIGEST' },
        ] as const) {
          const { SignatureValid } = await client.send(
            new kms.VerifyCommand({ KeyId, ...form, Signature, SigningAlgorithm }),
          );
          expect(SignatureValid).toBe(true);
        }
      }
    }
  });

  it('refuse wrong signatures in either form, and digests of another length', async () => {
    const { ref: KeyId } = await declare({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    const { Signature } = await client.send(new kms.SignCommand({ KeyId, Message: text('one'), SigningAlgorithm }));
    const other = createHash('sha256').update('two').digest();
    for (const form of [
      { Message: text('two'), MessageType: 'RAW' },
      { Message: other, MessageType: 'DIGEST' },
    ] as const) {
      const check = new kms.VerifyCommand({ KeyId, ...form, Signature, SigningAlgorithm });
      await expect(client.send(check)).rejects.toThrow(kms.KMSInvalidSignatureException);
    }
    const broken = new kms.VerifyCommand({
      KeyId,
      Message: other,
      MessageType: 'DIGEST',
      Signature: text('junk'),
      SigningAlgorithm,
    });
    await expect(client.send(broken)).rejects.toThrow(kms.KMSInvalidSignatureException);
    const short = new kms.SignCommand({ KeyId, Message: text('short'), MessageType: 'DIGEST', SigningAlgorithm });
    await expect(client.send(short)).rejects.toThrow('Digest is invalid length');
  });
});

describe('HMAC_256 keys', () => {
  it('make and verify codes', async () => {
    const { ref: KeyId } = await declare({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const common = { KeyId, MacAlgorithm: 'HMAC_SHA_256' } as const;
    const { Mac } = await client.send(new kms.GenerateMacCommand({ ...common, Message: text('m') }));
    expect((await client.send(new kms.VerifyMacCommand({ ...common, Message: text('m'), Mac }))).MacValid).toBe(true);
    await expect(client.send(new kms.VerifyMacCommand({ ...common, Message: text('n'), Mac }))).rejects.toThrow(
      kms.KMSInvalidMacException,
    );
  });
});

describe('declared keys', () => {
  it('survive a restart with their material', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'kms-'));
    try {
      const first = createKmsService(createFakeContext({ dataDir }));
      const created = await createResource(first, 'AWS::KMS::Key', 'Key', {});
      const again = createKmsService(createFakeContext({ dataDir }));
      expect(await createResource(again, 'AWS::KMS::Key', 'Key', {})).toEqual(created);
      await expect(
        createResource(again, 'AWS::KMS::Key', 'Key', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }),
      ).rejects.toThrow('--fresh');
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });

  it('are refused with a spec or usage that is not played', async () => {
    await expect(declare({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })).rejects.toThrow('played locally are');
    await expect(declare({ KeySpec: 'HMAC_256' })).rejects.toThrow('must have KeyUsage GENERATE_VERIFY_MAC');
  });
});
