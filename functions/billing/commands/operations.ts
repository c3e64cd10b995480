/** What can be done with commands to meters. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { equals } from '../../../layers/kernel/data/expressions.ts';
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { commandEntity, commandSettingsEntity, readCommandSettings } from './command-entity.ts';
import type { MeterCommand } from './command-schema.ts';
import { approveCommand, endUnsent } from './decide-command.ts';
import { requestCommand } from './request-command.ts';
import type { meterCommands } from './routes.ts';

export const commandOperations: Operations<typeof meterCommands.routes> = {
  listMeterCommands: async ({ session, query: { meterId, status }, page }) => {
    const filter = equals({ status });
    const { items, nextCursor } = await session.query<MeterCommand & Stored>(commandEntity, {
      ...(meterId === undefined
        ? { index: 'gsi2', pk: ['COMMANDS'] }
        : { index: 'gsi1', pk: ['METER-COMMANDS', meterId] }),
      order: 'descending',
      filter,
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },
  requestMeterCommand: async ({ session, body, principal }) => ({
    data: await requestCommand(session, body, principal.subject),
  }),
  getCommandSettings: async ({ session }) => ({ data: await readCommandSettings(session) }),
  changeCommandSettings: async ({ session, body }) => {
    await saveRow(session, commandSettingsEntity, { id: 'commands', ...body });
    return { data: body };
  },
  getMeterCommand: async ({ session, params }) => ({ data: await session.require(commandEntity, params) }),
  approveMeterCommand: async ({ session, params, principal }) => ({
    data: await approveCommand(session, params.id, principal.subject),
  }),
  rejectMeterCommand: async ({ session, params, body }) => ({
    data: await endUnsent(session, params.id, 'rejected', body.reason),
  }),
  cancelMeterCommand: async ({ session, params, body }) => ({
    data: await endUnsent(session, params.id, 'cancelled', body.reason),
  }),
  getMeterCommandHistory: readHistory(commandEntity),
};
