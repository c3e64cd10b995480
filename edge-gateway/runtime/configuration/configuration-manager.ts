/**
 * Gets configurations, checks them whole, and puts them on trial: one that costs the station a connection which worked
 * before, or that the process does not survive, is taken back by itself, and the platform is told why.
 */
import { ConfigurationError, type ConfigurationProblem } from '../../../layers/station/configuration-error.ts';
import type { ConfigDownMessage, ConfigUpMessage } from '../../../layers/station/messages.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { ConfigurationStore } from './configuration-store.ts';
import type { PreparedStation } from './prepare-station.ts';
import { createTransfer } from './transfer.ts';

export interface ConfigurationManager {
  /** Runs what is on disk. */
  start(): Promise<void>;
  /** A document of the machine itself, for a station without a platform or before its first contact. @throws ConfigurationError */
  install(document: unknown): Promise<void>;
  receive(message: ConfigDownMessage): void;
  /** The line is up: asks what there is, and repeats what may not have arrived. */
  connected(): void;
  /** Asks again what there is. */
  ask(): void;
  readonly appliedVersion: number | null;
  readonly isOnTrial: boolean;
  stop(): void;
}

export interface ConfigurationManagerOptions {
  clock: Clock;
  log: Log;
  store: ConfigurationStore;
  /** @throws ConfigurationError */
  prepare: (document: unknown) => Promise<PreparedStation>;
  apply: (prepared: PreparedStation) => Promise<void>;
  /** Connections that are online now. */
  online: () => ReadonlySet<string>;
  /** Best effort: the line may be down. */
  send: (message: ConfigUpMessage) => void;
  /** How long a connection that worked may take to come back. */
  trialMs: number;
}

/** A configuration that the process did not survive so often is to blame. */
const maxTrialStarts = 2;
const lookMs = 1_000;
/** What the process does not survive, it mostly does not survive for so long. */
const soakMs = 5_000;

