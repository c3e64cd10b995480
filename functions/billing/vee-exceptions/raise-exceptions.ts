/**
 * Turns what a bill could not stand on into an exception for people. Two runs at once, or one whose messages come twice, make
 * one; the supply remembers it, so that bills without exceptions cost no read.
 */
import { retryOnChangeOrMade } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { CheckName } from '../../../layers/vee/checks.ts';
import { supplyEntity } from '../supplies/supply-entity.ts';
import type { BilledSupply } from '../supplies/supply-schema.ts';
import { closeInto } from './close-exceptions.ts';
import { covers } from './decision-on.ts';
import { exceptionIdOf, type StoredException, veeExceptionEntity } from './exception-entity.ts';
import { usageRefusals, type VeeException } from './exception-schema.ts';

export interface UnbilledStretch {
  supplyId: string;
  meterId: string;
  from: string;
  to: string;
  reason: string;
  checks: readonly CheckName[];
  failures?: readonly string[];
  details: readonly string[];
  /** Whether a decision was followed, and did not help. */
  isDecided?: boolean;
}

const isRefusal = (reason: string): reason is VeeException['reason'] =>
  (usageRefusals as readonly string[]).includes(reason);

/** Problems that are not about readings, such as a tariff without a price for the day, are no exceptions. */
export async function raiseExceptions(
  session: TenantSession,
  customerId: string,
  problems: readonly UnbilledStretch[],
  runId: string | undefined,
): Promise<void> {
  for (const { supplyId, meterId, from, to, reason, checks, failures = [], details, isDecided = false } of problems)
    if (isRefusal(reason))
      await raise(session, isDecided, {
        id: exceptionIdOf(supplyId, from),
        ...{ supplyId, customerId, meterId, from, to, reason },
        status: 'open',
        checks: [...checks],
        failures: [...failures],
        details: details.slice(0, mostDetails),
        ...(runId === undefined ? {} : { runId }),
      });
}

/** A meter that sends nonsense does so every quarter of an hour. */
const mostDetails = 50;

function raise(session: TenantSession, isDecided: boolean, found: VeeException): Promise<void> {
  return retryOnChangeOrMade(async () => {
    const [supply, before] = await Promise.all([
      session.get(supplyEntity, { id: found.supplyId }, { consistent: true }),
      session.get(veeExceptionEntity, { id: found.id }, { consistent: true }),
    ]);
    // Billed by somebody else meanwhile, or ended before.
    if (supply === undefined || (supply.billedTo ?? supply.from) !== found.from) return;
    if (supply.to !== undefined && supply.to <= found.from) return;
    const said = withDecision(before, found);
    if (before !== undefined && saysIt(before, said, isDecided)) return;
    // A bill was cancelled, so the next one begins earlier: its exception stands for the one of the later days too.
    const replaced =
      supply.veeException === undefined || supply.veeException === found.id
        ? undefined
        : await session.get(veeExceptionEntity, { id: supply.veeException }, { consistent: true });
    await session.transact('billing', (unit) => {
      closeInto(unit, session, replaced, { closedFor: 'replaced' });
      if (before === undefined) unit.create(veeExceptionEntity, said);
      else unit.update(veeExceptionEntity, before, { ...undecided, ...said });
      if (supply.veeException !== found.id)
        unit.update(supplyEntity, supply, { veeException: found.id } as Partial<BilledSupply>, { isAudited: false });
    });
  });
}

/** Registers are asked for once the readings stand, perhaps by a decision: the bill that is told of them follows it still. */
function withDecision(before: StoredException | undefined, found: VeeException): VeeException {
  if (found.reason !== 'registers_untold' || before?.decision === undefined) return found;
  if (before.status === 'closed' || !covers(before, found)) return found;
  const { checks, failures, decision, decisionReason, decidedBy, decidedAt } = before;
  return { ...found, checks, failures, decision, decisionReason, decidedBy, decidedAt };
}

const undecided = {
  decision: null,
  decisionReason: null,
  decidedBy: null,
  decidedAt: null,
  invoiceId: null,
  closedFor: null,
  closedAt: null,
} as const;

/** Also where somebody decided while the run was looking: the decision counts from the next bill on. */
const saysIt = (before: StoredException, found: VeeException, isDecided: boolean): boolean =>
  before.status !== 'closed' &&
  before.reason === found.reason &&
  covers(before, found) &&
  ((before.status === 'decided' && !isDecided) ||
    (before.to === found.to &&
      `${before.checks}` === `${found.checks}` &&
      `${before.failures}` === `${found.failures}`));
