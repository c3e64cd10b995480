/**
 * Signatures of the Standard Webhooks specification (https://github.com/standard-webhooks/standard-webhooks, sections
 * "Signature scheme" and "Webhook headers"): `v1` is HMAC-SHA256 with a shared secret, `v1a` is Ed25519.
 */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';

export const signatureSchemes = ['hmac', 'ed25519'] as const;
export type SignatureScheme = (typeof signatureSchemes)[number];

/** A parsed signing key; parsing costs more than signing, so keep it. */
export interface Signer {
  /** One versioned signature, e.g. `v1,K5oZ…`. */
  sign(content: string): string;
}

export interface SignedHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

const secretPrefix = { hmac: 'whsec_', ed25519: 'whsk_' } as const;
const publicPrefix = 'whpk_';
const generatedSecretBytes = 32;

/** The DER header of a PKCS #8 Ed25519 private key (RFC 8410, section 7); the 32-byte seed follows. */
const ed25519Header = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A new secret as text: `whsec_…` for HMAC, `whsk_…` (the 32-byte seed) for Ed25519. */
export function generateSecret(scheme: SignatureScheme): string {
  if (scheme === 'hmac') return secretPrefix.hmac + randomBytes(generatedSecretBytes).toString('base64');
  const { privateKey } = generateKeyPairSync('ed25519');
  return secretPrefix.ed25519 + Buffer.from(privateKey.export({ format: 'jwk' }).d!, 'base64url').toString('base64');
}

/** What the receiver needs to verify: the shared secret itself, or the public half of the key pair. */
export function verificationKey(secret: string): string {
  if (schemeOf(secret) === 'hmac') return secret;
  const { x } = createPublicKey(privateKeyOf(secret)).export({ format: 'jwk' });
  return publicPrefix + Buffer.from(x!, 'base64url').toString('base64');
}

/** @throws Error when the text is not a secret of either scheme */
export function createSigner(secret: string): Signer {
  if (schemeOf(secret) === 'hmac') {
    // A plain buffer signs faster than a KeyObject here: nothing is unwrapped for each message.
    const key = secretBytes(secret, secretPrefix.hmac, 24, 64);
    return { sign: (content) => `v1,${createHmac('sha256', key).update(content).digest('base64')}` };
  }
  const key = privateKeyOf(secret);
  return { sign: (content) => `v1a,${sign(null, Buffer.from(content), key).toString('base64')}` };
}

/**
 * Signs one message with every valid secret; during a rotation there are two, and receivers accept either.
 * @param timestampMs time of this attempt: a retry has a new one, so that receivers can refuse old recordings
 */
export function signMessage(signers: readonly Signer[], id: string, timestampMs: number, body: string): SignedHeaders {
  const timestamp = String(Math.floor(timestampMs / 1000));
  const content = `${id}.${timestamp}.${body}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signers.map((signer) => signer.sign(content)).join(' '),
  };
}

function schemeOf(secret: string): SignatureScheme {
  if (secret.startsWith(secretPrefix.hmac)) return 'hmac';
  if (secret.startsWith(secretPrefix.ed25519)) return 'ed25519';
  throw new Error('Not a webhook secret: it begins with "whsec_" or "whsk_".');
}

function privateKeyOf(secret: string): KeyObject {
  const seed = secretBytes(secret, secretPrefix.ed25519, 32, 32);
  return createPrivateKey({ key: Buffer.concat([ed25519Header, seed]), format: 'der', type: 'pkcs8' });
}

function secretBytes(secret: string, prefix: string, minimum: number, maximum: number): Buffer {
  const bytes = Buffer.from(secret.slice(prefix.length), 'base64');
  if (bytes.length < minimum || bytes.length > maximum)
    throw new Error(`A "${prefix}" secret holds ${minimum} to ${maximum} bytes, this one has ${bytes.length}.`);
  return bytes;
}
