/** Lambda entry of `/api/scada/controls`. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { pointEntity } from '../points/point-entity.ts';
import { type Command, commandEntity, controlCommands } from './command-entity.ts';
import { listControls } from './list-controls.ts';
import { requestCommand } from './request-command.ts';
import { controls } from './routes.ts';

export const handler = serve(
  controls,
  {
    listControls: async ({ session, query, page }) => {
      const { items, nextCursor } = await listControls(session, query.stationId, page);
      return { data: items, pagination: { limit: page.limit, nextCursor } };
    },
    executeControl: async ({ session, params, body, principal, headers }) => ({
      data: await requestCommand(session, {
        pointId: params.id,
        ...body,
        requestedBy: principal.subject,
        idempotencyKey: headers['idempotency-key'],
      }),
    }),
    listControlHistory: async ({ session, params, page }) => {
      // A point that can no longer be commanded keeps its history.
      await session.require(pointEntity, params);
      const { items, nextCursor } = await session.query<Command & Stored>(commandEntity, {
        index: 'gsi1',
        pk: controlCommands(params.id),
        order: 'descending',
        ...page,
      });
      return { data: items, pagination: { limit: page.limit, nextCursor } };
    },
  },
  { table: 'scada' },
);
