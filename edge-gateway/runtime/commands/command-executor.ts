/**
 * Carries out commands: each at most once, never after its expiry, never against an interlock. Every step is on disk, with its
 * result for the platform, before the next is taken; what a crash leaves in the middle is told as what it is.
 */
import type { CommandMessage, CommandStep } from '../../../layers/station/messages.ts';
import { toJsonValue } from '../../../layers/station/point-value.ts';
import type { PointConfiguration, StationConfiguration } from '../../../layers/station/station-configuration.ts';
import type { Recorder, StoredResult } from '../../uplink/recorder.ts';
import type { Clock } from '../clock.ts';
import type { CommandOutcome, Driver } from '../driver.ts';
import type { Log } from '../log.ts';
import type { PointEngine } from '../points/point-engine.ts';
import { actionOf, checkCommand, modeOf } from './check-command.ts';
import type { CommandRegister, CommandState } from './command-register.ts';
import { showsEffect } from './read-back.ts';

export interface CommandExecutor {
  /** Resolves when the command is safe in the register: the broker may forget it. */
  receive(command: CommandMessage): Promise<void>;
  /** Tells of what a former run left in the middle; before anything is received. */
  recover(): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export interface CommandExecutorOptions {
  clock: Clock;
  log: Log;
  register: CommandRegister;
  recorder: Recorder;
  engine: PointEngine;
  registerCreatedMs: number;
  configuration: () => StationConfiguration | undefined;
  isClockTrusted: () => boolean;
  driverOf: (deviceId: string) => Pick<Driver, 'execute' | 'refresh'> | undefined;
}

const maxUnderWay = 50;
/** A driver that says nothing for so long after the expiry will not say anything. */
const longestSilenceMs = 60_000;
const readBackPollMs = 500;

export function createCommandExecutor(options: CommandExecutorOptions): CommandExecutor {
  const { clock, log, register, recorder, engine } = options;
  /** By id, from the first byte to the last result. */
  const underWay = new Map<string, Promise<void>>();
  const busyPoints = new Set<string>();

  const resultOf = (command: CommandMessage, step: CommandStep, final: boolean, more: Partial<StoredResult> = {}) => ({
    commandId: command.id,
    pointId: command.pointId,
    step,
    final,
    timeMs: clock.now(),
    issuedBy: command.issuedBy,
    ...more,
    ...(more.reason !== undefined && { reason: more.reason.slice(0, 500) }),
  });

  async function tell(command: CommandMessage, state: CommandState, result: StoredResult): Promise<void> {
    await recorder.record({ results: [result], write: () => register.advance(command.id, state, result) });
    log('info', `command ${result.step}`, { commandId: command.id, pointId: command.pointId, reason: result.reason });
  }
  const finish = (command: CommandMessage, step: CommandStep, more: Partial<StoredResult> = {}): Promise<void> =>
    tell(command, 'done', resultOf(command, step, true, more));

  const check = (command: CommandMessage) => {
    const configuration = options.configuration();
    if (!configuration) return { step: 'refused' as const, reason: 'the station has no configuration yet' };
    return checkCommand(command, {
      configuration,
      point: pointOf(command),
      read: engine.known,
      nowMs: clock.now(),
      isClockTrusted: options.isClockTrusted(),
      registerCreatedMs: options.registerCreatedMs,
    });
  };
  const pointOf = (command: CommandMessage): PointConfiguration | undefined => {
    const found = engine.point(command.pointId);
    return found?.source ? (found.configuration as PointConfiguration) : undefined;
  };

  async function carryOut(command: CommandMessage): Promise<void> {
    const refusal = check(command);
    if (refusal) return finish(command, refusal.step, { reason: refusal.reason });
    const point = pointOf(command)!;
    if (busyPoints.has(command.pointId))
      return finish(command, 'refused', { reason: 'another command for this point is under way' });
    busyPoints.add(command.pointId);
    try {
      await send(command, point);
    } finally {
      busyPoints.delete(command.pointId);
    }
  }

  async function send(command: CommandMessage, point: PointConfiguration): Promise<void> {
    let action: ReturnType<typeof actionOf>;
    try {
      action = actionOf(command, point);
    } catch (error) {
      return finish(command, 'refused', { reason: (error as Error).message });
    }
    await tell(command, 'sending', resultOf(command, 'sending', false));
    // Writing took its time, and the field did not wait.
    const refusal = check(command);
    if (refusal) return finish(command, refusal.step, { reason: refusal.reason });
    const driver = options.driverOf(point.deviceId);
    if (!driver) return finish(command, 'not_sent', { reason: 'the connection of the device is not running' });
    const readBack = point.control?.readBack;
    const before = readBack && engine.state(readBack.pointId);
    const sentMonotonicMs = clock.monotonicMs();
    const { id, pointId, expiresAtMs } = command;
    const outcome = await bounded(
      driver.execute({ id, pointId, action, mode: modeOf(command, point), expiresAtMs }),
      expiresAtMs,
    );
    if (outcome.status !== 'executed') {
      const { status, ...more } = outcome;
      return finish(command, status, more);
    }
    if (!readBack) return finish(command, 'executed');
    await tell(command, 'executed', resultOf(command, 'executed', false));
    await confirm(command, readBack, before, sentMonotonicMs);
  }

  async function bounded(execution: Promise<CommandOutcome>, expiresAtMs: number): Promise<CommandOutcome> {
    let timer: { cancel(): void } | undefined;
    const silence = new Promise<CommandOutcome>((resolve) => {
      const delayMs = Math.max(0, expiresAtMs - clock.now()) + longestSilenceMs;
      timer = clock.setTimer(() => resolve({ status: 'unknown', reason: 'the driver never answered' }), delayMs);
    });
    try {
      return await Promise.race([execution, silence]);
    } catch (error) {
      log('error', 'driver failed in a command', { error: error as Error });
      return { status: 'unknown', reason: `the driver failed: ${(error as Error).message}` };
    } finally {
      timer?.cancel();
    }
  }

  async function confirm(
    command: CommandMessage,
    readBack: { pointId: string; timeoutMs: number },
    before: ReturnType<PointEngine['state']>,
    sentMonotonicMs: number,
  ): Promise<void> {
    const endMs = clock.monotonicMs() + readBack.timeoutMs;
    const source = engine.point(readBack.pointId)?.source;
    for (;;) {
      const now = engine.state(readBack.pointId);
      if (now && now.heardAtMs >= sentMonotonicMs && now.quality === 'good' && showsEffect(command.action, before, now))
        return finish(command, 'confirmed', { readBack: toJsonValue(now.value) });
      if (clock.monotonicMs() >= endMs) {
        const reason = `"${readBack.pointId}" did not show it within ${readBack.timeoutMs} ms`;
        return finish(command, 'not_confirmed', { reason, ...(now && { readBack: toJsonValue(now.value) }) });
      }
      // Its failure shows in the value.
      if (source)
        await Promise.race([
          options
            .driverOf(source.deviceId)
            ?.refresh([readBack.pointId])
            .catch(() => {}),
          pause(),
        ]);
      await pause();
    }
  }
  const pause = (): Promise<void> => new Promise((resolve) => void clock.setTimer(resolve, readBackPollMs));

  return {
    async receive(command) {
      if (underWay.has(command.id)) return;
      const known = register.find(command.id);
      if (known) {
        // Told again, in case the answer was lost; nothing is done again.
        await recorder.record({ results: [known.lastResult] });
        return;
      }
      let release: () => void = () => {};
      underWay.set(
        command.id,
        new Promise((resolve) => {
          release = resolve;
        }),
      );
      const end = (): void => {
        underWay.delete(command.id);
        release();
      };
      const accepted = resultOf(command, 'accepted', false);
      await recorder.record({
        results: [accepted],
        write: () => register.insert(command, clock.now(), accepted),
      });
      const work =
        underWay.size > maxUnderWay
          ? finish(command, 'refused', { reason: `${maxUnderWay} commands are under way` })
          : carryOut(command);
      work.then(end, (error: Error) => {
        log('error', 'command failed', { commandId: command.id, error });
        end();
      });
    },
    async recover() {
      for (const { command, state, lastResult } of register.unfinished()) {
        if (state === 'accepted')
          await finish(command, 'not_sent', { reason: 'the gateway stopped before it was sent' });
        else if (state === 'sending')
          await finish(command, 'unknown', { reason: 'the gateway stopped while it was being sent' });
        else
          await finish(command, 'not_confirmed', {
            reason: 'the gateway stopped before the field showed it',
            ...(lastResult.readBack !== undefined && { readBack: lastResult.readBack }),
          });
      }
    },
    async idle() {
      await Promise.all(underWay.values());
    },
  };
}
