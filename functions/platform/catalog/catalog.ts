/**
 * Every event type of the product, collected from the `events.ts` of each domain and from nothing else of theirs. A
 * test refuses a domain that is missing here.
 */
import type { EventDefinition } from '../../../layers/kernel/events/define-event.ts';
import * as billing from '../../billing/events.ts';
import * as identity from '../../identity/events.ts';
import * as ledger from '../../ledger/events.ts';
import * as metering from '../../metering/events.ts';
import * as scada from '../../scada/events.ts';
import * as support from '../../support/events.ts';
import * as platform from '../events.ts';
import { announcedNames, announcedTypes } from './announced-events.ts';

export type CatalogEntry = EventDefinition<string, any>;

/** What the test compares with the folders. */
export const cataloguedDomains: Record<string, object> = {
  billing,
  identity,
  ledger,
  metering,
  platform,
  scada,
  support,
};

export const catalog: readonly CatalogEntry[] = Object.values(cataloguedDomains)
  .flatMap((module) => Object.values(module).filter(isDefinition))
  .sort((a, b) => (a.type < b.type ? -1 : 1));

export const catalogTypes: readonly string[] = catalog.map(({ type }) => type);

/** Everything a pattern may be meant for: what is published, and what is announced. */
export const subscribableTypes: readonly string[] = [
  ...catalogTypes,
  ...announcedTypes,
  ...announcedNames.map((name) => `${name}.*`),
];

export const catalogEntry = (type: string): CatalogEntry | undefined => catalog.find((entry) => entry.type === type);

function isDefinition(value: unknown): value is CatalogEntry {
  const candidate = value as Partial<CatalogEntry> | null;
  return typeof candidate === 'object' && candidate !== null && 'schemaVersion' in candidate && 'payload' in candidate;
}
