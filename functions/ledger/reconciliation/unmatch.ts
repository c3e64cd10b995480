/** Takes a match back while its session is open: its lines are open again. An entry that was posted for a difference stays. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { raced, whileRacing } from '../journal-entries/race.ts';
import { readLineId } from './line-id.ts';
import { requireOpenSession } from './match-automatically.ts';
import { carriedLineEntity, externalLineEntity, type Match, matchEntity, matchedLineEntity } from './match-entity.ts';
import { sessionEntity } from './session-entity.ts';
import { removeRow } from './unaudited-rows.ts';

export function unmatch(
  session: TenantSession,
  sessionId: string,
  matchId: string,
  reason: string,
): Promise<Match & Stored> {
  return whileRacing(async () => {
    const target = await requireOpenSession(session, sessionId);
    const match = await session.require(matchEntity, { sessionId, id: matchId });
    const { accountId, currency } = match;
    const external = await Promise.all(
      match.externalLines.map(({ id, date }) => session.require(externalLineEntity, { accountId, currency, date, id })),
    );
    return session.transact('ledger', (unit) => {
      // Lines become open: the session must not be closed at the same time.
      unit.update(sessionEntity, target, {}, { isAudited: false, refused: raced });
      for (const line of match.ledgerLines) {
        const key = { accountId, currency, ...readLineId(line.id) };
        removeRow(unit, session, matchedLineEntity, key);
        // Of days that were reconciled before, which are not read again.
        if (line.date < target.from) unit.put(carriedLineEntity, key);
      }
      for (const line of external)
        unit.update(
          externalLineEntity,
          line,
          { status: 'open', matchId: null as never },
          { isAudited: false, refused: raced },
        );
      // The reason is kept with the match's history.
      unit.delete(matchEntity, { ...match, reason });
      return { ...match, reason };
    });
  });
}
