/**
 * Sends what a function writes to its log, line by line and at once, in the forms Lambda gives it: console
 * output with time, request and level, anything on stdout and stderr as it is.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
import { formatWithOptions } from 'node:util';
import { errorObject } from './error-object.mjs';

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const methods = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' };

/**
 * @param {object} options
 * @param {'Text' | 'JSON'} options.format
 * @param {string} options.level lowest level written, in JSON format
 * @param {() => string | undefined} options.requestId
 * @param {(line: string) => void} options.send
 */
export function captureLog({ format, level, requestId, send }) {
  const lowest = format === 'JSON' ? levels.indexOf(level) : 0;
  for (const [method, name] of Object.entries(methods)) {
    if (levels.indexOf(name) < lowest) {
      console[method] = () => {};
      continue;
    }
    console[method] = (...values) =>
      send(format === 'JSON' ? jsonLine(name, requestId(), values) : textLine(name, requestId(), values));
  }
  captureStream(process.stdout, send);
  captureStream(process.stderr, send);
}

/** An event of the log is a line; what has no line end yet waits for it. */
function captureStream(stream, send) {
  let rest = '';
  stream.write = (chunk, encoding, callback) => {
    const text = rest + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    const lines = text.split('\n');
    rest = lines.pop();
    for (const line of lines) send(line);
    (typeof encoding === 'function' ? encoding : callback)?.();
    return true;
  };
}

function textLine(level, requestId, values) {
  return `${new Date().toISOString()}\t${requestId}\t${level}\t${formatWithOptions({}, ...values)}`;
}

function jsonLine(level, requestId, values) {
  const record = { timestamp: new Date().toISOString(), level, requestId };
  const [value] = values;
  if (values.length === 1 && value !== null && typeof value === 'object') {
    try {
      if (value instanceof Error) return JSON.stringify({ ...record, ...jsonError(value) });
      return JSON.stringify({ ...record, message: value });
    } catch {} // not serializable: as text, below
  }
  return JSON.stringify({ ...record, message: formatWithOptions({}, ...values), ...jsonError(values.find(isError)) });
}

const isError = (value) => value instanceof Error;

function jsonError(error) {
  if (!error) return {};
  const { errorType, errorMessage, trace } = errorObject(error);
  return { errorType, errorMessage, stackTrace: trace };
}
