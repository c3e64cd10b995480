/**
 * A station's gateway put together: drivers below, the platform above, the store between them. What each part does is in
 * its own file; here is only who tells whom.
 */
import { randomBytes } from 'node:crypto';
import {
  configDownCodec,
  configUpCodec,
  decodeAlarms,
  decodeCommand,
  type HealthMessage,
  healthCodec,
  MessageError,
} from '../../layers/station/messages.ts';
import type { StationConfiguration } from '../../layers/station/station-configuration.ts';
import { basicIngestTopic, downFilter, readDownTopic, type UpKind, upTopic } from '../../layers/station/topics.ts';
import type { LoadDriver } from '../drivers/registry.ts';
import { createBackfillRate } from '../uplink/backfill-rate.ts';
import { createMessageStore } from '../uplink/message-store.ts';
import { createMqttLink, type Link, type LinkSettings } from '../uplink/mqtt-link.ts';
import { createRecorder } from '../uplink/recorder.ts';
import type { Reserve } from '../uplink/reserve-file.ts';
import { createSender } from '../uplink/sender.ts';
import type { StationDatabase } from '../uplink/station-database.ts';
import { type Clock, every } from './clock.ts';
import { createClockWatch } from './clock-watch.ts';
import { createCommandExecutor } from './commands/command-executor.ts';
import { createCommandRegister } from './commands/command-register.ts';
import { type Condition, createConditionAlarms } from './condition-alarms.ts';
import { createConfigurationManager } from './configuration/configuration-manager.ts';
import { createConfigurationStore } from './configuration/configuration-store.ts';
import { type PreparedStation, prepareStation } from './configuration/prepare-station.ts';
import { createConnectionHost, type HostEvents } from './connection-host.ts';
import type { LinkState, Sample } from './driver.ts';
import { createProcessHealth } from './health.ts';
import type { Log } from './log.ts';
import { polledProtocols } from './points/compile-points.ts';
import { createPointEngine, type Findings } from './points/point-engine.ts';
import type { ReadSecret } from './secrets.ts';

export interface StationGatewayOptions {
  stationId: string;
  software: string;
  clock: Clock;
  log: Log;
  database: StationDatabase;
  reserve?: Reserve;
  maxStoreBytes: number;
  /** Of the disk beneath the database. @default nothing is told of it */
  readDiskSpace?: () => HealthMessage['disk'];
  link: LinkSettings;
  /** Publishes by Basic Ingest to rules whose names begin so. */
  basicIngestRules?: string | undefined;
  loadDriver: LoadDriver;
  readSecret: ReadSecret;
  commitDelayMs: number;
  trialMs: number;
}

/** Values on their way to disk beyond which polling drivers wait, too. */
const busyValues = 10_000;
/** A line that flickers is no alarm. */
const communicationDelayMs = 10_000;
const commandsKeptMs = 30 * 86_400_000;
const askIntervalMs = 3_600_000;
/** After a shorter one the backlog is there in a moment. */
const longOutageMs = 30_000;

const isEmpty = ({ values, lowValues, events, alarms }: Findings): boolean =>
  values.length + lowValues.length + events.length + alarms.length === 0;

/** Whichever comes first. */
async function within(clock: Clock, delayMs: number, work: Promise<void>): Promise<void> {
  let timer: { cancel(): void } | undefined;
  const late = new Promise<void>((resolve) => {
    timer = clock.setTimer(resolve, delayMs);
  });
  await Promise.race([work, late]);
  timer?.cancel();
}

export type StationGateway = ReturnType<typeof createStationGateway>;

