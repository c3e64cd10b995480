/** The functions that collect debts and switch meters: dunning, commands, giving light back. */
import type { DomainPart } from '../../../layers/kernel/domain/manifest.ts';
import { meterCommands } from '../commands/routes.ts';
import { dunning } from './routes.ts';

const folder = 'functions/billing';
const limits = { limits: 'write' } as const;

export const dunningFunctions: DomainPart = {
  resources: [
    {
      resource: dunning,
      entry: `${folder}/dunning/handler.ts`,
      access: { tables: { billing: 'readWrite', ...limits } },
    },
    {
      resource: meterCommands,
      entry: `${folder}/commands/handler.ts`,
      access: {
        tables: { billing: 'readWrite', metering: 'read', identity: 'read', ...limits },
      },
    },
  ],
  schedules: [
    {
      name: 'start-dunning',
      entry: `${folder}/dunning/start-dunning.ts`,
      // Early in the morning of Arabia; days are each tenant's own.
      schedule: 'cron(0 4 * * ? *)',
      access: { tables: { identity: 'read' }, queues: ['dunning'] },
    },
  ],
  subscribers: [
    {
      name: 'reconnect-paid',
      entry: `${folder}/dunning/on-reasons-to-reconnect.ts`,
      events: [
        'invoice.paid',
        'invoice.cancelled',
        'payment.received',
        'subscriber.updated',
        'supply.started',
        'meter.command_changed',
      ],
      access: { tables: { billing: 'readWrite', metering: 'read', identity: 'read' } },
    },
    {
      name: 'order-commands',
      entry: `${folder}/commands/on-command-changed.ts`,
      events: ['meter.command_changed'],
      access: { queues: ['meter-commands'] },
    },
    {
      name: 'confirm-commands',
      entry: `${folder}/commands/on-status-changed.ts`,
      events: ['meter.status_changed', 'meter.control_confirmed', 'meter.command_refused'],
      access: { tables: { billing: 'readWrite' } },
    },
  ],
  consumers: [
    {
      name: 'dun-page',
      entry: `${folder}/dunning/dun-page.ts`,
      queue: { name: 'dunning' },
      batchSize: 1,
      timeoutSeconds: 120,
      access: {
        tables: { billing: 'readWrite', metering: 'read', identity: 'read' },
        queues: ['dunning'],
      },
    },
    {
      name: 'send-commands',
      entry: `${folder}/commands/send-commands.ts`,
      queue: { name: 'meter-commands' },
      access: {
        tables: { billing: 'readWrite', metering: 'read', identity: 'read' },
        queues: ['meter-commands'],
        publishTopics: ['acrel/*'],
      },
    },
  ],
};
