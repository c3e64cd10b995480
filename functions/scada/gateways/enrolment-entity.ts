/** One-time tokens by which a gateway enrols. Only a hash is kept; it lives in the global scope, since the token is all there is to know the tenant by. */
import { createHash, randomBytes } from 'node:crypto';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';

export interface Enrolment {
  tokenHash: string;
  tenantId: string;
  gatewayId: string;
  createdBy: string;
  expiresAtTime: string;
}

export const enrolmentEntity = defineEntity<Enrolment, Pick<Enrolment, 'tokenHash'>>()({
  name: 'enrolment token',
  table: 'scada',
  key: ({ tokenHash }) => ({ pk: ['GATEWAY-ENROLMENT', tokenHash], sk: ['GATEWAY-ENROLMENT'] }),
  idOf: ({ gatewayId }: Partial<Enrolment>) => gatewayId ?? '',
  expiresAt: ({ expiresAtTime }) => Math.floor(Date.parse(expiresAtTime) / 1000) + 86_400,
});

/** 256 random bits: nobody guesses one, so a fast hash is enough. */
export const makeToken = (): string => `gwe_${randomBytes(32).toString('base64url')}`;

export const tokenPattern = /^gwe_[A-Za-z0-9_-]{43}$/;

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');
