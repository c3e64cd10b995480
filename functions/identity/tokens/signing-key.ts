/**
 * The keys that sign tokens live in KMS: this process sees the public halves only. There are two. One signs, and both are
 * published and accepted, so the other can take over at any moment without anybody being logged out.
 */

import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { keyId } from '../../../layers/kernel/config/resource-names.ts';
import { readSigningState, type SigningKeyName, signingKeyNames } from './signing-state.ts';

const client = new KMSClient({});

export interface VerificationKey {
  /** Logical name in the manifest. */
  name: SigningKeyName;
  /** RFC 7638 thumbprint of the public key: the `kid` of tokens. */
  kid: string;
  key: KeyObject;
  jwk: { kty: string; crv: string; x: string; y: string; kid: string; alg: 'ES256'; use: 'sig' };
}

export interface SigningKeys {
  /** Signs new tokens. */
  active: VerificationKey;
  /** Those whose tokens are good: both, unless one was given up as stolen. */
  accepted: readonly VerificationKey[];
}

let publicKeys: Promise<VerificationKey[]> | undefined;

/** @param nowMs decides whether the known state is still fresh */
export async function loadSigningKeys(nowMs = Date.now()): Promise<SigningKeys> {
  publicKeys ??= Promise.all(signingKeyNames.map(fetchKey)).catch((error: unknown) => {
    publicKeys = undefined;
    throw error;
  });
  const [keys, state] = await Promise.all([publicKeys, readSigningState(nowMs)]);
  const active = keys.find(({ name }) => name === state.active)!;
  return { active, accepted: state.distrustsOther ? [active] : keys };
}

/** The key that signs now. */
export const loadVerificationKey = async (): Promise<VerificationKey> => (await loadSigningKeys()).active;

/** The public half, read once per function instance. */
async function fetchKey(name: SigningKeyName): Promise<VerificationKey> {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: keyId(name) }));
  const key = createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' });
  const { kty, crv, x, y } = key.export({ format: 'jwk' }) as Record<string, string>;
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { name, kid, key, jwk: { kty: kty!, crv: crv!, x: x!, y: y!, kid, alg: 'ES256', use: 'sig' } };
}

/**
 * ECDSA with P-256 and SHA-256 over the bytes, as JOSE wants it: r and s, 32 bytes each (RFC 7518, section 3.4).
 * @param by @default the key that signs now
 */
export async function signEs256(message: string, by?: Pick<VerificationKey, 'name'>): Promise<Buffer> {
  const { name } = by ?? (await loadVerificationKey());
  const { Signature } = await client.send(
    new SignCommand({
      KeyId: keyId(name),
      Message: Buffer.from(message),
      MessageType: 'RAW',
      SigningAlgorithm: 'ECDSA_SHA_256',
    }),
  );
  return derToJose(Buffer.from(Signature!));
}

/** ASN.1 `SEQUENCE { INTEGER r, INTEGER s }` to fixed-width `r || s`. */
export function derToJose(der: Buffer): Buffer {
  const readInteger = (offset: number): { value: Buffer; next: number } => {
    const length = der[offset + 1]!;
    const value = der.subarray(offset + 2, offset + 2 + length);
    return { value: value[0] === 0 ? value.subarray(1) : value, next: offset + 2 + length };
  };
  const r = readInteger(2);
  const s = readInteger(r.next);
  const result = Buffer.alloc(64);
  r.value.copy(result, 32 - r.value.length);
  s.value.copy(result, 64 - s.value.length);
  return result;
}
