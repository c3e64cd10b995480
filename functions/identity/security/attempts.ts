/**
 * Guessing is made slow without a lock that could be turned against its owner: tries are counted per account and
 * network, so whoever guesses slows down themselves alone. An account that is guessed at from many places gives unknown
 * networks less, and those its person came from before keep all of theirs.
 *
 * Accounts that do not exist are counted like those that do, so that counting tells nothing.
 */
import { createHash } from 'node:crypto';
import { countRequest, type RateLimit } from '../../../layers/kernel/auth/rate-limit.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { openGlobalSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { clientNetwork } from '../../../layers/kernel/http/network.ts';
import type { User } from '../users/user-entity.ts';

/** More than a person who mistypes needs. */
const ordinary: RateLimit = { perMinute: 10, perDay: 200 };
/** For networks nobody knows, at an account under attack. */
const wary: RateLimit = { perMinute: 2, perDay: 10 };

/** Failures of a day that make an account count as attacked: people do not mistype that often, nor from so many places. */
const attackFailures = 60;
const attackNetworks = 8;
/** Networks are kept up to here; what counts is that they are many. */
const keptNetworks = 32;
const dayMs = 86_400_000;

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** @throws AppError `rate_limited` */
export async function countAttempt(
  kind: string,
  account: string,
  clientIp: string,
  limit: RateLimit = ordinary,
): Promise<void> {
  await countRequest('anonymous', `${clientNetwork(clientIp)} ${kind} ${hash(account)}`, limit, Date.now());
}

export interface Guessing {
  account: string;
  day: number;
  failures: number;
  networks?: Set<string>;
}

const guessingEntity = defineEntity<Guessing, { account: string; day: number }>()({
  name: 'guessing',
  table: 'identity',
  key: ({ account, day }) => ({ pk: ['GUESSING', account, day], sk: ['GUESSING'] }),
  idOf: ({ account }) => account,
});

const today = (): number => Math.floor(Date.now() / dayMs);

/** What went wrong at an account today. */
export async function guessingAt(account: string): Promise<Guessing | undefined> {
  return openGlobalSession().get(guessingEntity, { account: hash(account), day: today() });
}

export function isAttacked(guessing: Guessing | undefined): boolean {
  return (guessing?.failures ?? 0) >= attackFailures || (guessing?.networks?.size ?? 0) >= attackNetworks;
}

/** Slows unknown networks down at an account under attack. @throws AppError `rate_limited` */
export async function checkSuspicious(
  guessing: Guessing | undefined,
  user: User | undefined,
  account: string,
  clientIp: string,
): Promise<void> {
  if (!isAttacked(guessing)) return;
  if (user && isKnownNetwork(user, clientIp)) return;
  await countAttempt('wary', account, clientIp, wary);
}

/** @returns whether this failure is the one that makes the account count as attacked */
export async function recordFailure(account: string, clientIp: string): Promise<boolean> {
  const session = openGlobalSession();
  const key = { account: hash(account), day: today() };
  const network = hash(clientNetwork(clientIp)).slice(0, 12);
  const values = { ':one': 1, ':expires': (key.day + 2) * (dayMs / 1000) };
  const fromNewNetwork = await updateAtomically(session, guessingEntity, key, {
    update: 'SET expiresAt = :expires ADD failures :one, networks :network',
    condition: 'attribute_not_exists(networks) OR (size(networks) < :kept AND NOT contains(networks, :name))',
    values: { ...values, ':network': new Set([network]), ':name': network, ':kept': keptNetworks },
  });
  if (fromNewNetwork)
    return fromNewNetwork.networks?.size === attackNetworks || fromNewNetwork.failures === attackFailures;
  const after = await updateAtomically(session, guessingEntity, key, {
    update: 'SET expiresAt = :expires ADD failures :one',
    values,
  });
  return after?.failures === attackFailures;
}

/** The network as the person's row keeps it: whoever reads the row does not learn where people live. */
export const networkOf = (userId: string, clientIp: string): string =>
  hash(`${userId} ${clientNetwork(clientIp)}`).slice(0, 16);

export function isKnownNetwork(user: User, clientIp: string): boolean {
  return user.knownNetworks?.includes(networkOf(user.id, clientIp)) ?? false;
}
