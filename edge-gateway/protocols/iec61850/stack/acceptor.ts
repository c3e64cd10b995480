/** Accepts an association: the other side of `initiator.ts`, with a password where one is asked for. */
import { timingSafeEqual } from 'node:crypto';
import type { ByteChannel } from '../../transport/byte-channel.ts';
import {
  authenticationFailure,
  authenticationRequired,
  decodeApdu,
  encodeResponse,
  type UserInformation,
} from '../acse/apdu.ts';
import { type BerNode, toBytes } from '../asn1/ber-writer.ts';
import { oids } from '../asn1/object-identifier.ts';
import { type Clock, systemClock } from '../clock.ts';
import { Iec61850Error, NoAnswerError, ProtocolError } from '../errors.ts';
import { type ConnectPpdu, decodeConnect, encodeAccept, encodeRefuse, encodeUserData } from '../presentation/ppdu.ts';
import { decodeSpdu, encodeSpdu } from '../session/spdu.ts';
import { Association, type PresentationContexts } from './association.ts';
import { IsoTransport } from './transport.ts';

export interface AcceptorSettings {
  password?: string;
  /** @default 8192 */
  tpduSize?: number;
  /** @default 1 MiB */
  maxTsduSize?: number;
  /** A line that says nothing is closed. @default 10000 */
  associateTimeoutMs?: number;
}

/**
 * @param initiate answers the initiate of MMS
 * @throws Iec61850Error when no association came about; the peer was told where the protocol has words for it
 */
export function acceptAssociation(
  channel: ByteChannel,
  settings: AcceptorSettings,
  initiate: (request: Buffer) => BerNode,
  clock: Clock = systemClock,
): Promise<Association> {
  const transport = new IsoTransport(channel, 'acceptor', {
    callingTsel: Buffer.alloc(0),
    calledTsel: Buffer.alloc(0),
    tpduSize: settings.tpduSize ?? 8192,
    maxTsduSize: settings.maxTsduSize ?? 1 << 20,
  });
  return new Promise((resolve, reject) => {
    let association: Association | undefined;
    const giveUp = (error: Error): void => {
      timer.cancel();
      reject(error);
      transport.close();
    };
    const timer = clock.setTimer(
      () => giveUp(new NoAnswerError('timeout', `${channel.name}: the peer never associated.`)),
      settings.associateTimeoutMs ?? 10_000,
    );
    transport.start({
      connected: () => {},
      tsdu: (tsdu) => {
        if (association) return association.receive(tsdu);
        try {
          const { contexts, answer } = answerTo(tsdu, settings, initiate);
          void transport.send(answer).catch(() => {});
          if (!contexts) return giveUp(new ProtocolError('acse', 'the peer did not authenticate'));
          association = new Association(transport, contexts);
          timer.cancel();
          resolve(association);
        } catch (error) {
          if (!(error instanceof Iec61850Error)) throw error;
          giveUp(error);
        }
      },
      closed: (error) => {
        if (association) return association.lineClosed(error);
        giveUp(error ?? new NoAnswerError('connection-lost', `${channel.name}: closed before an association.`));
      },
    });
  });
}

function answerTo(
  tsdu: Buffer,
  settings: AcceptorSettings,
  initiate: (request: Buffer) => BerNode,
): { contexts: PresentationContexts | undefined; answer: Buffer } {
  const spdu = decodeSpdu(tsdu);
  if (spdu.kind !== 'connect') throw new ProtocolError('session', `${spdu.kind} where connect belongs`);
  const connect = decodeConnect(spdu.userData);
  const contexts = {
    acse: contextFor(connect, oids.acseAbstractSyntax),
    mms: contextFor(connect, oids.mmsAbstractSyntax),
  };
  const value = connect.userData.find(({ contextId }) => contextId === contexts.acse);
  const request = value && decodeApdu(value.value);
  if (request?.kind !== 'request') throw new ProtocolError('acse', 'no association request');
  const results = connect.contexts.map(({ id }) =>
    id === contexts.acse || id === contexts.mms
      ? ({ isAccepted: true, transferSyntax: oids.basicEncoding } as const)
      : ({ isAccepted: false, reason: 1 } as const),
  );
  const code = refusalOf(request.password, settings.password);
  if (code !== undefined) {
    const response = encodeResponse({ result: 1, diagnostic: { source: 'user', code } }, undefined);
    const refuse = toBytes(encodeRefuse(results, encodeUserData(contexts.acse, response)));
    // Reason 2: by the called session user, whose words follow (8327-1, 8.3.5.10).
    return { contexts: undefined, answer: encodeSpdu({ kind: 'refuse', reason: 2, userData: refuse }) };
  }
  const response = encodeResponse(
    { result: 0, diagnostic: { source: 'user', code: 0 } },
    { contextId: contexts.mms, value: initiate(mmsOf(request.userInformation, contexts.mms)) },
  );
  const accept = encodeAccept({ respondingPsel: connect.calledPsel, results }, encodeUserData(contexts.acse, response));
  const { callingSsel, calledSsel } = spdu;
  return {
    contexts,
    answer: encodeSpdu({
      kind: 'accept',
      ...(callingSsel && { callingSsel }),
      ...(calledSsel && { calledSsel }),
      userData: toBytes(accept),
    }),
  };
}

function contextFor({ contexts }: ConnectPpdu, abstractSyntax: string): number {
  const context = contexts.find(
    (proposal) => proposal.abstractSyntax === abstractSyntax && proposal.transferSyntaxes.includes(oids.basicEncoding),
  );
  if (!context) throw new ProtocolError('presentation', `no context for ${abstractSyntax}`);
  return context.id;
}

function refusalOf(given: string | undefined, wanted: string | undefined): number | undefined {
  if (wanted === undefined) return undefined;
  if (given === undefined) return authenticationRequired;
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b) ? undefined : authenticationFailure;
}

function mmsOf(information: UserInformation, contextId: number): Buffer {
  if (information.contextId !== contextId) throw new ProtocolError('acse', 'user information of another context');
  return information.value;
}
