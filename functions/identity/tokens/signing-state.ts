/** Which of the two keys signs tokens: one row of the installation, so that it changes without a deployment. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { openGlobalSession } from '../../../layers/kernel/data/session.ts';

export const signingKeyNames = ['signing', 'signing-next'] as const;
export type SigningKeyName = (typeof signingKeyNames)[number];

export interface SigningState {
  active: SigningKeyName;
  /** Tokens of the key that does not sign are refused: it is taken for stolen. */
  distrustsOther: boolean;
  rotatedAt?: string;
  rotatedBy?: string;
}

export const signingStateEntity = defineEntity<SigningState, object>()({
  name: 'signing state',
  table: 'identity',
  key: () => ({ pk: ['SIGNING'], sk: ['SIGNING'] }),
  idOf: () => 'signing',
});

export const initialState: SigningState = { active: 'signing', distrustsOther: false };

/** How long an instance may go on signing with the key before; its tokens are good all the same. */
const cacheMs = 30_000;
let known: { state: SigningState; until: number } | undefined;

/** Before the first rotation there is no row. @param isFresh whether to look even if the state is remembered */
export async function readSigningState(nowMs: number, { isFresh = false } = {}): Promise<SigningState> {
  if (!isFresh && known && known.until > nowMs && known.until - nowMs <= cacheMs) return known.state;
  const state = (await openGlobalSession().get(signingStateEntity, {}, { consistent: true })) ?? initialState;
  known = { state, until: nowMs + cacheMs };
  return state;
}
