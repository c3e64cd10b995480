/** The KMS API. @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html */
import { createHmac, createPublicKey, randomBytes, sign, timingSafeEqual, verify } from 'node:crypto';
import { AwsError } from '../../runtime/types.ts';
import type { Operation } from '../support/json-operations.ts';
import { signDigest, verifyDigest } from './ecdsa-digest.ts';
import { keyIdOf, seal, unseal } from './envelope.ts';
import { KEY_SPECS, type Key, type KeyRing, type KeySpec } from './keys.ts';

const MAX_PLAINTEXT_BYTES = 4096;
const SIGNING_ALGORITHM = 'ECDSA_SHA_256';
const MAC_ALGORITHM = 'HMAC_SHA_256';

export function kmsOperations(ring: KeyRing): Record<string, Operation> {
  const open = ({ CiphertextBlob, EncryptionContext, KeyId }: Record<string, any>): { key: Key; plaintext: Buffer } => {
    const blob = bytes(CiphertextBlob, 'CiphertextBlob', 6144);
    const sealedBy = keyIdOf(blob);
    const key = ring.usable(sealedBy, 'ENCRYPT_DECRYPT');
    if (KeyId !== undefined && ring.find(KeyId).keyId !== key.keyId)
      throw new AwsError(
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      );
    return { key, plaintext: unseal(key, blob, EncryptionContext) };
  };
  const generateDataKey = (input: Record<string, any>) => {
    const key = ring.usable(required(input, 'KeyId'), 'ENCRYPT_DECRYPT');
    const plaintext = randomBytes(dataKeyBytes(input));
    const blob = seal(key, plaintext, input['EncryptionContext']);
    return { CiphertextBlob: blob.toString('base64'), Plaintext: plaintext.toString('base64'), KeyId: key.arn };
  };
  return {
    CreateKey: ({ KeySpec = 'SYMMETRIC_DEFAULT', Description }) => {
      if (!Object.hasOwn(KEY_SPECS, KeySpec))
        throw new AwsError('ValidationException', `KeySpec ${KeySpec} is not played locally.`);
      return { KeyMetadata: describe(ring.create(KeySpec as KeySpec, Description)) };
    },
    CreateAlias: ({ AliasName, TargetKeyId }) => {
      ring.setAlias(AliasName, TargetKeyId);
      return {};
    },
    DescribeKey: (input) => ({ KeyMetadata: describe(ring.find(required(input, 'KeyId'))) }),
    ListKeys: () => ({ Keys: ring.keys().map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })), Truncated: false }),
    ListAliases: () => ({
      Aliases: ring.aliases().map(({ name, keyId }) => ({ AliasName: name, TargetKeyId: keyId })),
      Truncated: false,
    }),
    Encrypt: (input) => {
      const key = ring.usable(required(input, 'KeyId'), 'ENCRYPT_DECRYPT');
      const plaintext = bytes(input['Plaintext'], 'Plaintext', MAX_PLAINTEXT_BYTES);
      const blob = seal(key, plaintext, input['EncryptionContext']);
      return { CiphertextBlob: blob.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
    Decrypt: (input) => {
      const { key, plaintext } = open(input);
      return { Plaintext: plaintext.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
    ReEncrypt: (input) => {
      const source = open({
        CiphertextBlob: input['CiphertextBlob'],
        EncryptionContext: input['SourceEncryptionContext'],
        KeyId: input['SourceKeyId'],
      });
      const key = ring.usable(required(input, 'DestinationKeyId'), 'ENCRYPT_DECRYPT');
      const blob = seal(key, source.plaintext, input['DestinationEncryptionContext']);
      return { CiphertextBlob: blob.toString('base64'), SourceKeyId: source.key.arn, KeyId: key.arn };
    },
    GenerateDataKey: generateDataKey,
    GenerateDataKeyWithoutPlaintext: (input) => {
      const { Plaintext: _plaintext, ...rest } = generateDataKey(input);
      return rest;
    },
    GenerateRandom: ({ NumberOfBytes }) => ({ Plaintext: randomBytes(NumberOfBytes).toString('base64') }),
    GetPublicKey: (input) => {
      const key = ring.usable(required(input, 'KeyId'), 'SIGN_VERIFY');
      const spki = createPublicKey(ring.privateKey(key)).export({ format: 'der', type: 'spki' });
      return {
        KeyId: key.arn,
        PublicKey: spki.toString('base64'),
        KeySpec: key.spec,
        CustomerMasterKeySpec: key.spec,
        KeyUsage: key.usage,
        SigningAlgorithms: [SIGNING_ALGORITHM],
      };
    },
    Sign: (input) => {
      const { key, message, isDigest } = signing(ring, input);
      const privateKey = ring.privateKey(key);
      const signature = isDigest ? signDigest(privateKey, message) : sign('sha256', message, privateKey);
      return { KeyId: key.arn, Signature: signature.toString('base64'), SigningAlgorithm: SIGNING_ALGORITHM };
    },
    Verify: (input) => {
      const { key, message, isDigest } = signing(ring, input);
      const signature = bytes(input['Signature'], 'Signature', 6144);
      const publicKey = createPublicKey(ring.privateKey(key));
      const valid = isDigest
        ? verifyDigest(publicKey, message, signature)
        : verify('sha256', message, publicKey, signature);
      if (!valid) throw new AwsError('KMSInvalidSignatureException', '');
      return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: SIGNING_ALGORITHM };
    },
    GenerateMac: (input) => {
      const { key, mac } = macOf(ring, input);
      return { KeyId: key.arn, Mac: mac.toString('base64'), MacAlgorithm: MAC_ALGORITHM };
    },
    VerifyMac: (input) => {
      const { key, mac } = macOf(ring, input);
      const given = bytes(input['Mac'], 'Mac', 6144);
      if (given.length !== mac.length || !timingSafeEqual(given, mac)) throw new AwsError('KMSInvalidMacException', '');
      return { KeyId: key.arn, MacValid: true, MacAlgorithm: MAC_ALGORITHM };
    },
  };
}

function signing(ring: KeyRing, input: Record<string, any>): { key: Key; message: Buffer; isDigest: boolean } {
  const key = ring.usable(required(input, 'KeyId'), 'SIGN_VERIFY');
  if (input['SigningAlgorithm'] !== SIGNING_ALGORITHM)
    throw new AwsError(
      'InvalidKeyUsageException',
      `Algorithm ${input['SigningAlgorithm']} is incompatible with key spec ${key.spec}.`,
    );
  const isDigest = input['MessageType'] === 'DIGEST';
  const message = bytes(input['Message'], 'Message', 4096);
  if (isDigest && message.length !== 32)
    throw new AwsError('ValidationException', 'Digest is invalid length for algorithm ECDSA_SHA_256.');
  return { key, message, isDigest };
}

function macOf(ring: KeyRing, input: Record<string, any>): { key: Key; mac: Buffer } {
  const key = ring.usable(required(input, 'KeyId'), 'GENERATE_VERIFY_MAC');
  if (input['MacAlgorithm'] !== MAC_ALGORITHM)
    throw new AwsError(
      'InvalidKeyUsageException',
      `Algorithm ${input['MacAlgorithm']} is incompatible with key spec ${key.spec}.`,
    );
  const message = bytes(input['Message'], 'Message', 4096);
  return { key, mac: createHmac('sha256', Buffer.from(key.material, 'base64')).update(message).digest() };
}

function dataKeyBytes({ KeySpec, NumberOfBytes }: Record<string, any>): number {
  if ((KeySpec === undefined) === (NumberOfBytes === undefined))
    throw new AwsError('ValidationException', 'Please specify either number of bytes or key spec.');
  if (KeySpec === undefined) {
    if (Number.isInteger(NumberOfBytes) && NumberOfBytes >= 1 && NumberOfBytes <= 1024) return NumberOfBytes;
    throw new AwsError('ValidationException', 'NumberOfBytes must be from 1 to 1024.');
  }
  if (KeySpec === 'AES_256') return 32;
  if (KeySpec === 'AES_128') return 16;
  throw new AwsError('ValidationException', `KeySpec must be AES_256 or AES_128, not ${KeySpec}.`);
}

function required(input: Record<string, any>, name: string): string {
  const value = input[name];
  if (typeof value !== 'string' || value === '')
    throw new AwsError('ValidationException', `${name} must not be empty.`);
  return value;
}

function bytes(value: unknown, name: string, most: number): Buffer {
  const decoded = typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.alloc(0);
  if (decoded.length === 0 || decoded.length > most)
    throw new AwsError('ValidationException', `Member '${name}' must have from 1 to ${most} bytes.`);
  return decoded;
}

function describe(key: Key): object {
  return {
    AWSAccountId: key.arn.split(':')[4],
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: key.createdAt / 1_000,
    Enabled: key.enabled,
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: key.enabled ? 'Enabled' : 'Disabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: key.spec,
    KeySpec: key.spec,
    ...(key.usage === 'SIGN_VERIFY' ? { SigningAlgorithms: [SIGNING_ALGORITHM] } : {}),
    ...(key.usage === 'GENERATE_VERIFY_MAC' ? { MacAlgorithms: [MAC_ALGORITHM] } : {}),
    ...(key.usage === 'ENCRYPT_DECRYPT' ? { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] } : {}),
    MultiRegion: false,
  };
}
