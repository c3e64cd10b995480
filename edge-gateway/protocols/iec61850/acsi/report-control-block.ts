/** A report control block as a client reads and writes it, attribute by attribute: not every server has all of them. */
import { type Bits, bitsOf } from '../asn1/bit-string.ts';
import { AccessError, Iec61850Error } from '../errors.ts';
import type { DataAccessError } from '../mms/access-result.ts';
import type { MmsClient } from '../mms/client.ts';
import { inDomain } from '../mms/object-name.ts';
import type { MmsValue } from '../mms/value.ts';
import { readMany } from './read-many.ts';

const shared = ['RptID', 'RptEna', 'DatSet', 'ConfRev', 'OptFlds', 'BufTm', 'TrgOps', 'IntgPd'] as const;
const buffered = ['EntryID', 'ResvTms'] as const;
const unbuffered = ['Resv'] as const;

export type BlockAttribute =
  | (typeof shared)[number]
  | (typeof buffered)[number]
  | (typeof unbuffered)[number]
  | 'GI'
  | 'PurgeBuf';

export class ReportControlBlock {
  readonly reference: string;
  readonly isBuffered: boolean;
  readonly #mms: MmsClient;
  readonly #domain: string;
  readonly #item: string;
  readonly #values: Map<BlockAttribute, MmsValue>;

  private constructor(mms: MmsClient, place: Place, values: Map<BlockAttribute, MmsValue>) {
    this.#mms = mms;
    this.reference = place.reference;
    this.isBuffered = place.isBuffered;
    this.#domain = place.domain;
    this.#item = place.item;
    this.#values = values;
  }

  /**
   * @param reference `LD/LN.BR.name` or `LD/LN.RP.name`; without the constraint it is looked for in both
   * @throws AccessError when there is no such block
   */
  static async read(mms: MmsClient, reference: string): Promise<ReportControlBlock> {
    const [, domain, node, fc, name] = /^([^/]+)\/([^.]+)\.(?:(BR|RP)\.)?([^.]+)$/.exec(reference) ?? [];
    if (!domain || !node || !name) {
      throw new Iec61850Error(`${reference} is no report control block such as LD0/LLN0.BR.brcbA01.`);
    }
    for (const constraint of fc ? [fc] : ['BR', 'RP']) {
      const isBuffered = constraint === 'BR';
      const place = { reference, domain, item: `${node}$${constraint}$${name}`, isBuffered };
      const values = await readAttributes(mms, place);
      if (values.has('RptEna')) return new ReportControlBlock(mms, place, values);
    }
    throw new AccessError(reference, 'object-non-existent');
  }

  has(attribute: BlockAttribute): boolean {
    return this.#values.has(attribute);
  }

  text(attribute: BlockAttribute): string {
    const value = this.#values.get(attribute);
    return value?.type === 'visible-string' ? value.value : '';
  }

  number(attribute: BlockAttribute): number {
    const value = this.#values.get(attribute);
    return value?.type === 'unsigned' || value?.type === 'integer' ? Number(value.value) : 0;
  }

  flag(attribute: BlockAttribute): boolean {
    const value = this.#values.get(attribute);
    return value?.type === 'boolean' && value.value;
  }

  bits(attribute: BlockAttribute): Bits {
    const value = this.#values.get(attribute);
    return value?.type === 'bit-string' ? value.value : bitsOf(0);
  }

  async refresh(attribute: BlockAttribute): Promise<void> {
    const [value] = await this.#mms.read([{ name: inDomain(this.#domain, `${this.#item}$${attribute}`) }]);
    if (value && value.type !== 'access-error') this.#values.set(attribute, value);
  }

  /** The reason why it was not written, undefined when it was. */
  async tryWrite(attribute: BlockAttribute, value: MmsValue): Promise<DataAccessError | undefined> {
    const variable = { name: inDomain(this.#domain, `${this.#item}$${attribute}`) };
    const [error] = await this.#mms.write([variable], [value]);
    if (!error) this.#values.set(attribute, value);
    return error;
  }

  /** @throws AccessError when the server does not take it */
  async write(attribute: BlockAttribute, value: MmsValue): Promise<void> {
    const error = await this.tryWrite(attribute, value);
    if (error) throw new AccessError(`${this.reference}.${attribute}`, error);
  }

  writeFlag(attribute: BlockAttribute, value: boolean): Promise<void> {
    return this.write(attribute, { type: 'boolean', value });
  }
}

interface Place {
  reference: string;
  domain: string;
  item: string;
  isBuffered: boolean;
}

async function readAttributes(mms: MmsClient, place: Place): Promise<Map<BlockAttribute, MmsValue>> {
  const attributes = [...shared, ...(place.isBuffered ? buffered : unbuffered)];
  const results = await readMany(
    mms,
    attributes.map((attribute) => ({ name: inDomain(place.domain, `${place.item}$${attribute}`) })),
  );
  const values = new Map<BlockAttribute, MmsValue>();
  for (const [at, result] of results.entries()) {
    if (result.type !== 'access-error') values.set(attributes[at]!, result);
  }
  return values;
}
