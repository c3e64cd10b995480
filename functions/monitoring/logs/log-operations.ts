/** What can be done with logs: searching them. */
import { countRequest } from '../../../layers/kernel/auth/rate-limit.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { maskSecrets, maskText } from '../../../layers/monitoring/mask-secrets.ts';
import type { LogLevel } from './build-query.ts';
import type { LogRoutes } from './routes.ts';
import { type LogLine, searchLogs } from './search-logs.ts';

const hourMs = 3_600_000;
const maxRangeMs = 24 * hourMs;
/** A search of a day over a large installation looks through gigabytes. */
const searchLimit = { perMinute: 10, perDay: 300 };

export const logOperations: Operations<LogRoutes> = {
  searchLogs: async ({ session, query }) => {
    const { from, to, count: limit, ...search } = query;
    const nowMs = Date.now();
    const toMs = to === undefined ? nowMs : Date.parse(to);
    const fromMs = from === undefined ? toMs - hourMs : Date.parse(from);
    if (fromMs >= toMs || toMs - fromMs > maxRangeMs)
      throw new AppError('unprocessable', undefined, {
        texts: {
          en: '"from" must be before "to", a day at most.',
          ar: 'يجب أن يسبق "from" "to" بيوم واحد على الأكثر.',
        },
      });
    const { tenantId } = session;
    await countRequest(tenantId, 'log-searches', searchLimit, nowMs);
    return { data: (await searchLogs({ ...search, tenantId, limit }, fromMs, toMs)).map(view) };
  },
};

/** Which tenant a line belongs to is known to who reads it, and where it ran is nobody's business. */
const leftOut = new Set(['timestamp', 'sampling_rate', 'tenantId', 'xray_trace_id', '_aws']);

function view({ at, logGroup, fields }: LogLine) {
  const { level, message, service, userId, requestId, correlationId, ...rest } = fields;
  const text = (value: unknown): string | null => (typeof value === 'string' ? maskText(value) : null);
  const context = Object.fromEntries(Object.entries(rest).filter(([name]) => !leftOut.has(name)));
  return {
    at,
    level: levelOf(level),
    message: text(message) ?? '',
    source: logGroup.split('/').at(-1) ?? null,
    service: text(service),
    userId: text(userId),
    requestId: text(requestId),
    correlationId: text(correlationId),
    context: withoutStacks(maskSecrets(context)) as Record<string, unknown>,
  };
}

const levels: Record<string, LogLevel> = { DEBUG: 'debug', WARN: 'warning', ERROR: 'error', CRITICAL: 'critical' };
const levelOf = (level: unknown): LogLevel => levels[String(level)] ?? 'info';

/** How the code is laid out is for who runs the installation, who reads the log groups themselves. */
function withoutStacks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutStacks);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) =>
      name === 'stack' || name === 'location' ? [] : [[name, withoutStacks(inner)]],
    ),
  );
}
