/**
 * A controllable object as a client sees it: its model, read from the server, and the commands made for it. Numbers of
 * commands count through, so that no two commands of this client to one object are taken for one another.
 */
import type { Clock } from '../clock.ts';
import { AccessError, Iec61850Error } from '../errors.ts';
import type { MmsClient } from '../mms/client.ts';
import { inDomain } from '../mms/object-name.ts';
import type { MmsType } from '../mms/type-specification.ts';
import { utcTimeOf } from '../mms/utc-time.ts';
import { Command, type CommandSettings, type ControlOutcome } from './control-command.ts';
import type { ControlInbox } from './control-inbox.ts';
import type { Originator } from './control-message.ts';
import { fromPlain, toPlain } from './plain-value.ts';

export const controlModels = ['status-only', 'direct-normal', 'sbo-normal', 'direct-enhanced', 'sbo-enhanced'] as const;
export type ControlModel = (typeof controlModels)[number];

const station: Originator = { category: 'station-control', identity: Buffer.from('mizan') };

export class Control {
  readonly reference: string;
  readonly model: ControlModel;
  /** Type of what a command carries. */
  readonly valueType: MmsType;
  readonly #mms: MmsClient;
  readonly #inbox: ControlInbox;
  readonly #clock: Clock;
  readonly #domain: string;
  /** `LN$CO$DO` */
  readonly #item: string;
  readonly #operType: MmsType & { kind: 'structure' };
  readonly #sboTimeoutMs: number | undefined;
  readonly #numbers: Map<string, number>;

  private constructor(context: ControlContext, place: Place, facts: Facts) {
    this.#mms = context.mms;
    this.#inbox = context.inbox;
    this.#clock = context.clock;
    this.reference = place.reference;
    this.#domain = place.domain;
    this.#item = `${place.node}$CO$${place.object}`;
    this.model = facts.model;
    this.#operType = facts.operType;
    this.#sboTimeoutMs = facts.sboTimeoutMs;
    this.valueType = facts.operType.components.find(({ name }) => name === 'ctlVal')!.type;
    this.#numbers = context.numbers;
  }

  /**
   * @param reference `LD/LN.DO`
   * @throws AccessError when the object has no control model, Iec61850Error when it cannot be controlled
   */
  static async open(context: ControlContext, reference: string): Promise<Control> {
    const [, domain, node, object] = /^([^/]+)\/([^.$]+)\.(.+)$/.exec(reference) ?? [];
    if (!domain || !node || !object) throw new Iec61850Error(`${reference} is no data object such as LD0/XCBR1.Pos.`);
    const place = { reference, domain, node, object: object.replaceAll('.', '$') };
    return new Control(context, place, await readFacts(context.mms, place));
  }

  /** One command, good for one operate. @throws Iec61850Error when the value does not fit or there is nothing to do */
  command(settings: CommandSettings): Command {
    if (this.model === 'status-only') throw new Iec61850Error(`${this.reference} is status only.`);
    const names = this.#operType.components.map(({ name }) => name);
    if (settings.operateAtMs !== undefined && !names.includes('operTm')) {
      throw new Iec61850Error(`${this.reference} has no operTm.`);
    }
    // A new client begins somewhere, so that it does not repeat the one before it.
    const number = this.#numbers.get(this.reference) ?? this.#clock.now() & 0xff;
    this.#numbers.set(this.reference, (number + 1) & 0xff);
    const { value } = settings;
    const isMms = typeof value === 'object' && !(value instanceof Uint8Array);
    return new Command(
      {
        mms: this.#mms,
        inbox: this.#inbox,
        clock: this.#clock,
        domain: this.#domain,
        item: this.#item,
        model: this.model as Exclude<ControlModel, 'status-only'>,
        hasOperateTime: names.includes('operTm'),
        hasCheck: names.includes('Check'),
        sboTimeoutMs: this.#sboTimeoutMs,
      },
      {
        value: isMms ? value : fromPlain(value, this.valueType),
        ...(settings.operateAtMs !== undefined && { operateAtMs: settings.operateAtMs }),
        origin: settings.origin ?? station,
        number,
        time: utcTimeOf(this.#clock.now()),
        test: settings.test ?? false,
        check: settings.check ?? { synchro: false, interlock: false },
      },
      settings,
    );
  }

  /** Selects where the model asks for it, and operates. */
  execute(settings: CommandSettings): Promise<ControlOutcome> {
    return this.command(settings).execute();
  }
}

export interface ControlContext {
  mms: MmsClient;
  inbox: ControlInbox;
  clock: Clock;
  /** The next number of each object, kept by the client. */
  numbers: Map<string, number>;
}

interface Place {
  reference: string;
  domain: string;
  node: string;
  object: string;
}

interface Facts {
  model: ControlModel;
  operType: MmsType & { kind: 'structure' };
  sboTimeoutMs: number | undefined;
}

async function readFacts(mms: MmsClient, { reference, domain, node, object }: Place): Promise<Facts> {
  const of = (fc: string, attribute: string) => ({ name: inDomain(domain, [node, fc, object, attribute].join('$')) });
  const [ctlModel, sboTimeout] = await mms.read([of('CF', 'ctlModel'), of('CF', 'sboTimeout')]);
  if (!ctlModel || ctlModel.type === 'access-error') {
    throw new AccessError(`${reference}.ctlModel`, ctlModel?.error ?? 'no answer');
  }
  const model = controlModels[Number(toPlain(ctlModel))];
  if (!model) throw new Iec61850Error(`${reference} has an unknown control model.`);
  const timeoutMs = sboTimeout && sboTimeout.type !== 'access-error' ? Number(toPlain(sboTimeout)) : 0;
  const operType: MmsType =
    model === 'status-only'
      ? { kind: 'structure', components: [{ name: 'ctlVal', type: { kind: 'boolean' } }] }
      : (await mms.variableAttributes(of('CO', 'Oper').name)).type;
  if (operType.kind !== 'structure' || !operType.components.some(({ name }) => name === 'ctlVal')) {
    throw new Iec61850Error(`${reference} has no Oper with a value.`);
  }
  return { model, operType, sboTimeoutMs: timeoutMs > 0 ? timeoutMs : undefined };
}
