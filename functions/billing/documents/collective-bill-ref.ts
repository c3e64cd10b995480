/**
 * Which invoices of a customer stand together on a collective bill: those of one billing run, or, however they were made, those
 * whose days end within a period; and how the document of them is named.
 */
import type { DocumentRef } from './document-schema.ts';

/** Days of a period are local, `to` is the first day after. */
export type CollectiveScope = { runId: string } | { from: string; to: string };

/** The same for the same invoices; part of ids of documents and references of messages. */
export const scopeKey = (scope: CollectiveScope): string =>
  'runId' in scope ? scope.runId : `${scope.from}_${scope.to}`;

export const collectiveBillRef = (scope: CollectiveScope, customerId: string): DocumentRef => ({
  kind: 'collective_bill',
  id: `${scopeKey(scope)}_${customerId}`,
});

/** @returns undefined for what is no id of a collective bill */
export function readCollectiveBillId(id: string): { scope: CollectiveScope; customerId: string } | undefined {
  const [, runId, from, to, customerId] =
    /^(?:(run_\w{26})|(\d{4}-\d\d-\d\d)_(\d{4}-\d\d-\d\d))_(cus_\w{26})$/.exec(id) ?? [];
  if (customerId === undefined) return undefined;
  return { scope: runId === undefined ? { from: from!, to: to! } : { runId }, customerId };
}
