/** `ItemCollectionMetrics`, which only tables with local secondary indexes have. */

import type { PreparedWrite } from './prepare-write.ts';
import { type ApiRequest, optionalEnum } from './request-members.ts';

export function itemCollectionMetrics(request: ApiRequest, { table, keys }: PreparedWrite): object {
  if (optionalEnum(request, 'ReturnItemCollectionMetrics', ['SIZE', 'NONE']) !== 'SIZE') return {};
  const { hash, indexes } = table.entry.definition;
  if (!indexes.some(({ kind }) => kind === 'local')) return {};
  return {
    ItemCollectionMetrics: {
      ItemCollectionKey: { [hash.name]: keys[hash.name] },
      // An estimate in whole gigabytes; a local collection stays below the first.
      SizeEstimateRangeGB: [0, 1],
    },
  };
}
