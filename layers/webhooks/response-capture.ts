/** Reads as much of an answer as the delivery log keeps, and lets no receiver hold a worker with the rest. */
import type { IncomingMessage } from 'node:http';

const capturedBodyBytes = 4096;
/** A longer body costs the connection; a shorter one is read to its end so that the connection can be kept. */
const drainedBodyBytes = 64 * 1024;
/** The status is the answer. A body that drips longer than this is cut off. */
const bodyMs = 2000;

const keptHeaders = 40;
const keptHeaderLength = 512;

/** Resolves with the beginning of the body, cut where the bounds are; an answer that breaks off keeps what came. */
export function captureBody(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let kept = 0;
    let seen = 0;
    const finish = () => {
      clearTimeout(timer);
      // Cutting may split a character; the decoder replaces the stump.
      resolve(Buffer.concat(chunks).toString('utf8'));
    };
    const cut = () => {
      incoming.destroy();
      finish();
    };
    const timer = setTimeout(cut, bodyMs);
    incoming.on('data', (chunk: Buffer) => {
      seen += chunk.length;
      if (kept < capturedBodyBytes) {
        const part = chunk.subarray(0, capturedBodyBytes - kept);
        chunks.push(part);
        kept += part.length;
      }
      if (seen > drainedBodyBytes) cut();
    });
    incoming.once('end', finish);
    incoming.once('error', finish);
    incoming.once('close', finish);
  });
}

/** The whole body, within the deadline of its request. @throws Error when it is longer than allowed or breaks off */
export function readWhole(incoming: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) reject(new Error(`The answer is longer than ${maxBytes} bytes.`));
      else chunks.push(chunk);
    });
    incoming.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    const broken = () => reject(new Error('The answer broke off.'));
    incoming.once('error', broken);
    incoming.once('close', broken);
  });
}

/** The headers worth keeping in a log: no cookies, bounded in number and length. */
export function answerHeaders(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers).slice(0, keptHeaders)) {
    if (name === 'set-cookie' || value === undefined) continue;
    headers[name] = String(value).slice(0, keptHeaderLength);
  }
  return headers;
}
