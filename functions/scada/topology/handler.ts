/** Lambda entry of `/api/scada/topology`. */

import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { createElement, deleteElement, setPosition, updateElement } from './change-network.ts';
import { customersBehind } from './customers-behind.ts';
import {
  type Element,
  elementEntity,
  elementPartition,
  type MeterPlace,
  meterPlaceEntity,
  metersOf,
} from './element-entity.ts';
import { loadNetwork } from './load-network.ts';
import { placeMeters, removeMeter } from './place-meters.ts';
import { presentElements } from './present-elements.ts';
import { topology } from './routes.ts';

async function present(session: TenantSession, element: Element & Stored) {
  return presentElements(await loadNetwork(session), [element])[0]!;
}

export const handler = serve(
  topology,
  {
    listElements: async ({ session, query, page }) => {
      const [network, { items, nextCursor }] = await Promise.all([
        loadNetwork(session),
        session.query<Element & Stored>(elementEntity, {
          pk: elementPartition,
          filter: equals(query),
          ...page,
        }),
      ]);
      return { data: presentElements(network, items), pagination: { limit: page.limit, nextCursor } };
    },
    getElement: async ({ session, params }) => ({
      data: await present(session, await session.require(elementEntity, params)),
    }),
    getElementHistory: readHistory(elementEntity),
    createElement: async ({ session, body }) => ({ data: await present(session, await createElement(session, body)) }),
    updateElement: async ({ session, params, body, expectedVersion }) => {
      const before = await session.require(elementEntity, params);
      refuseStale(before, expectedVersion);
      return { data: await present(session, await updateElement(session, before, body as object)) };
    },
    deleteElement: async ({ session, params, expectedVersion }) => {
      const element = await session.require(elementEntity, params);
      refuseStale(element, expectedVersion);
      await deleteElement(session, element);
      return {};
    },
    setSwitchPosition: async ({ session, params, body }) => {
      const element = await session.require(elementEntity, params);
      await setPosition(session, element, body.position);
      return { data: await present(session, element) };
    },
    placeMeters: async ({ session, params, body }) => ({ data: await placeMeters(session, params.id, body.meterIds) }),
    listElementMeters: async ({ session, params, page }) => {
      await session.require(elementEntity, params);
      const { items, nextCursor } = await session.query<MeterPlace>(meterPlaceEntity, {
        index: 'gsi1',
        pk: metersOf(params.id),
        ...page,
      });
      return {
        data: items.map(({ meterId }) => ({ meterId })),
        pagination: { limit: page.limit, nextCursor },
      };
    },
    removeMeter: async ({ session, params }) => {
      await removeMeter(session, params.id, params.meterId);
      return {};
    },
    listCustomersBehind: async ({ session, params, query }) => ({
      data: await customersBehind(session, params.id, query.limit),
    }),
  },
  { table: 'scada' },
);
