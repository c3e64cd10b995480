/** Every command the station was ever given and how far it got: written before anything is sent, so that none is sent twice. */
import { type CommandMessage, decodeCommand, encodeCommand } from '../../../layers/station/messages.ts';
import type { StoredResult } from '../../uplink/recorder.ts';
import type { StationDatabase } from '../../uplink/station-database.ts';

/** `executed`: taken by the device, the read-back is not over. */
export type CommandState = 'accepted' | 'sending' | 'executed' | 'done';

export interface RegisteredCommand {
  command: CommandMessage;
  state: CommandState;
  lastResult: StoredResult;
}

/** Writes belong into a transaction: the recorder's, beside the result they go with. */
export interface CommandRegister {
  find(id: string): RegisteredCommand | undefined;
  insert(command: CommandMessage, receivedMs: number, result: StoredResult): void;
  advance(id: string, state: CommandState, result: StoredResult): void;
  /** Those a former run of the process left in the middle. */
  unfinished(): RegisteredCommand[];
  /** Forgets what no delivery can bring again: an expired command is refused for its age. */
  prune(expiredBeforeMs: number): void;
}

export function createCommandRegister(database: StationDatabase): CommandRegister {
  const read = (row: Record<string, unknown> | undefined): RegisteredCommand | undefined =>
    row && {
      command: decodeCommand(Buffer.from(String(row['body']), 'base64')),
      state: row['state'] as CommandState,
      lastResult: JSON.parse(String(row['outcome'])),
    };
  return {
    find: (id) => read(database.prepare('SELECT * FROM commands WHERE id = ?').get(id)),
    insert(command, receivedMs, result) {
      database
        .prepare('INSERT INTO commands VALUES (?, ?, ?, ?, ?, ?)')
        .run(
          command.id,
          receivedMs,
          command.expiresAtMs,
          'accepted',
          encodeCommand(command).toString('base64'),
          JSON.stringify(result),
        );
    },
    advance(id, state, result) {
      database
        .prepare('UPDATE commands SET state = ?, outcome = ? WHERE id = ?')
        .run(state, JSON.stringify(result), id);
    },
    unfinished: () =>
      database
        .prepare("SELECT * FROM commands WHERE state <> 'done'")
        .all()
        .map((row) => read(row)!),
    prune(expiredBeforeMs) {
      database.prepare("DELETE FROM commands WHERE state = 'done' AND expires_ms < ?").run(expiredBeforeMs);
    },
  };
}
