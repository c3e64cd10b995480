/**
 * The query of a search of logs. The tenant is the first filter and always there; values of the caller's are let into the
 * query only when they consist of characters that mean nothing in its language, so none can end a text and begin a command.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */

/** The kinds of the documents, as conditions on the lines that the kernel's logger writes. */
export const logKinds = ['application', 'access', 'error', 'audit', 'performance'] as const;
export type LogKind = (typeof logKinds)[number];

export const logLevels = ['debug', 'info', 'warning', 'error', 'critical'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogSearch {
  tenantId: string;
  kind?: LogKind | undefined;
  level?: LogLevel | undefined;
  /** A domain, e.g. `billing`. */
  source?: string | undefined;
  userId?: string | undefined;
  correlationId?: string | undefined;
  requestId?: string | undefined;
  text?: string | undefined;
  limit: number;
}

/** An answer that takes longer is a matter of performance. */
const slowMs = 1000;

const conditionsOfKind: Record<LogKind, string[]> = {
  access: ['message = "request"'],
  // Deeds that say so themselves, and requests that may have changed something; what exactly is in the history of each row.
  audit: ['message = "audit" or (message = "request" and method in ["POST", "PUT", "PATCH", "DELETE"])'],
  performance: ['message = "request"', `durationMs >= ${slowMs}`],
  error: ['level in ["ERROR", "CRITICAL"]'],
  application: ['message != "request"', 'message != "audit"'],
};

const levelNames: Record<LogLevel, string> = {
  debug: 'DEBUG',
  info: 'INFO',
  warning: 'WARN',
  error: 'ERROR',
  critical: 'CRITICAL',
};

/** Ids: nothing that could end a text. */
export const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/;
/** Words of any language; no quotes, backslashes, pipes, slashes, brackets or line ends. */
export const textPattern = /^[\p{L}\p{M}\p{N} .,:;@_+=#%?!-]{2,100}$/u;
export const sourcePattern = /^[a-z]{2,20}$/;

/** @throws Error for a value that could change the query: what a route's schema lets through never does */
export function buildQuery(search: LogSearch, logGroupPrefix: string): string {
  const { tenantId, kind, level, source, userId, correlationId, requestId, text, limit } = search;
  const isField = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`${name} = ${quoted(value, idPattern)}`];
  const conditions = [
    ...isField('tenantId', tenantId),
    ...(kind === undefined ? [] : conditionsOfKind[kind]),
    ...(level === undefined ? [] : [`level = "${levelNames[level]}"`]),
    ...isField('userId', userId),
    ...isField('correlationId', correlationId),
    ...isField('requestId', requestId),
    ...(text === undefined ? [] : [`@message like ${quoted(text, textPattern)}`]),
  ];
  if (!Number.isInteger(limit)) throw new Error('A search needs a whole number of lines.');
  const prefix = logGroupPrefix + (source === undefined ? '' : `${checked(source, sourcePattern)}-`);
  return [
    `SOURCE logGroups(namePrefix: ['${checked(prefix, /^[\w/-]+$/)}'])`,
    'fields @timestamp, @message, @log',
    ...conditions.map((condition) => `filter ${condition}`),
    'sort @timestamp desc',
    `limit ${limit}`,
  ].join(' | ');
}

const quoted = (value: string, pattern: RegExp): string => `"${checked(value, pattern)}"`;

function checked(value: string, pattern: RegExp): string {
  if (!pattern.test(value)) throw new Error('A value that does not belong into a query of logs.');
  return value;
}
