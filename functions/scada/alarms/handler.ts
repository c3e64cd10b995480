/** Lambda entry of `/api/scada/alarms`. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { alarmEntity } from './alarm-entity.ts';
import { acknowledgeAlarm, closeAlarm, commentAlarm } from './change-alarm.ts';
import { escalateAlarm } from './escalate-alarm.ts';
import { listActiveAlarms, listAlarms } from './list-alarms.ts';
import { alarms } from './routes.ts';
import { shelveAlarm, unshelveAlarm } from './shelve-alarm.ts';

interface Acting {
  principal: { subject: string };
  body: { comment?: string | undefined };
  expectedVersion: number | undefined;
}

const by = ({ principal, body, expectedVersion }: Acting) => ({
  subject: principal.subject,
  comment: body.comment,
  expectedVersion,
});

export const handler = serve(
  alarms,
  {
    listAlarms: async ({ session, query, page }) => {
      const { items, nextCursor } = await listAlarms(session, query, page);
      return { data: items, pagination: { limit: page.limit, nextCursor } };
    },
    listActiveAlarms: async ({ session, query, page }) => {
      const { items, nextCursor } = await listActiveAlarms(session, query, page);
      return { data: items, pagination: { limit: page.limit, nextCursor } };
    },
    getAlarm: async ({ session, params }) => ({ data: await session.require(alarmEntity, params) }),
    getAlarmHistory: readHistory(alarmEntity),
    acknowledgeAlarm: async (request) => ({
      data: await acknowledgeAlarm(request.session, request.params.id, by(request)),
    }),
    closeAlarm: async (request) => ({ data: await closeAlarm(request.session, request.params.id, by(request)) }),
    shelveAlarm: async (request) => ({
      data: await shelveAlarm(request.session, request.params.id, request.body.until, by(request)),
    }),
    unshelveAlarm: async (request) => ({ data: await unshelveAlarm(request.session, request.params.id, by(request)) }),
    escalateAlarm: async (request) => ({ data: await escalateAlarm(request.session, request.params.id, by(request)) }),
    commentAlarm: async (request) => ({ data: await commentAlarm(request.session, request.params.id, by(request)) }),
  },
  { table: 'scada' },
);
