/**
 * Tells on reserved topics when devices come and go, for rules and subscribers that follow presence.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html
 */
import type { Clock } from '../../runtime/types.ts';
import type { BrokerMessage } from './broker.ts';
import type { Session } from './session.ts';

export class LifecycleEvents {
  readonly #clock: Clock;
  readonly #publish: (message: BrokerMessage) => void;
  readonly #versions = new Map<string, number>();

  constructor(clock: Clock, publish: (message: BrokerMessage) => void) {
    this.#clock = clock;
    this.#publish = publish;
  }

  connected(session: Session): void {
    const { clientId, sourceIp } = session.facts;
    this.#versions.set(clientId, (this.#versions.get(clientId) ?? -1) + 1);
    this.#tell('connected', session, { ipAddress: sourceIp });
  }

  disconnected(session: Session, byClient: boolean): void {
    this.#tell('disconnected', session, {
      clientInitiatedDisconnect: byClient,
      disconnectReason: byClient ? 'CLIENT_INITIATED_DISCONNECT' : 'CONNECTION_LOST',
    });
  }

  #tell(eventType: 'connected' | 'disconnected', session: Session, more: Record<string, unknown>): void {
    const { clientId } = session.facts;
    // "Client IDs that contain # or + do not receive lifecycle events."
    if (/[#+]/.test(clientId)) return;
    const event = {
      clientId,
      timestamp: this.#clock.now(),
      eventType,
      sessionIdentifier: session.sessionId,
      principalIdentifier: session.principal ?? 'anonymous',
      ...more,
      versionNumber: this.#versions.get(clientId) ?? 0,
    };
    this.#publish({
      topic: `$aws/events/presence/${eventType}/${clientId}`,
      payload: Buffer.from(JSON.stringify(event)),
      qos: 0,
      retain: false,
    });
  }
}
