/** A supply: a customer takes energy at a meter under a tariff, from a local day to another. Bills follow supplies. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { externalId, generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';

const power = (message: ReturnType<typeof fieldMessage>) => z.string().check(z.regex(/^\d{1,7}(\.\d{1,3})?$/, message));
export const kilowatts = () =>
  power(fieldMessage('Not a power in kW such as "7.5".', 'ليست قدرة بالكيلوواط مثل "7.5".'));
export const kilovoltAmperes = () =>
  power(fieldMessage('Not a power in kVA such as "7.5".', 'ليست قدرة بالكيلوفولت أمبير مثل "7.5".'));

export const startSupplySchema = z.object({
  customerId: generatedId('cus'),
  meterId: externalId(),
  tariffId: generatedId('tar'),
  /** First local day. */
  from: localDate(),
  mode: z._default(z.enum(['postpaid', 'prepaid']), 'postpaid'),
  connectedKw: z.optional(kilowatts()),
  contractedKw: z.optional(kilowatts()),
  /** Contracted apparent power, for tariffs with a demand in kVA. */
  contractedKva: z.optional(kilovoltAmperes()),
  /** Phases that charges by phase count. @default those of the meter */
  phases: z.optional(z.union([z.literal(1), z.literal(3)])),
  /** Homes behind the meter. */
  dwellings: z._default(z.int().check(z.minimum(1), z.maximum(1000)), 1),
  /** Pole, pillar or service line. */
  connectionPoint: z.optional(label(100)),
  /** A branch, region or cost centre of the customer's: each has invoices of its own. @default the customer's common ones */
  invoiceGroup: z.optional(label(60)),
});

/** Tariffs in order, each with the first local day it no longer held. */
export const earlierTariffs = z.optional(z.array(z.object({ tariffId: z.string(), until: z.string() })));

export const supplySchema = z.extend(startSupplySchema, {
  id: z.string(),
  customerId: z.string(),
  /** The tariff since the last change of it, which may be still to come. */
  tariffId: z.string(),
  /** Those before that. */
  tariffsBefore: earlierTariffs,
  /** First local day it no longer holds. */
  to: z.optional(z.string()),
  phases: z.int(),
  /** First local day that no bill covers yet. */
  billedTo: z.optional(z.string()),
});

export const storedSupplySchema = storedSchema(supplySchema);
export type Supply = z.infer<typeof supplySchema>;

/** A supply with what billing remembers of it; answers leave the rest away. */
export interface BilledSupply extends Supply {
  /** Which of the customer's it is, from 1: of a supply that follows another at its meter, the same. */
  place: number;
  /**
   * Earlier bills, the newest first: the day they end, kWh a day, the demand that was measured (kW, kVA), the bank before, to go back to,
   * whether it settled the bank, and of one that ends where another currency begins the first day of the bill that both are.
   */
  history?: {
    to?: string;
    kwhPerDay: string;
    demandKw?: string;
    demandKva?: string;
    bankBefore?: Record<string, string>;
    bankSettled?: true;
    cutFrom?: string;
  }[];
  /** The run that made its last bill, so that the run counts it also when it looks a second time. */
  billedBy?: string;
  /** How many of its bills were cancelled: numbers of invoices are never used twice. */
  cancelledBills?: number;
  /** kWh fed in and not used up, by bucket. */
  exportBank?: Record<string, string>;
  /** What keeps its next days from being billed, or did when they were looked at last. */
  veeException?: string;
}

const shownFields = Object.keys(storedSupplySchema.shape) as (keyof z.infer<typeof storedSupplySchema>)[];

/** A supply as answers and events have it: without what billing remembers for itself. */
export const shownSupply = (supply: Supply & Stored): Supply & Stored =>
  Object.fromEntries(
    shownFields.flatMap((field) => (supply[field] === undefined ? [] : [[field, supply[field]]])),
  ) as unknown as Supply & Stored;
