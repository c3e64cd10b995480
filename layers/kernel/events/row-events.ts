/**
 * Events of rows: for entities that declare them, every insert, update and delete is published from the transaction that
 * makes it, by the data layer and by no one's memory. Partners who mirror a table listen to these; who reacts to
 * behaviour listens to the named events, such as `invoice.paid`.
 */
import * as z from 'zod/mini';
import type { Stored } from '../data/entity.ts';
import type { Translated } from '../i18n/locale.ts';
import { defineEvent, type EventDefinition } from './define-event.ts';

const rowOperations = ['insert', 'update', 'delete'] as const;
export type RowOperation = (typeof rowOperations)[number];

const rowPayload = z.object({
  operation: z.enum(rowOperations),
  id: z.string(),
  /** Grows by one with every change: a consumer that has seen a higher one drops a late event. */
  version: z.int(),
  /** The row as it is now; on update its changed attributes alone; missing on delete. */
  new: z.optional(z.record(z.string(), z.unknown())),
  /** On update the values before of what changed; on delete the whole row. */
  old: z.optional(z.record(z.string(), z.unknown())),
  /** On update the names of what changed. What is removed is named here and missing in `new`. */
  changed: z.optional(z.array(z.string())),
});

type RowDefinition = EventDefinition<string, typeof rowPayload>;

export interface RowEvents extends Record<RowOperation, RowDefinition> {
  /** Attributes that never leave with an event: secrets, and what is too large to send with every change. */
  omit: ReadonlySet<string>;
}

export interface RowEventsSpec {
  /** `customer`: the types become `customer.insert`, `customer.update`, `customer.delete`. */
  aggregateType: string;
  source: string;
  /** The entity in a sentence: `a customer`, `مشترك`. */
  noun: Translated;
  /** A row, for the documentation. */
  example: { id: string } & Record<string, unknown>;
  /** @default none; an entity's secret attributes are left out always */
  omit?: readonly string[];
}

export function defineRowEvents({ aggregateType, source, noun, example, omit = [] }: RowEventsSpec): RowEvents {
  const define = (operation: RowOperation, summary: Translated, payload: object): RowDefinition =>
    defineEvent({
      type: `${aggregateType}.${operation}`,
      source,
      schemaVersion: 1,
      aggregateType,
      summary,
      payload: rowPayload,
      example: { operation, id: example.id, ...payload } as z.output<typeof rowPayload>,
    });
  return {
    insert: define(
      'insert',
      { en: `The row of ${noun.en} was added.`, ar: `أُضيف سجل ${noun.ar}.` },
      { version: 1, new: example },
    ),
    update: define(
      'update',
      { en: `The row of ${noun.en} was changed.`, ar: `عُدّل سجل ${noun.ar}.` },
      { version: 2, new: { status: 'b' }, old: { status: 'a' }, changed: ['status'] },
    ),
    delete: define(
      'delete',
      { en: `The row of ${noun.en} was removed.`, ar: `حُذف سجل ${noun.ar}.` },
      { version: 1, old: example },
    ),
    omit: new Set(omit),
  };
}

/** In the order of the catalogue. */
export const rowEventList = (events: RowEvents): RowDefinition[] => rowOperations.map((name) => events[name]);

const bookkeeping = new Set(['version', 'updatedAt']);

/** @returns undefined for an update that changes nothing a consumer may see */
export function rowEventPayload(
  operation: RowOperation,
  id: string,
  before: (object & Partial<Stored>) | undefined,
  after: (object & Partial<Stored>) | undefined,
  hidden: ReadonlySet<string>,
): z.output<typeof rowPayload> | undefined {
  const old = shown(before, hidden);
  const present = shown(after, hidden);
  const version = after?.version ?? before?.version ?? 1;
  if (operation === 'insert') return { operation, id, version, new: present };
  if (operation === 'delete') return { operation, id, version, old };
  const changed = [...new Set([...Object.keys(old), ...Object.keys(present)])].filter(
    (name) => !bookkeeping.has(name) && JSON.stringify(old[name]) !== JSON.stringify(present[name]),
  );
  if (changed.length === 0) return undefined;
  return { operation, id, version, new: only(present, changed), old: only(old, changed), changed };
}

function shown(row: object | undefined, hidden: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row ?? {}).filter(([name, value]) => value !== undefined && value !== null && !hidden.has(name)),
  );
}

const only = (row: Record<string, unknown>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.flatMap((name) => (name in row ? [[name, row[name]]] : [])));
