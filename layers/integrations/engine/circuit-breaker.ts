/**
 * When a provider that keeps failing is left alone, and how it is tried again: pure transitions over a row that all
 * instances share. Failures are counted in each instance's memory; only changes of state are written.
 */
import type { ProviderError } from '../provider.ts';

export interface Circuit {
  state: 'closed' | 'open' | 'half_open';
  /** Milliseconds since the epoch: no call before. */
  openUntilMs: number;
  /** Half open: one probe is on its way until then. */
  probeUntilMs: number;
  /** How often it opened in a row: each time it stays open longer. */
  openings: number;
}

export const closedCircuit: Circuit = { state: 'closed', openUntilMs: 0, probeUntilMs: 0, openings: 0 };

/** Failures in a row, seen by one instance within a minute, that open the circuit. */
export const failuresToOpen = 5;
export const failureWindowMs = 60_000;
const firstPauseMs = 30_000;
const longestPauseMs = 15 * 60_000;
/** A probe that does not come back in this time is taken as lost, and another may go. */
const probeMs = 30_000;

/** Failures of the provider, not of what it was asked: a refusal proves that it works. */
export function countsAgainst(error: ProviderError): boolean {
  return error.code === 'unavailable' || error.code === 'unreachable' || error.mayHaveActed;
}

/** `probe`: the caller may try once, if it wins the row. */
export function decide(circuit: Circuit, nowMs: number): 'pass' | 'refuse' | 'probe' {
  if (circuit.state === 'closed') return 'pass';
  const blockedUntil = circuit.state === 'open' ? circuit.openUntilMs : circuit.probeUntilMs;
  return nowMs < blockedUntil ? 'refuse' : 'probe';
}

export function probing(circuit: Circuit, nowMs: number): Circuit {
  return { ...circuit, state: 'half_open', probeUntilMs: nowMs + probeMs };
}

export function opened(circuit: Circuit, nowMs: number): Circuit {
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** circuit.openings);
  return { state: 'open', openUntilMs: nowMs + pauseMs, probeUntilMs: 0, openings: circuit.openings + 1 };
}
