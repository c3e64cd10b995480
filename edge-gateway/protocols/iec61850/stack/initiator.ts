/** Opens an association: COTP, then session, presentation and ACSE in one exchange that carries the initiate of MMS. */
import type { ByteChannel } from '../../transport/byte-channel.ts';
import { type ApplicationTitle, decodeApdu, diagnosticText, encodeRequest } from '../acse/apdu.ts';
import { type BerNode, toBytes } from '../asn1/ber-writer.ts';
import { oids } from '../asn1/object-identifier.ts';
import { type Clock, systemClock } from '../clock.ts';
import { AssociationRefusedError, Iec61850Error, NoAnswerError, ProtocolError } from '../errors.ts';
import {
  decodeAccept,
  decodeRefuse,
  encodeConnect,
  encodeUserData,
  type PresentationDataValue,
} from '../presentation/ppdu.ts';
import { decodeSpdu, encodeSpdu } from '../session/spdu.ts';
import { Association } from './association.ts';
import { IsoTransport } from './transport.ts';

export interface InitiatorSettings {
  callingTsel?: Uint8Array;
  calledTsel?: Uint8Array;
  callingSsel?: Uint8Array;
  calledSsel?: Uint8Array;
  callingPsel?: Uint8Array;
  calledPsel?: Uint8Array;
  /** Titles are left out of the request when null. @default 1.1.1.999 with qualifier 12 */
  callingTitle?: ApplicationTitle | null;
  /** @default 1.1.1.999.1 with qualifier 12 */
  calledTitle?: ApplicationTitle | null;
  /** ACSE authentication; none is sent without it. */
  password?: string;
  /** @default 8192 */
  tpduSize?: 128 | 256 | 512 | 1024 | 2048 | 4096 | 8192;
  /** For the whole association, from the first TPDU. @default 10000 */
  associateTimeoutMs?: number;
  /** Largest unit put together from segments. @default 1 MiB */
  maxTsduSize?: number;
}

const contexts = { acse: 1, mms: 3 };
const contextProposals = [
  { id: contexts.acse, abstractSyntax: oids.acseAbstractSyntax, transferSyntaxes: [oids.basicEncoding] },
  { id: contexts.mms, abstractSyntax: oids.mmsAbstractSyntax, transferSyntaxes: [oids.basicEncoding] },
];

const selector = (given: Uint8Array | undefined, standard: number[]): Buffer => Buffer.from(given ?? standard);

/**
 * @returns the association and the answer of MMS to `initiate`
 * @throws AssociationRefusedError | ProtocolError | NoAnswerError
 */
export function associate(
  channel: ByteChannel,
  settings: InitiatorSettings,
  initiate: BerNode,
  clock: Clock = systemClock,
): Promise<{ association: Association; response: Buffer }> {
  const transport = new IsoTransport(channel, 'initiator', {
    callingTsel: selector(settings.callingTsel, [0, 1]),
    calledTsel: selector(settings.calledTsel, [0, 1]),
    tpduSize: settings.tpduSize ?? 8192,
    maxTsduSize: settings.maxTsduSize ?? 1 << 20,
  });
  const timeoutMs = settings.associateTimeoutMs ?? 10_000;
  return new Promise((resolve, reject) => {
    let association: Association | undefined;
    const giveUp = (error: Error): void => {
      timer.cancel();
      reject(error);
      transport.close();
    };
    const timer = clock.setTimer(
      () => giveUp(new NoAnswerError('timeout', `${channel.name}: no association within ${timeoutMs} ms.`)),
      timeoutMs,
    );
    transport.start({
      connected: () => void transport.send(connectRequest(settings, initiate)).catch(() => {}),
      tsdu: (tsdu) => {
        if (association) return association.receive(tsdu);
        try {
          const response = acceptedBy(tsdu);
          association = new Association(transport, contexts);
          timer.cancel();
          resolve({ association, response });
        } catch (error) {
          if (!(error instanceof Iec61850Error)) throw error;
          giveUp(error);
        }
      },
      closed: (error) => {
        if (association) return association.lineClosed(error);
        giveUp(
          error ??
            new NoAnswerError('connection-lost', `${channel.name}: the peer closed the line during association.`),
        );
      },
    });
  });
}

function connectRequest(settings: InitiatorSettings, initiate: BerNode): Buffer {
  const request = encodeRequest(
    {
      called: titleOf(settings.calledTitle, { apTitle: '1.1.1.999.1', aeQualifier: 12 }),
      calling: titleOf(settings.callingTitle, { apTitle: '1.1.1.999', aeQualifier: 12 }),
      password: settings.password,
    },
    contexts.mms,
    initiate,
  );
  const connect = encodeConnect(
    {
      callingPsel: selector(settings.callingPsel, [0, 0, 0, 1]),
      calledPsel: selector(settings.calledPsel, [0, 0, 0, 1]),
      contexts: contextProposals,
    },
    encodeUserData(contexts.acse, request),
  );
  return encodeSpdu({
    kind: 'connect',
    callingSsel: selector(settings.callingSsel, [0, 1]),
    calledSsel: selector(settings.calledSsel, [0, 1]),
    userData: toBytes(connect),
  });
}

const titleOf = (given: ApplicationTitle | null | undefined, standard: ApplicationTitle) =>
  given === null ? undefined : (given ?? standard);

/** The initiate response of MMS within an acceptance. @throws when the peer refused in any layer */
function acceptedBy(tsdu: Buffer): Buffer {
  const spdu = decodeSpdu(tsdu);
  if (spdu.kind === 'refuse') throw refusal(spdu);
  if (spdu.kind === 'abort') throw new AssociationRefusedError('session', 'abort');
  if (spdu.kind !== 'accept') throw new ProtocolError('session', `${spdu.kind} where an answer to connect belongs`);
  const accept = decodeAccept(spdu.userData);
  const response = acseResponse(accept.userData);
  if (response.result !== 0) {
    throw new AssociationRefusedError('acse', diagnosticText(response.diagnostic));
  }
  if (accept.results.length < 2 || accept.results.some(({ isAccepted }) => !isAccepted)) {
    throw new AssociationRefusedError('presentation', 'a context was not accepted');
  }
  if (response.userInformation?.contextId !== contexts.mms) {
    throw new ProtocolError('acse', 'an acceptance without the answer of MMS');
  }
  return response.userInformation.value;
}

function acseResponse(values: PresentationDataValue[]) {
  const value = values.find(({ contextId }) => contextId === contexts.acse);
  const apdu = value && decodeApdu(value.value);
  if (apdu?.kind !== 'response') throw new ProtocolError('acse', 'no association response');
  return apdu;
}

/** Which layer refused: each carries the answer of the one above it. */
function refusal(spdu: { reason: number | undefined; userData: Buffer }): AssociationRefusedError {
  if (spdu.userData.length === 0) return new AssociationRefusedError('session', `reason ${spdu.reason ?? 'not given'}`);
  const { userData, providerReason } = decodeRefuse(spdu.userData);
  if (userData.length === 0) {
    return new AssociationRefusedError('presentation', `reason ${providerReason ?? 'not given'} of the provider`);
  }
  return new AssociationRefusedError('acse', diagnosticText(acseResponse(userData).diagnostic));
}
