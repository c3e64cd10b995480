/**
 * Takes secrets out of what people are shown of logs and dead letters: by the name of the field they stand in, and by
 * what credentials look like wherever they stand. Nothing should log a secret; this is the second fence.
 */

export const mask = '•••';

const secretName =
  /pass(word|phrase|wd)|secret|token|authori[sz]ation|cookie|api[-_]?key|private[-_]?key|credential|signature|\botp\b|^(pin|cvv|cvc|iv)$/i;

/** Names that contain such a word and hold no secret. */
const harmless = /^(tokenType|signatureScheme|keyId|secretVersion)$/;

const looksSecret: readonly RegExp[] = [
  // Mizan's API keys, webhook secrets and invitations.
  /\bmzn_[a-z]+_[A-Za-z0-9]+_[A-Za-z0-9_-]+/g,
  // Links of the webhook portal.
  /\bmzl_[A-Za-z0-9_-]+/g,
  /\bwhs(ec|k)_[A-Za-z0-9+/=_-]{8,}/g,
  // JSON Web Tokens.
  /\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g,
  /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi,
  // Incoming webhooks of Slack carry their secret in the path, others in the user part or in a parameter.
  /https:\/\/hooks\.slack\.com\/[^\s"']+/g,
  /(?<=:\/\/)[^\s/@:"']+:[^\s/@"']+(?=@)/g,
  /(?<=[?&](?:token|key|secret|signature|sig|password|access_token|api_key)=)[^&\s"']+/gi,
  /\bAKIA[A-Z0-9]{16}\b/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

const maxDepth = 12;

export function maskText(text: string): string {
  return looksSecret.reduce((shown, pattern) => shown.replace(pattern, mask), text);
}

/** A copy without secrets. Texts that are JSON themselves, as payloads of events are, are looked into. */
export function maskSecrets(value: unknown, depth = 0): unknown {
  if (depth > maxDepth) return mask;
  if (typeof value === 'string') return maskNested(value, depth);
  if (Array.isArray(value)) return value.map((element) => maskSecrets(element, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      maskText(name),
      secretName.test(name) && !harmless.test(name) && isSecretValue(inner) ? mask : maskSecrets(inner, depth + 1),
    ]),
  );
}

const isSecretValue = (value: unknown): boolean => value !== null && value !== '' && typeof value !== 'boolean';

function maskNested(text: string, depth: number): string {
  if (/^\s*[{[]/.test(text))
    try {
      return JSON.stringify(maskSecrets(JSON.parse(text), depth + 1));
    } catch {
      // Not JSON after all.
    }
  return maskText(text);
}
