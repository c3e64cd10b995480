/**
 * Counts readings, invoices, payments and alarms where every event passes anyhow, so that the domains need not know who looks:
 * for the installation in CloudWatch, and for each tenant in a row an hour. A metric of CloudWatch for each tenant would cost
 * $0.30 a month each, a row that is added to costs a write for some events ($0.63 a million). An event that comes again in a later
 * batch is counted again, as with every metric that is a rate and not a balance: to remember each in the transaction that counts it
 * would cost two writes an event, and all who count the same hour would wait for each other.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { type BusinessMetricName, businessMetricOf, countedIn } from './business-catalogue.ts';
import { hourEntity, hourOf, keepSecondsOf } from './business-hours.ts';
import { metricRetentionDays } from './metric-settings.ts';

/** Adds what some events of one tenant count for; one write for each hour they happened in. */
export async function countBusinessEvents(session: TenantSession, events: readonly EventEnvelope[]): Promise<void> {
  const now = session.context.now();
  const byHour = new Map<string, Map<BusinessMetricName, number>>();
  for (const event of events) {
    const counted = countedIn(event);
    if (counted === undefined) continue;
    const hour = hourOf(event.occurredAt || now);
    const counts = byHour.get(hour) ?? new Map<BusinessMetricName, number>();
    counts.set(counted.name, (counts.get(counted.name) ?? 0) + counted.count);
    byHour.set(hour, counts);
  }
  if (byHour.size === 0) return;
  const retentionDays = await metricRetentionDays(session);
  await Promise.all([...byHour].map(([hour, counts]) => add(session, hour, [...counts], retentionDays)));
}

/** For all tenants together; once an event is through, since CloudWatch cannot take anything back. */
export function countForInstallation(events: readonly EventEnvelope[]): void {
  for (const event of events) {
    const counted = countedIn(event);
    if (counted !== undefined) businessMetricOf(counted.name).countForAll?.();
  }
}

async function add(
  session: TenantSession,
  hour: string,
  counts: readonly [BusinessMetricName, number][],
  retentionDays: number,
): Promise<void> {
  await updateAtomically(
    session,
    hourEntity,
    { hour },
    {
      update: `SET #hour = :hour, expiresAt = :expires ADD ${counts.map((_, i) => `#m${i} :c${i}`).join(', ')}`,
      names: { '#hour': 'hour', ...Object.fromEntries(counts.map(([name], i) => [`#m${i}`, name])) },
      values: {
        ':hour': hour,
        ':expires': Math.floor(Date.parse(hour) / 1000) + keepSecondsOf(retentionDays),
        ...Object.fromEntries(counts.map(([, count], i) => [`:c${i}`, count])),
      },
    },
  );
}
