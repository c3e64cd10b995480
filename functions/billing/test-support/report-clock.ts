/** Scheduled reports for tests: people who may see them, the clock's ticks, the walks behind them, and the mails that come of it. */
import { afterAll, beforeAll } from 'vitest';
import { environmentName } from '../../../layers/kernel/config/resource-names.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { createSesService, type SentEmail, type SesService } from '../../../local/services/ses/index.ts';
import { serveForTest } from '../../../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../../../local/services/test-support/fake-context.ts';
import { type User, userEntity } from '../../identity/users/user-entity.ts';
import { busBatch, makeEvent } from '../../platform/test-support/fixtures.ts';
import type { LossReportMessage } from '../losses/start-loss-report.ts';
import { workOnLossReport } from '../losses/work-on-loss-report.ts';
import { handler } from '../report-schedules/handler.ts';
import { handler as onReportEnded } from '../report-schedules/on-report-ended.ts';
import { lookAfterRuns, startDue } from '../report-schedules/start-reports.ts';
import { countPage } from '../reports/count-page.ts';
import type { ReportMessage } from '../reports/start-report.ts';
import type { BillingStack, CallOptions } from './billing-stack.ts';

const sender = 'no-reply@mizan.example';

export function useReportClock(stack: BillingStack) {
  let ses: SesService;
  let close: () => Promise<void>;
  const told = new Set<string>();
  beforeAll(async () => {
    ses = createSesService(createFakeContext());
    await createResource(ses, 'AWS::SES::EmailIdentity', 'sender', { EmailIdentity: sender });
    const mail = await serveForTest(ses);
    close = mail.close;
    Object.assign(process.env, { AWS_ENDPOINT_URL_SESV2: mail.url, [environmentName.emailSender()]: sender });
  });
  afterAll(() => close());

  const call = (tenant: string, method: string, path = '', options: CallOptions = {}) =>
    stack.call(tenant, handler, method, `/api/billing/report-schedules${path}`, options);
  return {
    call,
    async addUser(tenant: string, more: Partial<User> = {}): Promise<string> {
      const id = newId('usr');
      const own = { id, email: `${id.slice(-6).toLowerCase()}@utility.example`, name: 'Huda', roles: ['ACCOUNTANT'] };
      const emailVerifiedAt = '2026-01-01T00:00:00.000Z';
      const user: User = { ...own, emailVerifiedAt, workspaces: [], status: 'active', locale: 'ar', ...more };
      await openSession(tenant).transact('identity', (unit) => unit.create(userEntity, user));
      return id;
    },
    async changeUser(tenant: string, id: string, changes: Partial<User>): Promise<void> {
      const session = openSession(tenant);
      const user = await session.require(userEntity, { id });
      await session.transact('identity', (unit) => unit.update(userEntity, user, changes));
    },
    async add(tenant: string, body: object): Promise<any> {
      const { status, body: answer } = await call(tenant, 'POST', '', { body });
      if (status !== 201) throw new Error(`The schedule was refused: ${JSON.stringify(answer)}.`);
      return answer.data;
    },
    runs: async (tenant: string, id: string): Promise<any[]> => (await call(tenant, 'GET', `/${id}/runs`)).body.data,
    /** Ticks as often at once as asked for, which is once unless a tick is delivered twice. @returns reports started */
    async tick(tenant: string, times = 1): Promise<number> {
      const session = openSession(tenant);
      const started = await Promise.all(Array.from({ length: times }, () => startDue(session)));
      await Promise.all(Array.from({ length: times }, () => lookAfterRuns(session)));
      return started.reduce((sum, one) => sum + one, 0);
    },
    async work(): Promise<void> {
      await stack.workOff('billing-reports', (body) => countPage(JSON.parse(body) as ReportMessage));
      await stack.workOff('loss-reports', (body) => workOnLossReport(JSON.parse(body) as LossReportMessage));
    },
    /** Brings what schedules told since, so many times at once. @returns how many deliveries are to come again */
    async deliver(times = 1): Promise<number> {
      const fresh = stack.events('report.ready', 'report.failed').filter(({ id }) => !told.has(id.S));
      let again = 0;
      for (const { id, type, tenantId, payload } of fresh) {
        const event = makeEvent({ type: type.S, tenantId: tenantId.S, payload: JSON.parse(payload.S) });
        const batches = await Promise.all(Array.from({ length: times }, () => onReportEnded(busBatch([event]))));
        const failed = batches.reduce((sum, { batchItemFailures }) => sum + batchItemFailures.length, 0);
        again += failed;
        if (failed < times) told.add(id.S);
      }
      return again;
    },
    mails: (): readonly SentEmail[] => ses.sentEmails(),
  };
}