export function createStationGateway(options: StationGatewayOptions) {
  const { stationId, software, clock, log, database } = options;
  const bootId = randomBytes(6).toString('hex');
  const startedAtMs = clock.now();
  const engine = createPointEngine(clock);
  const clockWatch = createClockWatch(clock);
  const processHealth = createProcessHealth(clock);
  const store = createMessageStore(database, options.maxStoreBytes);
  const rate = createBackfillRate(clock, 5, 100_000);
  let prepared: PreparedStation | undefined;
  let polledConnections: ReadonlySet<string> = new Set();
  let askedMonotonicMs: number | undefined;
  let downAtMs: number | undefined;
  let storedValues = 0;
  let valuesPerSecond = 0;
  const configuration = (): StationConfiguration | undefined => prepared?.configuration;

  const recorder = createRecorder({
    database,
    store,
    clock,
    log,
    commitDelayMs: options.commitDelayMs,
    ...(options.reserve && { reserve: options.reserve }),
    onStored: () => sender.wake(),
    onState: (state, reason) =>
      alarms.set({ kind: 'gateway', topic: 'store', priority: 'critical', delayMs: 0 }, state !== 'ok', reason),
    onDropped: (values) =>
      alarms.set(
        { kind: 'gateway', topic: 'dropped', priority: 'high', delayMs: 0 },
        true,
        `${values} old values given up`,
      ),
  });
  const alarms = createConditionAlarms(clock, (alarm) => void recorder.record({ alarms: [alarm] }));
  const topicOf = (kind: UpKind): string =>
    options.basicIngestRules === undefined
      ? upTopic(stationId, kind)
      : basicIngestTopic(options.basicIngestRules, stationId, kind);
  const sender = createSender({
    store,
    clock,
    log,
    rate,
    publish: (kind, body) => link.publish(topicOf(kind), body),
    acknowledge: (seqs) => recorder.acknowledge(seqs),
  });
  const publishNow = (kind: UpKind, body: Uint8Array): void => {
    if (link.isUp)
      link.publish(topicOf(kind), body).catch((error: Error) => log('debug', 'not published', { kind, error }));
  };

  const record = (findings: Findings): Promise<void> | undefined => {
    if (isEmpty(findings)) return undefined;
    storedValues += findings.values.length + findings.lowValues.length + findings.events.length;
    return recorder.record(findings);
  };
  const hostEvents: HostEvents = {
    samples(connectionId: string, samples: Sample[]) {
      const recorded = record(engine.samples(samples));
      // What was polled is polled again; what a device tells once must be on disk before the device may forget it.
      const mayGoOn = polledConnections.has(connectionId) && recorder.waiting < busyValues && recorder.state === 'ok';
      return mayGoOn ? undefined : recorded;
    },
    state({ connectionId, deviceId, state, reason }) {
      const timeMs = clock.now();
      const change = {
        connectionId,
        state,
        timeMs,
        ...(deviceId && { deviceId }),
        ...(reason && { reason: reason.slice(0, 500) }),
      };
      void recorder.record({ status: [change] });
      if (state === 'offline')
        record(engine.silence({ connectionId, ...(deviceId && { deviceId }) }, reason ?? 'offline'));
      watchCommunication(connectionId, deviceId, state, reason);
    },
    clock: (reading) => clockWatch.device(reading),
  };
  const host = createConnectionHost(clock, log, hostEvents);

  /** A dead line is one alarm: its devices' begin to count when it is back and they are not. */
  function watchCommunication(
    connectionId: string,
    deviceId: string | undefined,
    state: LinkState,
    reason: string | undefined,
  ): void {
    const condition = (subject: { connectionId: string } | { deviceId: string }): Condition => ({
      kind: 'communication',
      ...subject,
      priority: 'medium',
      delayMs: communicationDelayMs,
    });
    const own = condition(deviceId === undefined ? { connectionId } : { deviceId });
    if (state === 'connecting') return;
    if (state !== 'offline') alarms.set(own, false, reason);
    else if (deviceId === undefined || host.stateOf(connectionId) !== 'offline') alarms.set(own, true, reason);
    if (deviceId !== undefined) return;
    for (const device of host.deviceStates()) {
      if (device.connectionId !== connectionId || device.state !== 'offline') continue;
      if (state === 'offline') alarms.hold(condition({ deviceId: device.id }));
      else alarms.set(condition({ deviceId: device.id }), true, device.reason);
    }
  }
  const register = createCommandRegister(database);
  const commands = createCommandExecutor({
    clock,
    log,
    register,
    recorder,
    engine,
    registerCreatedMs: database.createdMs,
    configuration,
    isClockTrusted: () => clockWatch.isTrusted(configuration()?.timeSync.maxOwnOffsetMs ?? 5_000),
    driverOf: (deviceId) => host.driverOf(deviceId),
  });
  const configurations = createConfigurationManager({
    clock,
    log,
    store: createConfigurationStore(database),
    prepare: (document) => prepareStation(document, stationId, options.loadDriver, options.readSecret),
    apply,
    online: () =>
      new Set(
        host
          .states()
          .filter(({ state }) => state === 'online')
          .map(({ id }) => id),
      ),
    send: (message) => {
      if (message.type === 'request' && message.part === 0) askedMonotonicMs = clock.monotonicMs();
      publishNow('config', configUpCodec.encode(message));
    },
    trialMs: options.trialMs,
  });

  async function apply(next: PreparedStation): Promise<void> {
    prepared = next;
    const { connections, devices, report } = next.configuration;
    polledConnections = new Set(
      connections.filter(({ protocolType }) => polledProtocols.includes(protocolType)).map(({ id }) => id),
    );
    record(engine.configure(next.configuration));
    rate.set(report.backfillMessagesPerSecond, report.backfillBytesPerSecond);
    recorder.setInterval(link.isUp ? report.intervalMs : report.offlineIntervalMs);
    alarms.keepOnly(new Set([...connections, ...devices].map(({ id }) => id)));
    await host.apply(next.connections, next.configuration);
  }

  const link: Link = createMqttLink({
    settings: options.link,
    clock,
    log,
    filter: downFilter(stationId),
    // Not by Basic Ingest: whoever watches the station may listen to it.
    will: { topic: upTopic(stationId, 'health'), payload: () => healthCodec.encode(briefHealth(false)) },
    onUp() {
      const report = configuration()?.report;
      sender.connected();
      // What happened in between follows at its rate; how things are now should not wait for it.
      if (downAtMs !== undefined && clock.monotonicMs() - downAtMs >= longOutageMs) record(engine.snapshot());
      downAtMs = undefined;
      recorder.setInterval(report?.intervalMs ?? 1_000);
      configurations.connected();
      publishNow('health', healthCodec.encode(health()));
    },
    onDown() {
      downAtMs = clock.monotonicMs();
      sender.disconnected();
      recorder.setInterval(configuration()?.report.offlineIntervalMs ?? 60_000);
    },
    onMessage: receive,
  });

  /** What cannot be read is noted and acknowledged: it would be no better the next time. */
  async function receive(topic: string, payload: Uint8Array): Promise<void> {
    const read = readDownTopic(topic);
    try {
      if (read?.kind === 'commands') await commands.receive(decodeCommand(payload));
      else if (read?.kind === 'config') {
        const message = configDownCodec.decode(payload);
        if (message.type !== 'part' && askedMonotonicMs !== undefined) {
          clockWatch.platformAnswered(askedMonotonicMs, message.timeMs);
          askedMonotonicMs = undefined;
        }
        configurations.receive(message);
      } else log('warn', 'message on an unknown topic', { topic });
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      log('warn', 'message cannot be read', { topic, reason: error.message });
    }
  }

  const briefHealth = (online: boolean): HealthMessage => ({
    online,
    bootId,
    timeMs: clock.now(),
    software,
    configurationVersion: configurations.appliedVersion,
  });
  const health = (sample = processHealth.last()): HealthMessage => {
    const maxDeviceOffsetMs = configuration()?.timeSync.maxDeviceOffsetMs ?? 2_000;
    const { activeAlarms, ...points } = engine.counts();
    const disk = options.readDiskSpace?.();
    return {
      ...briefHealth(true),
      startedAtMs,
      process: sample,
      store: { ...store.figures(), maxBytes: options.maxStoreBytes, state: recorder.state },
      ...(disk && { disk }),
      clock: { ...clockWatch.offset(), jumps: clockWatch.jumps, devicesOff: clockWatch.devicesOff(maxDeviceOffsetMs) },
      connections: host.states().map(({ id, state, statistics }) => ({ id, state, statistics: { ...statistics } })),
      points: { ...points, activeAlarms: activeAlarms + alarms.active, valuesPerSecond },
    };
  };

  let lastHealthMs = clock.monotonicMs();
  let lastAskMs = clock.monotonicMs();
  let lastPruneMs = Number.NEGATIVE_INFINITY;
  function tick(): void {
    const nowMs = clock.monotonicMs();
    const jump = clockWatch.tick();
    if (jump !== 0) log('warn', 'the clock jumped', { jumpMs: jump });
    const offset = clockWatch.offset().offsetMs;
    const isWrong = !clockWatch.isTrusted(configuration()?.timeSync.maxOwnOffsetMs ?? 5_000);
    alarms.set({ kind: 'gateway', topic: 'clock', priority: 'high', delayMs: 0 }, isWrong, `off by ${offset} ms`);
    record(engine.tick());
    if (nowMs - lastHealthMs >= (configuration()?.report.healthIntervalMs ?? 60_000)) {
      valuesPerSecond = Math.round((storedValues * 10_000) / (nowMs - lastHealthMs)) / 10;
      storedValues = 0;
      lastHealthMs = nowMs;
      publishNow('health', healthCodec.encode(health(processHealth.sample())));
      if (store.figures().messages < 100)
        alarms.set({ kind: 'gateway', topic: 'dropped', priority: 'high', delayMs: 0 }, false, undefined);
    }
    if (nowMs - lastAskMs >= askIntervalMs && link.isUp) {
      lastAskMs = nowMs;
      configurations.ask();
    }
    if (nowMs - lastPruneMs >= 86_400_000) {
      lastPruneMs = nowMs;
      database.transaction(() => register.prune(clock.now() - commandsKeptMs));
    }
  }

  let ticking: { cancel(): void } | undefined;
  return {
    async start(): Promise<void> {
      const stood = database
        .prepare('SELECT body FROM active_alarms')
        .all()
        .flatMap(({ body }) => decodeAlarms(Buffer.from(String(body), 'base64')).alarms);
      alarms.resume(stood);
      engine.resume(stood);
      if (database.replacedBecause !== undefined)
        void recorder.record({
          alarms: [
            {
              alarmId: `gateway:store-replaced:${database.createdMs}`,
              kind: 'gateway',
              state: 'raised',
              priority: 'critical',
              timeMs: clock.now(),
              raisedAtMs: clock.now(),
              reason: `the store was damaged and begun anew: ${database.replacedBecause}`.slice(0, 500),
            },
          ],
        });
      await commands.recover();
      await configurations.start();
      link.start();
      ticking = every(clock, 1_000, tick);
      log('info', 'gateway started', {
        stationId,
        bootId,
        software,
        configurationVersion: configurations.appliedVersion,
      });
    },
    install: (document: unknown): Promise<void> => configurations.install(document),
    /** Lets commands end, tells what is known, and leaves the store whole. */
    async stop(): Promise<void> {
      log('info', 'gateway stops', { stationId });
      ticking?.cancel();
      configurations.stop();
      await within(clock, 10_000, commands.idle());
      await host.stop();
      alarms.stop();
      recorder.close();
      if (link.isUp) await link.publish(topicOf('health'), healthCodec.encode(briefHealth(false))).catch(() => {});
      sender.disconnected();
      await link.stop();
      processHealth.stop();
      database.close();
    },
    health: () => health(),
    engine,
    host,
    configuration,
    isUplinkUp: () => link.isUp,
    isOnTrial: () => configurations.isOnTrial,
    backlog: () => ({ ...store.figures(), isCatchingUp: sender.isCatchingUp }),
  };
}