export function createConfigurationManager(options: ConfigurationManagerOptions): ConfigurationManager {
  const { clock, log, store, prepare, apply, online, send, trialMs } = options;
  let applied: PreparedStation | undefined;
  let trial: { timer: { cancel(): void } } | undefined;
  /** Told again on every connect until a later one replaces it. */
  let lastReport: ConfigUpMessage | undefined;
  /** One change after the other. */
  let work: Promise<void> = Promise.resolve();
  let isStopped = false;
  const appliedVersion = (): number | null => applied?.configuration.version ?? null;
  const report = (message: ConfigUpMessage): void => {
    lastReport = message;
    send(message);
  };
  const refuse = (
    version: number,
    stage: 'transfer' | 'invalid' | 'rolled_back',
    problems: readonly ConfigurationProblem[],
  ): void => {
    // A transfer that failed says nothing about the document: it may be offered again.
    if (stage !== 'transfer') store.refuse(version);
    log('error', 'configuration refused', { version, stage, problems });
    report({
      type: 'refused',
      version,
      appliedVersion: appliedVersion(),
      stage,
      problems: problems.map(({ path, message }) => ({ path: path.slice(0, 300), message: message.slice(0, 500) })),
      timeMs: clock.now(),
    });
  };

  const transfer = createTransfer({
    clock,
    ask: (version, part) => send({ type: 'request', version, part, appliedVersion: appliedVersion() }),
    done: (version, document) => queue(() => take(version, document)),
    failed: (version, reason) => refuse(version, 'transfer', [{ path: '(document)', message: reason }]),
  });
  const queue = (change: () => Promise<void>): Promise<void> => {
    work = work.then(change).catch((error: Error) => log('error', 'configuration failed', { error }));
    return work;
  };

  async function take(version: number, document: unknown): Promise<void> {
    if (isStopped || version <= Math.max(appliedVersion() ?? 0, store.refusedVersion() ?? 0)) return;
    let prepared: PreparedStation;
    try {
      prepared = await prepare(document);
      if (prepared.configuration.version !== version)
        throw new ConfigurationError([{ path: 'version', message: `Announced as ${version}.` }]);
    } catch (error) {
      if (!ConfigurationError.is(error)) throw error;
      return refuse(version, 'invalid', error.problems);
    }
    endTrial();
    store.saveTrial(prepared.configuration, clock.now());
    await tryOut(prepared, online());
  }

  async function tryOut(prepared: PreparedStation, wereOnline: ReadonlySet<string>): Promise<void> {
    const { version } = prepared.configuration;
    store.countTrialStart();
    const before = applied;
    log('info', 'configuration on trial', { version });
    await apply(prepared);
    applied = prepared;
    // A line that is not there any more cannot fail to come back.
    const must = prepared.connections.map(({ id }) => id).filter((id) => wereOnline.has(id));
    const beganMs = clock.monotonicMs();
    const look = (): void => {
      const lastsMs = clock.monotonicMs() - beganMs;
      const missing = must.filter((id) => !online().has(id));
      if (missing.length === 0 && lastsMs >= Math.min(soakMs, trialMs)) accept(version);
      else if (lastsMs < trialMs) trial = { timer: clock.setTimer(look, lookMs) };
      else {
        trial = undefined;
        queue(() => rollBack(version, before, missing));
      }
    };
    trial = { timer: clock.setTimer(look, lookMs) };
  }

  function accept(version: number): void {
    trial = undefined;
    store.acceptTrial();
    log('info', 'configuration applied', { version });
    report({ type: 'applied', version, timeMs: clock.now() });
  }

  async function rollBack(version: number, before: PreparedStation | undefined, missing: string[]): Promise<void> {
    store.dropTrial();
    if (!before) return;
    await apply(before);
    applied = before;
    refuse(
      version,
      'rolled_back',
      missing.map((id) => ({
        path: `connections[${id}]`,
        message: `It was online before and did not come back within ${trialMs} ms.`,
      })),
    );
  }

  /** A newer one takes the place of one whose trial is not over: what runs counts as the one before. */
  function endTrial(): void {
    if (!trial) return;
    trial.timer.cancel();
    trial = undefined;
    store.dropTrial();
  }

  async function runStored(slot: 'current' | 'trial'): Promise<boolean> {
    const stored = store.read(slot);
    if (!stored) return false;
    try {
      const prepared = await prepare(stored.document);
      if (slot === 'trial') await tryOut(prepared, new Set());
      else {
        await apply(prepared);
        applied = prepared;
      }
      return true;
    } catch (error) {
      if (!ConfigurationError.is(error)) throw error;
      log('error', 'stored configuration does not run', { slot, version: stored.version, problems: error.problems });
      return false;
    }
  }

  return {
    async start() {
      const onTrial = store.read('trial');
      const current = store.read('current');
      if (onTrial && onTrial.starts >= maxTrialStarts && current) {
        store.dropTrial();
        refuse(onTrial.version, 'rolled_back', [
          { path: '(document)', message: `The gateway ended ${onTrial.starts} times while it was on trial.` },
        ]);
      } else if (onTrial) {
        if (await runStored('trial')) return;
        store.dropTrial();
      }
      if (await runStored('current')) return;
      if (store.fallBack()) await runStored('current');
    },
    async install(document) {
      const prepared = await prepare(document);
      if (prepared.configuration.version <= (appliedVersion() ?? 0)) return;
      store.saveTrial(prepared.configuration, clock.now());
      await queue(() => tryOut(prepared, online()));
    },
    receive(message) {
      if (message.type === 'part') return transfer.part(message);
      if (message.type !== 'announce') return;
      const { version } = message;
      if (version > Math.max(appliedVersion() ?? 0, store.refusedVersion() ?? 0)) transfer.announce(message);
    },
    connected() {
      if (lastReport) send(lastReport);
      this.ask();
    },
    ask() {
      const refusedVersion = store.refusedVersion();
      send({
        type: 'request',
        version: null,
        part: 0,
        appliedVersion: appliedVersion(),
        ...(refusedVersion !== undefined && { refusedVersion }),
      });
    },
    get appliedVersion() {
      return appliedVersion();
    },
    get isOnTrial() {
      return trial !== undefined;
    },
    stop() {
      isStopped = true;
      trial?.timer.cancel();
      transfer.cancel();
    },
  };
}
