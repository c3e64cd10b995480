/** Configurations on disk: the one that runs, the one before it, and one on trial with how often it was started. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { bounds, type StationConfiguration } from '../../../layers/station/station-configuration.ts';
import type { StationDatabase } from '../../uplink/station-database.ts';

export type Slot = 'current' | 'previous' | 'trial';

export interface ConfigurationStore {
  /** A document as it was saved; whoever runs it checks it again, since drivers may have changed. */
  read(slot: Slot): { version: number; document: unknown; starts: number } | undefined;
  saveTrial(configuration: StationConfiguration, nowMs: number): void;
  countTrialStart(): void;
  /** The trial becomes current, what was current becomes previous. */
  acceptTrial(): void;
  dropTrial(): void;
  /** The current one does not run any more: back to the one before, if there is one. @returns whether there was */
  fallBack(): boolean;
  refusedVersion(): number | undefined;
  refuse(version: number): void;
}

export function createConfigurationStore(database: StationDatabase): ConfigurationStore {
  const move = (from: Slot, to: Slot): void => {
    database.prepare('DELETE FROM configurations WHERE slot = ?').run(to);
    database.prepare('UPDATE configurations SET slot = ?, starts = 0 WHERE slot = ?').run(to, from);
  };
  const has = (slot: Slot): boolean =>
    database.prepare('SELECT 1 FROM configurations WHERE slot = ?').get(slot) !== undefined;
  return {
    read(slot) {
      const row = database.prepare('SELECT version, starts, body FROM configurations WHERE slot = ?').get(slot);
      if (!row) return undefined;
      const text = gunzipSync(row['body'] as Uint8Array, { maxOutputLength: bounds.documentBytes }).toString('utf8');
      return { version: Number(row['version']), starts: Number(row['starts']), document: JSON.parse(text) };
    },
    saveTrial(configuration, nowMs) {
      database
        .prepare('INSERT OR REPLACE INTO configurations VALUES (?, ?, ?, 0, ?)')
        .run('trial', configuration.version, nowMs, gzipSync(JSON.stringify(configuration)));
    },
    countTrialStart: () =>
      void database.prepare("UPDATE configurations SET starts = starts + 1 WHERE slot = 'trial'").run(),
    acceptTrial: () =>
      database.transaction(() => {
        if (!has('trial')) return;
        if (has('current')) move('current', 'previous');
        move('trial', 'current');
      }),
    dropTrial: () => void database.prepare("DELETE FROM configurations WHERE slot = 'trial'").run(),
    fallBack: () =>
      database.transaction(() => {
        if (!has('previous')) return false;
        move('previous', 'current');
        return true;
      }),
    refusedVersion() {
      const text = database.readMeta('refusedVersion');
      return text === undefined ? undefined : Number(text);
    },
    refuse: (version) => database.writeMeta('refusedVersion', String(version)),
  };
}
