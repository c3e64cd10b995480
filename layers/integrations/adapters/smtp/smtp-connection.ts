/**
 * One conversation with a mail server: lines out, replies in (RFC 5321, section 4.2), an encrypted channel on the way
 * (RFC 3207), and a log-in (RFC 4954). It knows nothing of messages.
 */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { connect as startTls } from 'node:tls';
import { ProviderError } from '../../provider.ts';

export interface SmtpReply {
  code: number;
  lines: string[];
}

export interface TlsOptions {
  host: string;
  ca: string | undefined;
}

/** Longer than any reply of a mail server. */
const maxReplyLength = 16 * 1024;

export class SmtpConnection {
  private stream: Duplex;
  private buffer = '';
  private failure: Error | undefined;
  private wake: (() => void) | undefined;
  private readonly deadlineMs: number;

  /** @param timeoutMs for the whole conversation */
  constructor(stream: Duplex, timeoutMs: number) {
    this.stream = stream;
    this.deadlineMs = performance.now() + timeoutMs;
    this.listen();
  }

  /** @throws ProviderError `no_answer` when the server says nothing in time or hangs up */
  async reply(): Promise<SmtpReply> {
    for (;;) {
      const found = this.takeReply();
      if (found !== undefined) return found;
      if (this.failure !== undefined)
        throw new ProviderError('no_answer', 'The mail server ended the connection.', { cause: this.failure });
      await this.more();
    }
  }

  async command(line: string): Promise<SmtpReply> {
    if (/[\r\n]/.test(line)) throw new ProviderError('rejected', 'A line of SMTP cannot hold a line break.');
    this.write(`${line}\r\n`);
    return this.reply();
  }

  write(data: string | Uint8Array): void {
    this.stream.write(data);
  }

  /** Goes on encrypted; what the server sent before is forgotten, so that nobody on the way can speak for it. */
  async encrypt({ host, ca }: TlsOptions): Promise<void> {
    this.stream.removeAllListeners('data');
    this.buffer = '';
    const secure = startTls({
      socket: this.stream,
      servername: /^[\d.:[\]]+$/.test(host) ? '' : host,
      host,
      ...(ca ? { ca } : {}),
    });
    const timer = setTimeout(() => secure.destroy(new Error('time-out')), this.remainingMs());
    try {
      await once(secure, 'secureConnect');
    } catch (cause) {
      throw new ProviderError('unreachable', 'The encrypted connection to the mail server failed.', { cause });
    } finally {
      clearTimeout(timer);
    }
    this.stream = secure;
    this.listen();
  }

  close(): void {
    this.stream.destroy();
  }

  private listen(): void {
    const fail = (error?: Error) => {
      this.failure = error ?? new Error('closed');
      this.wake?.();
    };
    this.stream.on('data', (chunk: Buffer) => {
      this.buffer += chunk.toString('utf8');
      if (this.buffer.length > maxReplyLength) this.stream.destroy(new Error('too long a reply'));
      this.wake?.();
    });
    this.stream.on('error', fail);
    this.stream.on('close', () => fail());
  }

  /** Resolves at the next data, end or error; fails at the deadline. */
  private more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new ProviderError('no_answer', 'The mail server did not answer in time.')),
        this.remainingMs(),
      );
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private remainingMs(): number {
    return Math.max(0, this.deadlineMs - performance.now());
  }

  /** The lines up to the one whose code is followed by a space. */
  private takeReply(): SmtpReply | undefined {
    const end = /(^|\n)(\d{3})(?: [^\n]*)?\r?\n/.exec(this.buffer);
    if (end === null) {
      if (/^(?!\d{3}[ -])[^\n]{3,}\n/.test(this.buffer))
        throw new ProviderError('unreadable_answer', 'The server does not speak SMTP.');
      return undefined;
    }
    const length = end.index + end[0].length;
    const text = this.buffer.slice(0, length);
    this.buffer = this.buffer.slice(length);
    const lines = text.split(/\r?\n/).filter((line) => line !== '');
    if (!lines.every((line) => /^\d{3}([ -]|$)/.test(line)))
      throw new ProviderError('unreadable_answer', 'The server does not speak SMTP.');
    return { code: Number(end[2]), lines: lines.map((line) => line.slice(4)) };
  }
}
