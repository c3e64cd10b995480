/**
 * What stands in links of messages that open without a log-in: the tenant, and the id of a row by 128 random bits, which prove
 * that it was given out. Short, since text messages are paid for by their length.
 */
import { randomBytes } from 'node:crypto';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';

/** Tokens as a path takes them. */
export const linkTokenPattern = /^[A-Za-z0-9._-]{1,100}$/;

export const newLinkId = (): string => randomBytes(16).toString('base64url');

/** E.g. `utility.kZ6LpusM…`. */
export const linkTokenOf = ({ tenantId }: TenantSession, id: string): string => `${tenantId}.${id}`;

const form = /^([A-Za-z0-9._-]{1,64})\.([A-Za-z0-9_-]{22})$/;

/** @returns undefined for whatever is no token */
export function readLinkToken(token: string): { tenantId: string; id: string } | undefined {
  const [, tenantId, id] = form.exec(token) ?? [];
  return tenantId === undefined || id === undefined ? undefined : { tenantId, id };
}
