/** How commands are stored: by meter, by time, and the one that is open of a meter, which keeps two from crossing each other. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type CommandSettings, commandSettingsSchema, type MeterCommand } from './command-schema.ts';

export const commandEntity = defineEntity<MeterCommand>()({
  name: 'meter command',
  table: 'billing',
  key: ({ id }) => ({ pk: ['COMMAND', id], sk: ['COMMAND'] }),
  indexes: {
    gsi1: ({ meterId, id }) => ({ pk: ['METER-COMMANDS', meterId], sk: [id] }),
    gsi2: ({ id }) => ({ pk: ['COMMANDS'], sk: [id] }),
  },
  idOf: ({ id }) => id,
});

export const openCommandEntity = defineEntity<{ meterId: string; commandId: string }, { meterId: string }>()({
  name: 'open command',
  table: 'billing',
  key: ({ meterId }) => ({ pk: ['OPEN-COMMAND', meterId], sk: ['OPEN-COMMAND'] }),
  idOf: ({ meterId }) => meterId,
});

export const commandSettingsEntity = defineEntity<CommandSettings & { id: 'commands' }, { id: 'commands' }>()({
  name: 'settings of commands',
  table: 'billing',
  key: ({ id }) => ({ pk: ['SETTINGS'], sk: [id] }),
  idOf: ({ id }) => id,
});

export async function readCommandSettings(session: TenantSession): Promise<CommandSettings> {
  return commandSettingsSchema.parse((await session.get(commandSettingsEntity, { id: 'commands' })) ?? {});
}
