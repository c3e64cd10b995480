/** The thread of one execution environment: loads the function once, then answers one invocation after the other. */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { errorObject, ReportedError, runtimeError } from './error-object.mjs';
import { captureLog } from './function-log.mjs';
import { loadHandler } from './load-handler.mjs';
import { modelDate } from './modelled-date.mjs';

/** @typedef {import('./protocol.ts').WorkerSettings} WorkerSettings */
/** @typedef {import('./protocol.ts').InvokeMessage} InvokeMessage */
/** @typedef {import('./protocol.ts').WorkerMessage} WorkerMessage */

/** @type {WorkerSettings} */
const settings = workerData;
/** @type {(message: WorkerMessage) => void} */
const post = (message) => parentPort.postMessage(message);
/** @type {string | undefined} */
let requestId;

modelDate(settings.clockOffset);
captureLog({
  format: settings.logFormat,
  level: settings.logLevel,
  requestId: () => requestId,
  send: (line) => post({ type: 'log', line }),
});
process.on('unhandledRejection', (reason) => {
  crash(runtimeError('Runtime.UnhandledPromiseRejection', reason), 'Unhandled Promise Rejection', 128);
});
process.on('uncaughtException', (error) => crash(errorObject(error), 'Uncaught Exception', 129));

const startedAt = performance.now();
// Compiled code is kept beside the packages: a sixth less time for a cold start, and a tenth less memory.
enableCompileCache(settings.compileCacheDirectory);
try {
  const handler = await loadHandler(settings.codeDirectory, settings.handler);
  parentPort.on('message', (message) => answer(handler, message));
  post({ type: 'ready', initMs: performance.now() - startedAt });
  // Threads are ended from outside, which writes nothing.
  flushCompileCache();
} catch (error) {
  const payload = JSON.stringify(errorObject(error));
  console.error('Uncaught Exception', payload);
  post({ type: 'init-failed', initMs: performance.now() - startedAt, payload });
  process.exit(1);
}

/** @param {InvokeMessage} message */
async function answer(handler, message) {
  const cpuAtStart = threadCpu();
  const beganAt = performance.now();
  requestId = message.requestId;
  process.env._X_AMZN_TRACE_ID = message.traceId;
  let failed = false;
  let payload;
  try {
    payload = toJson(await handler(JSON.parse(message.payload), invocationContext(message, beganAt)));
  } catch (error) {
    failed = true;
    payload = JSON.stringify(errorObject(error));
    console.error('Invoke Error', payload);
  }
  post({ type: 'result', failed, payload, durationMs: performance.now() - beganAt, cpuMs: threadCpu() - cpuAtStart });
}

/**
 * Milliseconds this thread has computed. Linux books a running thread's time only at ticks and switches, which
 * would hide all work since the last `await`; asking for the whole process makes it book the calling thread now.
 */
function threadCpu() {
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function toJson(result) {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch {
    const payload = { errorType: 'Runtime.MarshalError', errorMessage: 'Unable to stringify response body', trace: [] };
    throw new ReportedError(payload);
  }
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function invocationContext(message, beganAt) {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: settings.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: message.invokedFunctionArn,
    memoryLimitInMB: String(settings.memoryMb),
    awsRequestId: message.requestId,
    logGroupName: settings.logGroupName,
    logStreamName: settings.logStreamName,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(message.timeoutMs - (performance.now() - beganAt))),
  };
}

function crash(payload, headline, exitCode) {
  console.error(headline, JSON.stringify(payload));
  post({ type: 'crash', payload: JSON.stringify(payload) });
  process.exit(exitCode);
}
