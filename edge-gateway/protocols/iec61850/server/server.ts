/** A small IEC 61850 server: enough of a station for tests, demonstrations and simulators, from a model as data. */
import type { TlsOptions } from 'node:tls';
import { type ByteChannel, type Listener, listen } from '../../transport/byte-channel.ts';
import type { ControlMessage } from '../acsi/control-message.ts';
import { toBytes } from '../asn1/ber-writer.ts';
import { bitsOf } from '../asn1/bit-string.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { InitiateDetail } from '../mms/initiate.ts';
import { decodeInitiate, encodeInitiate, parameterBits, serviceBits } from '../mms/initiate.ts';
import { utcTimeOf } from '../mms/utc-time.ts';
import { encodeValue, type MmsValue } from '../mms/value.ts';
import { acceptAssociation } from '../stack/acceptor.ts';
import { type ControlHandler, ControlObject } from './control-object.ts';
import { Directory } from './directory.ts';
import type { LogicalNodeDefinition, ServerModel } from './model.ts';
import { ReportFields } from './report-fields.ts';
import { RequestHandler } from './request-handler.ts';
import { ServerSession } from './session.ts';
import { SettingGroups } from './setting-groups.ts';
import { addChild, fits, readNode, structureWithin, type VariableNode } from './variable-tree.ts';

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
  /** Obeys controls. @default everything is allowed and done at once */
  controls?: ControlHandler;
  /** Told when a handler or the server itself failed; the request was answered with an error. */
  onFault?(error: unknown): void;
}

export class Iec61850Server {
  readonly #options: ServerOptions;
  readonly #clock: Clock;
  readonly #directory: Directory;
  readonly #handler: RequestHandler;
  readonly #sessions = new Set<ServerSession>();
  readonly #reports: ReportFields[] = [];
  readonly #controls: ControlObject[] = [];
  readonly #settingGroups: SettingGroups[] = [];
  #listener: Listener | undefined;

  /** @throws Error naming what is wrong in the model */
  constructor(model: ServerModel, options: ServerOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#directory = new Directory(model);
    this.#handler = new RequestHandler(this.#directory, model, options.maxNamesPerPage ?? 1000);
    for (const device of model.devices) {
      for (const node of device.nodes) this.#addControlBlocks(device.name, node);
    }
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
        {
          maxPduSize: agreed!.maxPduSize!,
          maxOutstanding: agreed!.maxOutstandingCalling,
          identity: channel.name.replace(/:\d+$/, ''),
        },
        (error) => this.#options.onFault?.(error),
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
    const touched = changes.map(([reference, value]) => {
      const node = this.#directory.at(reference);
      if (node.kind !== 'leaf' || !fits(node, value)) throw new Error(`${reference} does not take this value.`);
      const isChanged = !toBytes(encodeValue(node.value)).equals(toBytes(encodeValue(value)));
      node.value = value;
      return { node, isChanged };
    });
    for (const { node, isChanged } of touched) this.#tell(node, isChanged);
    for (const { control } of this.#reports) control.flush();
  }

  read(reference: string): MmsValue {
    return readNode(this.#directory.at(reference), this);
  }

  /** Ends all associations at once, without a word, as a loss of power does. */
  async close(): Promise<void> {
    await this.#listener?.close();
  }

  #tell(leaf: VariableNode, isChanged: boolean): void {
    let trigger: VariableNode['trigger'];
    for (let at: VariableNode | undefined = leaf; at && !trigger; at = at.parent) trigger = at.trigger;
    if (!trigger) return;
    if (!isChanged && trigger !== 'dupd') return;
    const reasons = { dchg: 'dataChange', qchg: 'qualityChange', dupd: 'dataUpdate' } as const;
    for (const { control } of this.#reports) control.changed(leaf, reasons[trigger]);
  }

  #addControlBlocks(domain: string, definition: LogicalNodeDefinition): void {
    const device = this.#directory.device(domain)!;
    const node = structureWithin(device, definition.name);
    for (const report of definition.reports ?? []) {
      const fields = new ReportFields(domain, definition.name, report, this.#directory, this.#clock);
      addChild(structureWithin(node, report.buffered ? 'BR' : 'RP'), fields.node);
      this.#reports.push(fields);
    }
    if (definition.settingGroups) {
      this.#settingGroups.push(new SettingGroups(device, definition.settingGroups, this.#clock));
    }
    for (const object of definition.objects) {
      if (!object.control) continue;
      const place = { domain, node: definition.name, object: object.name };
      const handler = this.#guarded(this.#options.controls ?? { operate: () => undefined });
      const done = (message: ControlMessage): void =>
        this.#moved(`${domain}/${definition.name}.${object.name}`, message);
      const control = new ControlObject(place, object.control, handler, done, this.#clock);
      control.addTo(structureWithin(structureWithin(node, 'CO'), object.name));
      this.#controls.push(control);
    }
  }

  /** A handler that fails has refused, for all that a client has to know. */
  #guarded(handler: ControlHandler): ControlHandler {
    return {
      check: (request) => handler.check?.(request),
      operate: async (request) => {
        try {
          return await handler.operate(request);
        } catch (error) {
          this.#options.onFault?.(error);
          return 'unknown';
        }
      },
    };
  }

  /** The process obeyed: status, quality and time say so. */
  #moved(reference: string, { value }: ControlMessage): void {
    const status = this.#directory.at(`${reference}.stVal[ST]`);
    const isDouble = status.kind === 'leaf' && status.type.kind === 'bit-string' && value.type === 'boolean';
    // Double positions: off is 01, on is 10 (7-3, 6.2).
    const position: MmsValue = isDouble ? { type: 'bit-string', value: bitsOf(2, [value.value ? 0 : 1]) } : value;
    this.updateAll([
      [`${reference}.stVal[ST]`, position],
      [`${reference}.t[ST]`, { type: 'utc-time', value: utcTimeOf(this.#clock.now()) }],
    ]);
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
    for (const part of [...this.#reports, ...this.#controls, ...this.#settingGroups]) part.released(session);
  }
}
