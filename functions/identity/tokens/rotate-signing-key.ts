/** The other of the two keys takes over. Tokens of the first stay good until they run out, unless it was stolen. */
import { openGlobalSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { accessTokenSeconds } from './access-token.ts';
import { initialState, type SigningState, signingKeyNames, signingStateEntity } from './signing-state.ts';

export interface Rotation {
  /** Who rotates, for the record. */
  by: string;
  /** Refuses tokens of the key before: everybody's next request refreshes. */
  distrustOther: boolean;
}

/**
 * @throws AppError `conflict` when tokens of the key before still run, so that two who rotate at once do not turn it back;
 * `version_conflict` or `already_exists` when they meet in the same moment. A stolen key does not wait.
 */
export async function rotateSigningKey({ by, distrustOther }: Rotation): Promise<SigningState> {
  const session = openGlobalSession({ actor: { id: by, kind: 'system', name: by } });
  const stored = await session.get(signingStateEntity, {}, { consistent: true });
  const waitedMs = Date.parse(session.context.now()) - Date.parse(stored?.rotatedAt ?? '1970-01-01T00:00:00Z');
  if (!distrustOther && waitedMs < accessTokenSeconds * 1000)
    throw new AppError('conflict', undefined, {
      texts: {
        en: `The key was rotated ${Math.round(waitedMs / 1000)} s ago: wait a quarter of an hour.`,
        ar: `دُوّر المفتاح قبل ${Math.round(waitedMs / 1000)} ثانية: انتظر ربع ساعة.`,
      },
    });
  const active = signingKeyNames.find((name) => name !== (stored ?? initialState).active)!;
  const state: SigningState = {
    active,
    distrustsOther: distrustOther,
    rotatedAt: session.context.now(),
    rotatedBy: by,
  };
  await session.transact('identity', (unit) => {
    if (stored === undefined) unit.create(signingStateEntity, state);
    else unit.update(signingStateEntity, stored, state);
  });
  return state;
}

/** The key that was given up is a new one by now: its tokens are good again. */
export async function trustBothKeys(by: string): Promise<SigningState> {
  const session = openGlobalSession({ actor: { id: by, kind: 'system', name: by } });
  const stored = await session.get(signingStateEntity, {}, { consistent: true });
  if (stored === undefined || !stored.distrustsOther) return stored ?? initialState;
  return session.transact('identity', (unit) => unit.update(signingStateEntity, stored, { distrustsOther: false }));
}
