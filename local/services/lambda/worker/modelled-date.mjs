/**
 * Makes `Date` in a function's thread tell modelled time, so that turning the platform's clock turns the
 * functions' too. Timers and `performance` stay real. Plain JavaScript, like all that runs in the worker:
 * stripping types would cost every cold start 60 ms.
 */

/** @param {SharedArrayBuffer} clockOffset milliseconds as one 64-bit float */
export function modelDate(clockOffset) {
  const RealDate = Date;
  const offsetMs = new Float64Array(clockOffset);
  const now = () => RealDate.now() + offsetMs[0];

  function ModelledDate(...args) {
    if (!new.target) return new RealDate(now()).toString();
    const values = args.length === 0 ? [now()] : args;
    return Reflect.construct(RealDate, values, new.target === ModelledDate ? RealDate : new.target);
  }
  Object.defineProperties(ModelledDate, {
    name: { value: 'Date' },
    length: { value: 7 },
    // The same prototype, so that dates from structured clones and native code are instances as well.
    prototype: { value: RealDate.prototype, writable: false },
    now: { value: now, writable: true, configurable: true },
    parse: { value: RealDate.parse, writable: true, configurable: true },
    UTC: { value: RealDate.UTC, writable: true, configurable: true },
  });
  RealDate.prototype.constructor = ModelledDate;
  globalThis.Date = ModelledDate;
}
