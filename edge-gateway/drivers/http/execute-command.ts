/** A command as one request, sent at most once, and what the answer means for whether it happened. */
import type { Command, CommandOutcome, DriverContext } from '../../runtime/driver.ts';
import { commandPayload, commandValue, UnsayableError } from '../messages/command-payload.ts';
import { type HttpClient, HttpLineError } from './http-client.ts';
import type { HttpCommand } from './settings.ts';

class ExpiredError extends Error {}

export async function executeCommand(
  command: Command,
  settings: HttpCommand,
  client: HttpClient,
  context: DriverContext,
): Promise<CommandOutcome> {
  const beforeSend = (): void => {
    if (context.now() >= command.expiresAtMs) throw new ExpiredError('It expired before it could be sent.');
  };
  try {
    beforeSend();
    const { method, resource, contentType, headers, words, body: template } = settings;
    const body = commandPayload(command, commandValue(command, words), template);
    const { status } = await client.exchange(
      // Whoever keeps keys knows a repetition by it, should a proxy in between make one.
      { method, resource, body, headers: { 'content-type': contentType, 'idempotency-key': command.id, ...headers } },
      beforeSend,
    );
    return outcomeOf(status);
  } catch (error) {
    const reason = (error as Error).message;
    if (error instanceof ExpiredError || error instanceof UnsayableError) return { status: 'not_sent', reason };
    if (error instanceof HttpLineError && !error.sent) return { status: 'not_sent', reason };
    return { status: 'unknown', reason };
  }
}

/** RFC 9110, section 15: of the client's errors only a time-out (408) leaves open what was done; a server's error always does. */
function outcomeOf(status: number): CommandOutcome {
  if (status >= 200 && status < 300) return { status: 'executed' };
  const reason = `the device answered with status ${status}`;
  if (status >= 300 && status < 500 && status !== 408) return { status: 'refused', reason, code: status };
  return { status: 'unknown', reason };
}
