/** The error objects Lambda itself answers with when a function's process does not live to answer. */

export function timeoutError(requestId: string, timeoutMs: number): string {
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
  return JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage });
}

/** What Lambda says when the process ends in the middle of an invocation. */
export function exitError(requestId: string | undefined, exitCode: number): string {
  const reason =
    exitCode === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${exitCode}`;
  return JSON.stringify({ errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${reason}` });
}

export function threadError(requestId: string | undefined, error: NodeJS.ErrnoException): string {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY')
    return JSON.stringify({
      errorType: error.name,
      errorMessage: error.message,
      trace: error.stack?.split('\n') ?? [],
    });
  const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`;
  return JSON.stringify({ errorType: 'Runtime.OutOfMemory', errorMessage });
}
