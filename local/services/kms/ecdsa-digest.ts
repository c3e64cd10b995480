/**
 * ECDSA over P-256 for a digest that is already made (MessageType DIGEST). Node hashes whatever it
 * signs, so the last step is done here, on big integers. Not constant-time: for local keys only.
 * @see https://csrc.nist.gov/pubs/fips/186-5/final section 6.4
 */
import { createECDH, type KeyObject, randomBytes } from 'node:crypto';

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const G: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
};

interface Point {
  x: bigint;
  y: bigint;
}

/** @returns the signature in DER */
export function signDigest(privateKey: KeyObject, digest: Buffer): Buffer {
  const d = fromBase64Url(privateKey.export({ format: 'jwk' }).d!);
  const z = toInteger(digest);
  for (;;) {
    const k = toInteger(randomBytes(32));
    if (k === 0n || k >= N) continue;
    const r = multiplyBase(k) % N;
    const s = mod(invert(k, N) * (z + r * d), N);
    if (r !== 0n && s !== 0n) return encodeDer(r, s);
  }
}

export function verifyDigest(publicKey: KeyObject, digest: Buffer, signature: Buffer): boolean {
  const decoded = decodeDer(signature);
  if (decoded === undefined) return false;
  const { r, s } = decoded;
  if (r <= 0n || r >= N || s <= 0n || s >= N) return false;
  const { x, y } = publicKey.export({ format: 'jwk' });
  const w = invert(s, N);
  const first = multiply(mod(toInteger(digest) * w, N), G);
  const second = multiply(mod(r * w, N), { x: fromBase64Url(x!), y: fromBase64Url(y!) });
  const sum = add(first, second);
  return sum !== undefined && sum.x % N === r;
}

/** The x coordinate of k·G, by OpenSSL. */
function multiplyBase(k: bigint): bigint {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(Buffer.from(k.toString(16).padStart(64, '0'), 'hex'));
  return toInteger(ecdh.getPublicKey().subarray(1, 33));
}

function multiply(scalar: bigint, point: Point): Point | undefined {
  let result: Point | undefined;
  let power: Point | undefined = point;
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, power);
    power = add(power, power);
  }
  return result;
}

/** Undefined is the point at infinity; the curve's a is -3. */
function add(a: Point | undefined, b: Point | undefined): Point | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (a.x === b.x && mod(a.y + b.y, P) === 0n) return undefined;
  const slope =
    a.x === b.x
      ? mod((3n * a.x * a.x - 3n) * invert(2n * a.y, P), P)
      : mod((b.y - a.y) * invert(mod(b.x - a.x, P), P), P);
  const x = mod(slope * slope - a.x - b.x, P);
  return { x, y: mod(slope * (a.x - x) - a.y, P) };
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** Extended Euclid. */
function invert(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [modulus, mod(value, modulus)];
  let [previousFactor, factor] = [0n, 1n];
  while (current > 1n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [previousFactor, factor] = [factor, previousFactor - quotient * factor];
  }
  return mod(factor, modulus);
}

function toInteger(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function fromBase64Url(text: string): bigint {
  return toInteger(Buffer.from(text, 'base64url'));
}

/** SEQUENCE { INTEGER r, INTEGER s }; both fit in one length byte. */
function encodeDer(r: bigint, s: bigint): Buffer {
  const integers = [r, s].map((value) => {
    const hex = value.toString(16);
    const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
    const content = bytes[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
    return Buffer.concat([Buffer.from([0x02, content.length]), content]);
  });
  const content = Buffer.concat(integers);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}

function decodeDer(signature: Buffer): { r: bigint; s: bigint } | undefined {
  const rLength = signature[3] ?? 0;
  const sStart = 4 + rLength;
  const sLength = signature[sStart + 1] ?? 0;
  const wellFormed =
    signature[0] === 0x30 &&
    signature[1] === signature.length - 2 &&
    signature[2] === 0x02 &&
    rLength > 0 &&
    signature[sStart] === 0x02 &&
    sLength > 0 &&
    sStart + 2 + sLength === signature.length;
  if (!wellFormed) return undefined;
  return { r: toInteger(signature.subarray(4, sStart)), s: toInteger(signature.subarray(sStart + 2)) };
}
