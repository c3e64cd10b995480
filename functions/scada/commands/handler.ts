/** Lambda entry of `/api/scada/commands`. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { type Command, commandEntity, openCommands } from '../controls/command-entity.ts';
import { approveCommand, rejectCommand } from '../controls/decide-command.ts';
import { commands } from './routes.ts';

export const handler = serve(
  commands,
  {
    listOpenCommands: async ({ session, query, page }) => {
      const { items, nextCursor } = await session.query<Command & Stored>(commandEntity, {
        index: 'gsi2',
        pk: openCommands,
        order: 'descending',
        filter: equals({ status: query.status }),
        ...page,
      });
      return { data: items, pagination: { limit: page.limit, nextCursor } };
    },
    getCommand: async ({ session, params }) => ({ data: await session.require(commandEntity, params) }),
    getCommandHistory: readHistory(commandEntity),
    approveCommand: async ({ session, params, principal }) => ({
      data: await approveCommand(session, principal, params.id),
    }),
    rejectCommand: async ({ session, params, principal, body }) => ({
      data: await rejectCommand(session, principal, params.id, body.comment),
    }),
  },
  { table: 'scada' },
);
