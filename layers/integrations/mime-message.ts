/**
 * Writes an e-mail as a MIME message (RFC 5322, 2045, 2047), for the providers that take one as bytes. Every part is
 * Base64, so no line is too long and no byte is special; header values cannot start a new header.
 */
import { createHash } from 'node:crypto';
import { type EmailMessage, ProviderError } from './provider.ts';

export interface Sender {
  address: string;
  name?: string;
}

/** @throws ProviderError `rejected` for an address or type that could break out of its header */
export function mimeMessage(message: EmailMessage, sender: Sender, nowMs: number): { id: string; bytes: Uint8Array } {
  const domain = sender.address.split('@')[1] ?? 'localhost';
  // The same reference gives the same id, so that a receiver can tell a message sent twice.
  const id = `<${createHash('sha256').update(message.reference).digest('hex').slice(0, 32)}@${domain}>`;
  const headers = [
    `From: ${mailbox(sender)}`,
    `To: ${message.to.map(address).join(', ')}`,
    ...(message.cc?.length ? [`Cc: ${message.cc.map(address).join(', ')}`] : []),
    ...(message.replyTo ? [`Reply-To: ${address(message.replyTo)}`] : []),
    `Subject: ${encodedWords(message.subject)}`,
    `Date: ${new Date(nowMs).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${id}`,
    'MIME-Version: 1.0',
  ];
  const text = part('text/plain; charset=utf-8', Buffer.from(message.text));
  const body =
    message.html === undefined
      ? text
      : multipart('alternative', message.reference, [
          text,
          part('text/html; charset=utf-8', Buffer.from(message.html)),
        ]);
  const attachments = (message.attachments ?? []).map(({ filename, contentType, content }) =>
    part(token(contentType), content, `attachment; filename="${encodedWords(filename.replace(/["\\]/g, '_'))}"`),
  );
  const whole =
    attachments.length === 0 ? body : multipart('mixed', `${message.reference}-mixed`, [body, ...attachments]);
  return { id, bytes: Buffer.from(`${headers.join('\r\n')}\r\n${whole}`) };
}

/** An address that is nothing but an address. @throws ProviderError `rejected` */
export function address(text: string): string {
  if (!/^[^\s<>"(),:;@[\]\\]+@[^\s<>"(),:;@\\]+$/.test(text))
    throw new ProviderError('rejected', 'Not an e-mail address.');
  return text;
}

const mailbox = ({ address: at, name }: Sender): string =>
  name ? `${encodedWords(name)} <${address(at)}>` : address(at);

function token(contentType: string): string {
  if (!/^[\w.+-]+\/[\w.+-]+(; ?[\w-]+=[\w-]+)*$/.test(contentType))
    throw new ProviderError('rejected', 'An attachment has no usable content type.');
  return contentType;
}

/** RFC 2047: at most 75 characters a word, and no character is split between two words. */
function encodedWords(text: string): string {
  if (/^[\x20-\x7e]{0,60}$/.test(text) && !/[=?<>",;:]/.test(text)) return text;
  const words: string[] = [];
  let piece = '';
  for (const character of text) {
    if (Buffer.byteLength(piece + character) > 42) {
      words.push(piece);
      piece = '';
    }
    piece += character;
  }
  words.push(piece);
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ');
}

function part(contentType: string, content: Uint8Array, disposition?: string): string {
  const lines = Buffer.from(content)
    .toString('base64')
    .match(/.{1,76}/g) ?? [''];
  const headers = [
    `Content-Type: ${contentType}`,
    'Content-Transfer-Encoding: base64',
    ...(disposition === undefined ? [] : [`Content-Disposition: ${disposition}`]),
  ];
  return `${headers.join('\r\n')}\r\n\r\n${lines.join('\r\n')}\r\n`;
}

/** The boundary cannot occur in Base64: it holds an underscore. */
function multipart(kind: 'alternative' | 'mixed', seed: string, parts: readonly string[]): string {
  const boundary = `_mizan_${createHash('sha256').update(seed).digest('hex').slice(0, 24)}_${kind}`;
  const inner = parts.map((content) => `--${boundary}\r\n${content}`).join('');
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${inner}--${boundary}--\r\n`;
}
