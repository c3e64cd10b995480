/**
 * An edit of usage: what a person decided that a meter took in a stretch, interval by interval, by which method, why, and what
 * counted before. It is taken back by another edit; none is changed after it was decided.
 */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { externalId, label, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { registerKwh } from '../meters/meter-schema.ts';
import { editStatuses } from '../reading-edits/edit-schema.ts';

/**
 * `linear`: evenly over the stretch; `like_days`: as on the same days of the week before; `history`: the mean of the four weeks
 * before; `values`: as given.
 */
export const usageEditMethods = ['linear', 'like_days', 'history', 'values'] as const;
/** Which energy: taken from the network, fed into it, or inductive reactive energy. */
export const editedEnergies = ['taken', 'fed_in', 'reactive'] as const;
export type EditedEnergy = (typeof editedEnergies)[number];
const usageEditIntervals = ['quarter_hour', 'hour', 'day'] as const;
/** 31 days of quarter hours. */
export const mostCells = 2976;

/** Kilowatt-hours of primary energy; of reactive energy kilovarhours, in all fields of this name. */
const kwh = registerKwh;

export const requestUsageEditSchema = z.object({
  meterId: externalId(),
  /** `to` is exclusive. */
  from: timestamp(),
  to: timestamp(),
  /** How fine; days are the tenant's local ones. */
  interval: z._default(z.enum(usageEditIntervals), 'hour'),
  energy: z._default(z.enum(editedEnergies), 'taken'),
  method: z.enum(usageEditMethods),
  /** Of `values`: one for each interval, in order. */
  values: z.optional(z.array(kwh()).check(z.minLength(1), z.maxLength(mostCells))),
  /** What the whole stretch comes to. @default what the register moved, where it is known at both ends */
  totalKwh: z.optional(kwh()),
  /** The register counted wrongly: what `like_days` or `history` say stands as it is. */
  ignoreRegister: z._default(z.boolean(), false),
  reason: label(500),
});

export const usageEditActions = ['set', 'undo'] as const;

const usageEditSchema = z.object({
  id: z.string(),
  meterId: z.string(),
  action: z.enum(usageEditActions),
  from: utcTime(),
  to: utcTime(),
  interval: z.enum(usageEditIntervals),
  /** @default `taken` */
  energy: z.optional(z.enum(editedEnergies)),
  method: z.enum(usageEditMethods),
  intervals: z.int(),
  /** What the stretch came to before, and comes to with the edit; missing where nothing is known. Decimal kWh, or kvarh. */
  oldKwh: z.optional(z.string()),
  newKwh: z.optional(z.string()),
  /** What the register moved, where it is known at both ends. */
  registerKwh: z.optional(z.string()),
  /** What the amounts were made of. */
  basis: z.string(),
  reason: z.string(),
  status: z.enum(editStatuses),
  requestedBy: z.string(),
  requestedAt: utcTime(),
  decidedBy: z.optional(z.string()),
  decidedAt: z.optional(utcTime()),
  declineReason: z.optional(z.string()),
  /** Of `undo`: the edit that no longer counts. */
  undoes: z.optional(z.string()),
  /** Of an edit that no longer counts: the edit that took it back. */
  undoneBy: z.optional(z.string()),
  undoneAt: z.optional(utcTime()),
});

export const storedUsageEditSchema = storedSchema(usageEditSchema);

/** One interval of an edit. */
export const usageEditCellSchema = z.object({
  from: utcTime(),
  to: utcTime(),
  kwh: z.string(),
  oldKwh: z.optional(z.string()),
});

export type UsageEdit = z.infer<typeof usageEditSchema>;
export type RequestUsageEdit = z.infer<typeof requestUsageEditSchema>;
