/** The attributes of a report control block as variables, with what may be written when and by whom. */

import { parseListName } from '../acsi/reference.ts';
import { optionsToBits, triggersToBits } from '../acsi/report-options.ts';
import { bitsOf } from '../asn1/bit-string.ts';
import type { Clock } from '../clock.ts';
import type { DataAccessError } from '../mms/access-result.ts';
import { nameText } from '../mms/object-name.ts';
import type { MmsType } from '../mms/type-specification.ts';
import type { MmsValue } from '../mms/value.ts';
import { basicTypes } from './common-data-classes.ts';
import type { Directory } from './directory.ts';
import type { ReportControlDefinition } from './model.ts';
import { ReportControl } from './report-control.ts';
import type { ServerSession } from './session.ts';
import { addChild, leafNode, type Requester, structureNode, type VariableNode } from './variable-tree.ts';

const unsigned = (value: number): MmsValue => ({ type: 'unsigned', value });
const boolean = (value: boolean): MmsValue => ({ type: 'boolean', value });
const text = (value: string): MmsValue => ({ type: 'visible-string', value });
const uint16: MmsType = { kind: 'unsigned', size: 16 };

const fixedFields = ['RptID', 'DatSet', 'OptFlds', 'BufTm', 'TrgOps', 'IntgPd'];
const fixedOptions = { sequenceNumber: true, timeStamp: true, reason: true, entryId: true, bufferOverflow: true };

export class ReportFields {
  readonly node: VariableNode & { kind: 'structure' };
  readonly control: ReportControl;
  readonly #directory: Directory;
  readonly #clock: Clock;
  #holder: { session: ServerSession | undefined; identity: string } | undefined;
  #holdTimer: { cancel(): void } | undefined;
  #isResumed = false;

