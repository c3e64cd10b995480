/** A notification signed as docs/providers.md describes: HMAC-SHA256 of `time.body` in hexadecimal. */
import { createHmac } from 'node:crypto';
import type { Notification } from './types.ts';

export function hmacNotification(url: string, secret: string, nowMs: number, content: unknown): Notification {
  const body = JSON.stringify(content);
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-timestamp': timestamp, 'x-signature': signature };
  return { method: 'POST', url, headers, body };
}
