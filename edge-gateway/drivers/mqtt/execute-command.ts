/** A command as one published message, and the device's own word on what became of it. */
import type { Command, CommandOutcome, DriverContext } from '../../runtime/driver.ts';
import { commandPayload, commandValue, UnsayableError } from '../messages/command-payload.ts';
import { valueAt } from '../messages/json-path.ts';
import type { BrokerLine } from './broker-line.ts';
import type { Confirmation, MqttPoint } from './plan.ts';

/** Commands that wait for their device's word, by topic. */
export class Confirmations {
  readonly #waiting = new Map<string, Set<(document: unknown) => void>>();

  /** @param listener is told every message of the topic */
  listen(topic: string, listener: (document: unknown) => void): () => void {
    const listeners = this.#waiting.get(topic) ?? new Set();
    this.#waiting.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  told(topic: string, document: unknown): void {
    for (const listener of this.#waiting.get(topic) ?? []) listener(document);
  }
}

export async function executeCommand(
  command: Command,
  settings: NonNullable<MqttPoint['command']>,
  line: BrokerLine,
  confirmations: Confirmations,
  context: DriverContext,
): Promise<CommandOutcome> {
  const remainingMs = command.expiresAtMs - context.now();
  if (remainingMs <= 0) return { status: 'not_sent', reason: 'It expired before it could be sent.' };
  let payload: string;
  try {
    payload = commandPayload(command, commandValue(command, settings.words), settings.payload);
  } catch (error) {
    if (error instanceof UnsayableError) return { status: 'not_sent', reason: error.message };
    throw error;
  }
  const { confirm } = settings;
  // Listens before it publishes: a quick device must not be missed.
  const answer = confirm && waitForWord(command, confirm, confirmations, context);
  const receipt = await line.publish(settings.topic, payload, settings.qos, remainingMs);
  if (receipt !== 'taken') {
    answer?.cancel();
    if ('refused' in receipt) return { status: 'not_sent', reason: receipt.refused };
    return { status: 'unknown', reason: receipt.lost };
  }
  if (!answer) return { status: 'unknown', reason: 'the broker took it; the device has no topic to confirm on' };
  return answer.outcome;
}

function waitForWord(
  command: Command,
  { topic, idPath, path, success, timeoutMs }: Confirmation,
  confirmations: Confirmations,
  context: DriverContext,
): { outcome: Promise<CommandOutcome>; cancel(): void } {
  let end: (outcome: CommandOutcome) => void = () => {};
  const outcome = new Promise<CommandOutcome>((resolve) => {
    end = resolve;
  });
  const stopListening = confirmations.listen(topic, (document) => {
    if (idPath && valueAt(document, idPath) !== command.id) return;
    const word = path ? valueAt(document, path) : document;
    if (success.has(word)) finish({ status: 'executed' });
    else finish({ status: 'refused', reason: `the device said ${JSON.stringify(word) ?? 'nothing'}` });
  });
  const timer = context.setTimer(
    () => finish({ status: 'unknown', reason: `the device did not confirm within ${timeoutMs} ms` }),
    timeoutMs,
  );
  const finish = (result: CommandOutcome): void => {
    stopListening();
    timer.cancel();
    end(result);
  };
  return { outcome, cancel: () => finish({ status: 'not_sent', reason: 'not published' }) };
}
