/** A small IEC 61850 server: enough of a station for tests, demonstrations and simulators, from a model as data. */
import type { TlsOptions } from 'node:tls';
import { type ByteChannel, type Listener, listen } from '../../transport/byte-channel.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { InitiateDetail } from '../mms/initiate.ts';
import { decodeInitiate, encodeInitiate, parameterBits, serviceBits } from '../mms/initiate.ts';
import type { MmsValue } from '../mms/value.ts';
import { acceptAssociation } from '../stack/acceptor.ts';
import { Directory } from './directory.ts';
import type { ServerModel } from './model.ts';
import { RequestHandler } from './request-handler.ts';
import { ServerSession } from './session.ts';
import { fits, readNode } from './variable-tree.ts';

export interface ServerOptions {
  password?: string;
  /** @default 65000 */
  maxPduSize?: number;
  /** @default 5 */
  maxOutstanding?: number;
  /** @default 8192 */
  tpduSize?: number;
  /** @default 10 */
  maxAssociations?: number;
  /** @default 1000 */
  maxNamesPerPage?: number;
  clock?: Clock;
}

export class Iec61850Server {
  readonly #model: ServerModel;
  readonly #options: ServerOptions;
  readonly #clock: Clock;
  readonly #directory: Directory;
  readonly #handler: RequestHandler;
  readonly #sessions = new Set<ServerSession>();
  #listener: Listener | undefined;

  /** @throws Error naming what is wrong in the model */
  constructor(model: ServerModel, options: ServerOptions = {}) {
    this.#model = model;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#directory = new Directory(model);
    this.#handler = new RequestHandler(this.#directory, model, options.maxNamesPerPage ?? 1000);
  }

  /** @returns the port, for when 0 took a free one */
  async listen(settings: { host?: string; port: number; tls?: TlsOptions }): Promise<number> {
    this.#listener = await listen(settings, (channel) => void this.accept(channel));
    return this.#listener.port;
  }

  get associations(): number {
    return this.#sessions.size;
  }

  /** Serves a line that is open already. */
  async accept(channel: ByteChannel): Promise<void> {
    if (this.#sessions.size >= (this.#options.maxAssociations ?? 10)) {
      channel.close();
      return;
    }
    let agreed: InitiateDetail | undefined;
    try {
      const association = await acceptAssociation(
        channel,
        this.#options,
        (request) => {
          agreed = this.#agree(decodeInitiate('request', request));
          return encodeInitiate('response', agreed);
        },
        this.#clock,
      );
      const session: ServerSession = new ServerSession(
        association,
        this.#handler,
        agreed!.maxPduSize!,
        agreed!.maxOutstandingCalling,
        () => this.#ended(session),
      );
      if (session.isOpen) this.#sessions.add(session);
    } catch {
      // Whoever does not manage to associate was told so, and the line is closed.
    }
  }

  /** A value of the process changed. @throws Error when the model has no such reference or another type */
  update(reference: string, value: MmsValue): void {
    this.updateAll([[reference, value]]);
  }

  /** Values that changed together, such as a status with its quality and time: one report tells them all. */
  updateAll(changes: [reference: string, value: MmsValue][]): void {
    for (const [reference, value] of changes) {
      const node = this.#directory.at(reference);
      if (node.kind !== 'leaf' || !fits(node, value)) throw new Error(`${reference} does not take this value.`);
      node.value = value;
    }
  }

  read(reference: string): MmsValue {
    return readNode(this.#directory.at(reference), this);
  }

  /** Ends all associations at once, without a word, as a loss of power does. */
  async close(): Promise<void> {
    await this.#listener?.close();
  }

  #agree(proposal: InitiateDetail): InitiateDetail {
    const { maxPduSize = 65_000, maxOutstanding = 5 } = this.#options;
    return {
      maxPduSize: Math.max(Math.min(proposal.maxPduSize ?? maxPduSize, maxPduSize), 128),
      maxOutstandingCalling: Math.max(1, Math.min(proposal.maxOutstandingCalling, maxOutstanding)),
      maxOutstandingCalled: Math.max(1, Math.min(proposal.maxOutstandingCalled, maxOutstanding)),
      nestingLevel: proposal.nestingLevel ?? 10,
      version: 1,
      parameters: Object.values(parameterBits).filter((bit) => proposal.parameters.includes(bit)),
      services: Object.values(serviceBits),
    };
  }

  #ended(session: ServerSession): void {
    this.#sessions.delete(session);
  }

  get identity(): string {
    return `${this.#model.vendor} ${this.#model.modelName} ${this.#model.revision}`;
  }
}