  constructor(domain: string, ln: string, definition: ReportControlDefinition, directory: Directory, clock: Clock) {
    const {
      name,
      buffered,
      dataSet,
      isFixed = false,
      confRev = 1,
      bufferTimeMs = 0,
      integrityMs = 0,
      maxEntries = 1000,
    } = definition;
    this.#directory = directory;
    this.#clock = clock;
    this.node = structureNode(name);
    const reference = `${domain}/${ln}$${buffered ? 'BR' : 'RP'}$${name}`;
    this.#field('RptID', basicTypes.visibleString129, text(definition.reportId ?? reference));
    this.#field('RptEna', basicTypes.boolean, boolean(false));
    if (!buffered) this.#field('Resv', basicTypes.boolean, boolean(false));
    this.#field('DatSet', basicTypes.visibleString129, text(dataSet ? `${domain}/${ln}$${dataSet}` : ''));
    this.#field('ConfRev', basicTypes.uint32, unsigned(confRev));
    this.#field(
      'OptFlds',
      { kind: 'bit-string', size: -10 },
      { type: 'bit-string', value: optionsToBits(isFixed ? fixedOptions : {}) },
    );
    this.#field('BufTm', basicTypes.uint32, unsigned(bufferTimeMs));
    this.#field('SqNum', buffered ? uint16 : basicTypes.uint8, unsigned(0));
    const triggers = triggersToBits({ dataChange: true, qualityChange: true, generalInterrogation: true });
    this.#field('TrgOps', { kind: 'bit-string', size: -6 }, { type: 'bit-string', value: triggers });
    this.#field('IntgPd', basicTypes.uint32, unsigned(integrityMs));
    this.#field('GI', basicTypes.boolean, boolean(false));
    if (buffered) {
      this.#field('PurgeBuf', basicTypes.boolean, boolean(false));
      this.#field('EntryID', basicTypes.octets8, { type: 'octet-string', value: Buffer.alloc(8) });
      this.#field('TimeofEntry', basicTypes.entryTime, {
        type: 'binary-time',
        value: { days: 0, millisecondsOfDay: 0 },
      });
      this.#field('ResvTms', { kind: 'integer', size: 16 }, { type: 'integer', value: 0 });
    }
    if (isFixed) for (const field of fixedFields) this.node.children.get(field)!.isReadOnly = true;
    this.control = new ReportControl(buffered, this, maxEntries, clock);
    if (dataSet) this.control.watch(this.#dataSet(`${domain}/${ln}$${dataSet}`));
  }

  value(name: string): unknown {
    const field = this.node.children.get(name);
    return field?.kind === 'leaf' && 'value' in field.value ? field.value.value : bitsOf(0);
  }

  number(name: string): number {
    return this.value(name) as number;
  }

  text(name: string): string {
    return this.value(name) as string;
  }

  set(name: string, value: MmsValue): void {
    const field = this.node.children.get(name);
    if (field?.kind === 'leaf') field.value = value;
  }

  /** The association is gone: the block is free, or kept for its client as long as that asked for. */
  released(session: ServerSession): void {
    if (this.#holder?.session !== session) return;
    this.control.disable();
    this.set('RptEna', boolean(false));
    this.set('Resv', boolean(false));
    this.#isResumed = false;
    this.#holder.session = undefined;
    const seconds = this.control.isBuffered ? this.number('ResvTms') : 0;
    if (seconds <= 0) this.#free();
    else this.#holdTimer = this.#clock.setTimer(() => this.#free(), seconds * 1000);
  }

  #free(): void {
    this.#holder = undefined;
    this.set('ResvTms', { type: 'integer', value: 0 });
  }

  #field(name: string, type: MmsType, value: MmsValue): void {
    const field = addChild(this.node, leafNode(name, type, value));
    if (['ConfRev', 'SqNum', 'TimeofEntry'].includes(name)) field.isReadOnly = true;
    field.write = (written, requester) => this.#write(name, written, requester as ServerSession);
    if (name === 'EntryID') field.read = () => ({ type: 'octet-string', value: this.control.newestEntryId });
  }

  #write(name: string, value: MmsValue, session: ServerSession & Requester): DataAccessError | undefined {
    if (this.#holder && this.#holder.session !== session) {
      if (this.#holder.session || this.#holder.identity !== session.identity) return 'temporarily-unavailable';
    }
    const isEnabled = this.control.session !== undefined;
    if (isEnabled && !['RptEna', 'GI', 'PurgeBuf'].includes(name)) return 'temporarily-unavailable';
    const given = 'value' in value ? value.value : undefined;
    switch (name) {
      case 'RptEna':
        return given ? this.#enable(session) : this.#disable();
      case 'Resv':
        if (given) this.#hold(session);
        else this.#holder = undefined;
        break;
      case 'ResvTms':
        if ((given as number) > 0) this.#hold(session);
        else if (given === 0) this.#holder = undefined;
        else return 'object-value-invalid';
        break;
      case 'DatSet':
        return this.#setDataSet(given as string, session);
      case 'GI':
        if (given && !isEnabled) return 'temporarily-unavailable';
        if (given) this.control.interrogate();
        return undefined;
      case 'PurgeBuf':
        if (given && isEnabled) return 'temporarily-unavailable';
        if (given) this.control.purge();
        return undefined;
      case 'EntryID':
        if (!this.control.resumeAfter(given as Uint8Array)) return 'object-value-invalid';
        this.#isResumed = true;
        return undefined;
      default:
    }
    this.set(name, value);
    return undefined;
  }

  #hold(session: ServerSession): void {
    this.#holdTimer?.cancel();
    this.#holder = { session, identity: session.identity };
  }

  #enable(session: ServerSession): DataAccessError | undefined {
    if (!this.control.dataSet) return 'temporarily-unavailable';
    this.#hold(session);
    this.set('RptEna', boolean(true));
    this.control.enable(session, this.#isResumed);
    this.#isResumed = false;
    return undefined;
  }

  #disable(): undefined {
    this.control.disable();
    this.set('RptEna', boolean(false));
    return undefined;
  }

  #setDataSet(name: string, session: ServerSession): DataAccessError | undefined {
    const dataSet = name === '' ? undefined : this.#dataSet(name, session);
    if (name !== '' && !dataSet) return 'object-value-invalid';
    if (dataSet === this.control.dataSet) return undefined;
    this.control.watch(dataSet);
    this.set('DatSet', text(name));
    this.set('ConfRev', unsigned(this.number('ConfRev') + 1));
    return undefined;
  }

  #dataSet(name: string, session?: ServerSession) {
    try {
      const key = nameText(parseListName(name));
      return this.#directory.dataSets.get(key) ?? session?.dataSets.get(key);
    } catch {
      return undefined;
    }
  }
}
