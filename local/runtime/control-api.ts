/**
 * `/_runtime` on the AWS endpoint's port: what a test or a person at the terminal asks of the runtime
 * itself and no AWS API offers: the bill, faults, the clock, the resources, messages to people, the functions' last lines.
 */
import type { CostMeter } from './cost-meter.ts';
import { type FaultInjector, type FaultRule, faultPoints } from './faults.ts';
import type { LogBuffer } from './log-buffer.ts';
import { AwsError, type AwsRequest, type AwsResponse, type Clock } from './types.ts';

export interface ControlApiParts {
  clock: Clock;
  meter: CostMeter;
  faults: FaultInjector;
  logs: LogBuffer;
  /** E-mails and text messages that would have left, oldest first. */
  messages(): object;
  /** What runs here: endpoints, outputs, resources. */
  describe(): object;
}

type ControlRoute = (parts: ControlApiParts, request: AwsRequest) => object;

const routes: Record<string, ControlRoute> = {
  'GET /_runtime': () => ({ routes: Object.keys(routes) }),
  'GET /_runtime/cost': ({ meter }) => meter.bill(),
  'DELETE /_runtime/cost': ({ meter }) => {
    meter.reset();
    return meter.bill();
  },
  'GET /_runtime/faults': ({ faults }) => ({
    injected: Object.fromEntries(faultPoints.map((point) => [point, faults.injected(point)])),
  }),
  'POST /_runtime/faults': ({ faults }, request) => {
    const { rules, seed } = parseBody(request);
    const checked = checkRules(rules);
    if (seed !== undefined && !Number.isInteger(seed)) throw badRequest('"seed" must be a whole number.');
    faults.use(checked, seed as number | undefined);
    return { rules: checked };
  },
  'DELETE /_runtime/faults': ({ faults }) => {
    faults.clear();
    return { rules: [] };
  },
  'GET /_runtime/clock': ({ clock }) => describeClock(clock),
  'POST /_runtime/clock': ({ clock }, request) => {
    const { advanceMs, skipMissed = false } = parseBody(request);
    if (typeof advanceMs !== 'number' || !Number.isInteger(advanceMs) || advanceMs < 0)
      throw badRequest('"advanceMs" must be a whole number of milliseconds from 0: the clock only turns forward.');
    if (typeof skipMissed !== 'boolean') throw badRequest('"skipMissed" must be true or false.');
    if (skipMissed) clock.leap(advanceMs);
    else clock.advance(advanceMs);
    return describeClock(clock);
  },
  'GET /_runtime/resources': ({ describe }) => describe(),
  'GET /_runtime/messages': ({ messages }) => messages(),
  'GET /_runtime/logs': ({ logs }, { query }) => {
    const limit = Number(query.get('limit') ?? 200);
    if (!Number.isInteger(limit) || limit < 1) throw badRequest('"limit" must be a whole number from 1.');
    return { lines: logs.last(limit, query.get('function') ?? '') };
  },
};

export function createControlApi(parts: ControlApiParts): (request: AwsRequest) => Promise<AwsResponse> {
  return async (request) => {
    const path = request.path.length > 1 && request.path.endsWith('/') ? request.path.slice(0, -1) : request.path;
    const route = routes[`${request.method} ${path}`];
    if (!route)
      throw new AwsError('NotFound', `There is no ${request.method} ${path}; GET /_runtime lists what is.`, 404);
    return { status: 200, body: route(parts, request) };
  };
}

function describeClock(clock: Clock): object {
  return { now: new Date(clock.now()).toISOString(), offsetMs: new Float64Array(clock.offset)[0] };
}

function checkRules(rules: unknown): FaultRule[] {
  if (!Array.isArray(rules))
    throw badRequest('"rules" must be a list of {point, probability, resource?, limit?, delayMs?}.');
  return rules.map((rule: FaultRule, index) => {
    if (!faultPoints.includes(rule?.point))
      throw badRequest(`rules[${index}].point must be one of ${faultPoints.join(', ')}.`);
    if (typeof rule.probability !== 'number' || rule.probability < 0 || rule.probability > 1)
      throw badRequest(`rules[${index}].probability must be a number from 0 to 1.`);
    for (const key of Object.keys(rule))
      if (!['point', 'probability', 'resource', 'limit', 'delayMs'].includes(key))
        throw badRequest(`rules[${index}].${key} is not known.`);
    return rule;
  });
}

function parseBody({ body }: AwsRequest): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch {}
  throw badRequest('The body must be a JSON object.');
}

function badRequest(message: string): AwsError {
  return new AwsError('BadRequest', message, 400);
}
