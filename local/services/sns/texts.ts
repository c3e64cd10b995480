/**
 * Text messages to phones: captured, never sent. The newest are kept in memory, and each is written under the data
 * folder for a person to look at.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html, parameter `PhoneNumber`
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AwsError, type RuntimeContext } from '../../runtime/types.ts';

const KEPT_TEXTS = 1_000;
/** "Publishing SMS messages": a message is split into parts, up to this many characters altogether. */
const MAX_CHARACTERS = 1600;

export interface SentText {
  messageId: string;
  to: string;
  text: string;
  /** Milliseconds since the epoch. */
  sentAt: number;
}

export class Texts {
  readonly #ctx: RuntimeContext;
  readonly #sent: SentText[] = [];

  constructor(ctx: RuntimeContext) {
    this.#ctx = ctx;
  }

  /** @returns the message id */
  send(to: string, text: string): string {
    if (!/^\+[1-9]\d{4,14}$/.test(to))
      throw new AwsError('InvalidParameter', `Invalid parameter: PhoneNumber Reason: ${to} is not valid to publish to`);
    if (text === '') throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
    if (text.length > MAX_CHARACTERS)
      throw new AwsError('InvalidParameter', 'Invalid parameter: Message Reason: Message too long');
    const sent = { messageId: randomUUID(), to, text, sentAt: this.#ctx.clock.now() };
    this.#sent.push(sent);
    if (this.#sent.length > KEPT_TEXTS) this.#sent.shift();
    this.#ctx.log.info(`Text message to ${to}`);
    if (this.#ctx.dataDir !== undefined) {
      const folder = join(this.#ctx.dataDir, 'texts');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${sent.sentAt}-${sent.messageId}.json`), JSON.stringify(sent, undefined, 2));
    }
    return sent.messageId;
  }

  /** The newest, oldest first. */
  all(): readonly SentText[] {
    return this.#sent;
  }
}
